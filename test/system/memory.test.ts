import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { story } from '../cli/memory/memory.ts'
import { programs } from '../memory/vectors.ts'
import { newDirectory, postern, type RunOptions } from '../postern.ts'

const executable = inject('executable')
const packaged = (args: readonly string[], options: RunOptions = {}) =>
  postern(['memory', ...args], { ...options, program: [executable] })
const vectors = resolve(import.meta.dirname, '../vectors/memory')

describe('wherever it runs', () => {
  test.each([
    ['Pacific/Apia', 'tr_TR.UTF-8'],
    ['Asia/Kathmandu', 'ar_EG.UTF-8'],
    ['UTC', 'C'],
  ])('%s, %s: the same program gives the same bytes', (zone, locale) => {
    const env = { TZ: zone, LANG: locale, LC_ALL: locale, LANGUAGE: locale }
    for (const name of ['random-forward-1.json.gz', 'random-general-4.json.gz']) {
      const { stdout, stderr, exit } = packaged(['replay', join(vectors, name)], { env })
      expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 })
      const { len, sha256 } = programs().find(program => program.name === name)?.log ?? {}
      expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({ len, sha256 })
    }
  })

  test('text is the same too, times in UTC', () => {
    const path = join(newDirectory('memory'), 'canonical.log')
    const env = { HOME: newDirectory('home'), TZ: 'Pacific/Apia', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }
    packaged(['init', '--log', path], { env })
    expect(packaged(['commit', '-', '--log', path], { env, input: story }).exit).toBe(0)
    expect(packaged(['decode', '--log', path], { env })).toMatchObject({ stdout: story, stderr: '', exit: 0 })
  })
})

test('a person’s day with it', () => {
  const path = join(newDirectory('memory'), 'canonical.log')
  const env = { HOME: newDirectory('home') }
  const run = (words: readonly string[], input = '') => packaged([...words, '--log', path], { env, input })
  expect(run(['status'])).toMatchObject({ stdout: '', exit: 4 })
  expect(run(['init'])).toMatchObject({ stdout: `${path} is ready\n`, stderr: '', exit: 0 })
  expect(run(['commit', '(sem @a likes @tea :src @observation :c 0.9 :v 2026-01-15)']).exit).toBe(0)
  expect(run(['commit', '(sem @a likes @tea :src @observation :c 2 :v 2026-01-15)']).exit).toBe(2)
  expect(run(['query', '(query :s @a)']).stdout).toBe(
    '(sem @a @likes @tea :src @observation :c 0.89999 :v 2026-01-15T00:00:00Z)\n',
  )
  for (const words of [['verify'], ['decode'], ['log'], ['symbols'], ['episodes'], ['status'], ['repair']]) {
    expect(run(words)).toMatchObject({ exit: 0, signal: null })
  }
  expect(readdirSync(join(path, '..')).sort()).toEqual(['canonical.log', 'canonical.seal'])
})

/** A user to whom permissions apply: tests often run as root. */
const nobody = 65_534
const isRoot = process.getuid?.() === 0

describe.runIf(process.platform === 'linux')('for a user who may not', () => {
  const directory = mkdtempSync(join(tmpdir(), 'postern-nobody-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  const program = join(directory, 'postern')
  const place = join(directory, 'memory')
  const path = join(place, 'canonical.log')
  const run = (words: readonly string[]) => {
    const { stdout, stderr, status } = spawnSync(program, ['memory', ...words, '--log', path], {
      encoding: 'utf8',
      cwd: directory,
      env: { HOME: join(directory, 'home') },
      ...(isRoot ? { uid: nobody, gid: nobody } : {}),
    })
    return { stdout, stderr, exit: status }
  }

  beforeAll(() => {
    copyFileSync(executable, program)
    chmodSync(program, 0o755)
    chmodSync(directory, 0o777)
    expect(run(['init'])).toMatchObject({ stderr: '', exit: 0 })
    expect(run(['commit', '(pin @m :actor @a)'])).toMatchObject({ stderr: '', exit: 0 })
    if (isRoot) chownSync(directory, 0, 0)
  })

  test('read the log, every command says so and nothing is changed', () => {
    chmodSync(path, 0o000)
    const before = statSync(path).mtimeMs
    for (const words of [['verify'], ['status'], ['decode'], ['query', '(query)'], ['commit', '(pin @m :actor @a)']]) {
      const { stdout, stderr, exit } = run(words)
      expect({ stdout, exit }).toEqual({ stdout: '', exit: 1 })
      expect(stderr).toContain('EACCES')
    }
    chmodSync(path, 0o600)
    expect(statSync(path).mtimeMs).toBe(before)
  })

  test('write the log, reading goes on and writing is refused', () => {
    chmodSync(path, 0o400)
    const before = readFileSync(path)
    for (const words of [['verify'], ['status'], ['decode'], ['query', '(query)'], ['log']]) {
      expect(run(words).exit).toBe(0)
    }
    expect(run(['commit', '(pin @m :actor @a)'])).toMatchObject({ stdout: '', exit: 1 })
    expect(readFileSync(path).equals(before)).toBe(true)
    chmodSync(path, 0o600)
  })

  test('write the directory, as on a medium that is read-only, reading goes on', () => {
    chmodSync(place, 0o500)
    for (const words of [
      ['verify'],
      ['status'],
      ['decode'],
      ['query', '(query)'],
      ['log'],
      ['symbols'],
      ['episodes'],
    ]) {
      expect(run(words)).toMatchObject({ exit: 0 })
    }
    expect(run(['commit', '(pin @m :actor @a)'])).toMatchObject({ stdout: '', exit: 1 })
    chmodSync(place, 0o700)
    expect(run(['commit', '(pin @m :actor @a)']).exit).toBe(0)
  })
})
