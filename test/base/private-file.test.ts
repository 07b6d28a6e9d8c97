import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readPrivateFile, withFileLock, writePrivateFile } from '#base/private-file.ts'
import { newDirectory } from '../postern.ts'

test('a file that others may read is refused, not repaired', () => {
  const path = join(newDirectory('private'), 'f')
  writeFileSync(path, 'x', { mode: 0o644 })
  chmodSync(path, 0o644)
  expect(() => readPrivateFile(path, 10)).toThrow(/open to other users/)
  expect(statSync(path).mode & 0o777).toBe(0o644)
})

test('a link is not followed', () => {
  const directory = newDirectory('private')
  writeFileSync(join(directory, 'target'), 'x', { mode: 0o600 })
  symlinkSync(join(directory, 'target'), join(directory, 'link'))
  expect(() => readPrivateFile(join(directory, 'link'), 10)).toThrow()
})

test('a file is written for its owner alone whatever the umask, and nothing else stays', () => {
  const directory = newDirectory('private')
  const before = process.umask(0)
  try {
    writePrivateFile(join(directory, 'f'), 'one')
    writePrivateFile(join(directory, 'f'), 'two')
  } finally {
    process.umask(before)
  }
  expect(readFileSync(join(directory, 'f'), 'utf8')).toBe('two')
  expect(statSync(join(directory, 'f')).mode & 0o777).toBe(0o600)
  expect(readdirSync(directory)).toEqual(['f'])
})

test('what a crashed writer left behind is in nobody’s way', () => {
  const directory = newDirectory('private')
  writeFileSync(join(directory, '.f.new'), 'half', { mode: 0o600 })
  writePrivateFile(join(directory, 'f'), 'whole')
  expect(readFileSync(join(directory, 'f'), 'utf8')).toBe('whole')
  expect(existsSync(join(directory, '.f.new'))).toBe(false)
})

const counter = `
const { withFileLock, writePrivateFile, readPrivateFile } = await import(process.argv[1])
const path = process.argv[2]
for (let i = 0; i < 20; i++) withFileLock(path, 20_000, () => writePrivateFile(path, String(Number(readPrivateFile(path, 99) ?? 0) + 1)))
`

test('three processes that change a file at once lose nothing', async () => {
  const path = join(newDirectory('private'), 'f')
  const module = new URL('../../src/base/private-file.ts', import.meta.url).href
  const children = [1, 2, 3].map(() => spawn(process.execPath, ['--input-type=module', '-e', counter, module, path]))
  await Promise.all(children.map(child => once(child, 'close')))
  expect(readFileSync(path, 'utf8')).toBe('60')
})

test('a lock that another holds is refused after the wait', () => {
  const path = join(newDirectory('private'), 'f')
  withFileLock(path, 1000, () => {
    expect(() => withFileLock(path, 1, () => 1)).toThrow(/being changed by another process/)
  })
})
