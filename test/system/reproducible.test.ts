import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, inject, test } from 'vitest'
import { newDirectory } from '../postern.ts'

const root = resolve(import.meta.dirname, '../..')

/** A second tree with the same files and the same history, somewhere else. */
function copyOfTheTree(): string {
  const directory = join(newDirectory('elsewhere'), 'a much longer path/with spaces/to the tree')
  mkdirSync(directory, { recursive: true })
  const files = execFileSync('git', ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  })
  for (const file of files.split('\0').filter(name => name !== '')) cpSync(join(root, file), join(directory, file))
  cpSync(join(root, '.git'), join(directory, '.git'), { recursive: true })
  copyQuickly(join(root, 'node_modules'), join(directory, 'node_modules'))
  return directory
}

/** Links where the file system allows it: node_modules is large, and the build only reads it. */
function copyQuickly(from: string, to: string): void {
  const linked = spawnSync('cp', ['-al', from, to], { stdio: 'ignore' })
  if (linked.status !== 0) execFileSync('cp', ['-a', from, to])
}

const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

test('two directories, two times, two time zones, two locales, two temporary directories: the same bytes', () => {
  const elsewhere = copyOfTheTree()
  const temporary = newDirectory('tmp')
  execFileSync(join(elsewhere, 'node_modules/.bin/node'), ['scripts/package.ts', '--out', 'second'], {
    cwd: elsewhere,
    env: {
      PATH: process.env.PATH,
      HOME: temporary,
      TMPDIR: temporary,
      TZ: 'Asia/Kathmandu',
      LC_ALL: 'tr_TR.UTF-8',
      UMASK: '0',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  expect(sha256(join(elsewhere, 'second'))).toBe(sha256(inject('executable')))
})
