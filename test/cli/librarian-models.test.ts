import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, test } from 'vitest'
import { newDirectory } from '../postern.ts'
import { inProcess } from './memory/in-process.ts'

const main = resolve(import.meta.dirname, '../../src/main.ts')
const fact = '(sem @dora employer "Acme" :src @observation :c 0.5 :v 2026-01-01)'

let home: string
let directory: string

beforeEach(() => {
  home = newDirectory('home')
  directory = newDirectory('models')
  mkdirSync(join(home, '.config/postern'), { recursive: true, mode: 0o700 })
  settings(`[librarian]
processor = "thinker"
[librarian.processors.thinker]
command = ["${program('thinker', `cat >/dev/null; echo '${fact}'`)}"]
model = "shell-1"
[librarian.processors.talker]
command = ["${program('talker', 'cat >/dev/null; echo Gladly!')}"]
[librarian.processors.sleeper]
command = ["${program('sleeper', 'echo $$ > "$1"; exec sleep 100')}", "${directory}/pid"]
`)
})

function program(name: string, script: string): string {
  const path = join(directory, name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

function settings(text: string): void {
  writeFileSync(join(home, '.config/postern/config.toml'), text, { mode: 0o600 })
}

const log = () => ['--log', join(directory, 'canonical.log')]
const run = (words: readonly string[], input = '') => inProcess([...words, ...log()], { home, input })

async function submit(text: string): Promise<string> {
  const { stdout } = await run(['memory', 'draft', 'submit', '-', '--surface', 'mcp'], text)
  return /^[0-9a-f]{32}/.exec(stdout)?.[0] ?? ''
}

test('the processor of the settings proposes, and what it proposed says so', async () => {
  const id = await submit('Dora works at Acme.')
  expect(await run(['librarian', 'run'])).toMatchObject({ exit: 0, stdout: '1 draft: 1 accepted; 1 memory\n' })
  const { stdout } = await run(['memory', 'query', `(query :s @draft_${id})`])
  expect(stdout).toContain('@processor "command:thinker"')
  expect(stdout).toContain('@model "shell-1"')
  expect(stdout).toContain('@prompt_version "librarian-1"')
})

test('another one is chosen for a run, the rules among them; one that is not in the settings is refused', async () => {
  await submit('Dora works at Acme.')
  const refused = await run(['librarian', 'run', '--processor', '/bin/sh'])
  expect(refused).toMatchObject({ exit: 2, stdout: '' })
  expect(refused.stderr).toContain('there is no processor /bin/sh in your settings')
  expect((await run(['librarian', 'run', '--processor', 'deterministic'])).stdout).toBe(
    '1 draft: 1 accepted; 0 memories\n',
  )
})

test('a draft that the model would not put into forms is put aside, and tried again when a person says so', async () => {
  const id = await submit('Dora works at Acme.')
  const ran = await run(['librarian', 'run', '--processor', 'talker'])
  expect(ran.exit).toBe(1)
  expect(ran.stderr).toContain(`${id} is quarantined: reply_refused.NoForm`)
  expect(ran.stderr).not.toContain('Gladly')
  expect((await run(['memory', 'draft', 'requeue', id])).exit).toBe(0)
  expect((await run(['librarian', 'run'])).stdout).toContain('1 accepted')
})

test('a contradiction is shown as the model put it, and accepted as that', async () => {
  await run(['memory', 'init'])
  await run(['memory', 'commit', '(sem @dora employer "Globex" :src @profile :c 0.9 :v 2025-01-01)'])
  const id = await submit('Dora works at Acme.')
  expect((await run(['librarian', 'run'])).stdout).toContain('1 conflict')
  const shown = await run(['memory', 'conflicts'])
  expect(shown.stdout).toMatch(/says {6}.*"Acme"/)
  expect(shown.stdout).toMatch(/memory {4}.*"Globex"/)
  expect((await run(['memory', 'draft', 'accept', id])).exit).toBe(0)
  expect((await run(['memory', 'query', '(query :s @dora :p @employer)'])).stdout).toContain('"Acme"')
})

test('S7.7: what a repository says of processors is not read', async () => {
  const repository = newDirectory('repository')
  mkdirSync(join(repository, '.git'))
  mkdirSync(join(repository, '.postern'))
  const evil = `touch ${directory}/pwned`
  writeFileSync(
    join(repository, '.postern/config.toml'),
    `[librarian]\nprocessor = "evil"\n[librarian.processors.evil]\ncommand = ["sh", "-c", "${evil}"]\n`,
  )
  settings('')
  await submit('Dora works at Acme.')
  const words = ['librarian', 'run', ...log()]
  expect((await inProcess(words, { home, cwd: repository })).exit).toBe(0)
  expect((await inProcess([...words, '--processor', 'evil'], { home, cwd: repository })).exit).toBe(2)
  expect(existsSync(join(directory, 'pwned'))).toBe(false)
})

test('S11.5: interrupted, it ends the model and exits 75; the draft waits on', async () => {
  const id = await submit('Dora works at Acme.')
  const child = spawn(process.execPath, [main, 'librarian', 'run', '--processor', 'sleeper', ...log()], {
    cwd: directory,
    env: { PATH: process.env.PATH ?? '', HOME: home },
    stdio: 'ignore',
  })
  const pid = join(directory, 'pid')
  while (!existsSync(pid) || readFileSync(pid, 'utf8') === '') await sleep(20)
  child.kill('SIGINT')
  const [exit] = await once(child, 'exit')
  expect(exit).toBe(75)
  expect(() => process.kill(Number(readFileSync(pid, 'utf8')), 0)).toThrow()
  expect((await run(['memory', 'draft', 'list', '--state', 'pending', '--format', 'ids'])).stdout).toBe(`${id}\n`)
}, 30_000)

test('the settings in force are shown with their processors', async () => {
  const { stdout } = await inProcess(['config', 'show'], { home })
  expect(stdout).toContain('[librarian]\nprocessor = "thinker"\n')
  expect(stdout).toContain('[librarian.processors.talker]\n# type: "command"\n')
  expect((await inProcess(['config', 'explain', 'librarian.processors.NAME.home'], { home })).stdout).toContain(
    'told your home directory',
  )
})
