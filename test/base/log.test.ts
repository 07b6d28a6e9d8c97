import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type LogOptions, openLog } from '#base/log.ts'
import { newDirectory } from '../postern.ts'

const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5), monotonicMs: () => 0 }

function options(more: Partial<LogOptions> = {}): LogOptions {
  const home = newDirectory('home')
  return { directory: join(home, 'log'), homeDir: home, level: 'info', fileBytesMax: 1000, filesMax: 3, clock, ...more }
}

const read = ({ directory }: LogOptions, name = 'postern.log') => readFileSync(join(directory, name), 'utf8')

test('an event is one line of JSON, in a file of its owner', () => {
  const given = options()
  openLog(given).info('sync.done', { account: 'a1', messages: 3 })
  expect(JSON.parse(read(given))).toEqual({
    at: '2026-01-02T03:04:05.000Z',
    level: 'info',
    event: 'sync.done',
    account: 'a1',
    messages: 3,
  })
  expect(statSync(join(given.directory, 'postern.log')).mode & 0o777).toBe(0o600)
  expect(statSync(given.directory).mode & 0o777).toBe(0o700)
})

test('what is less severe than the level is not written', () => {
  const given = options({ level: 'warn' })
  const log = openLog(given)
  log.info('a')
  log.debug('b')
  log.error('c')
  expect(
    read(given)
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).event),
  ).toEqual(['c'])
})

test('a line break in a value cannot forge a second event', () => {
  const given = options()
  openLog(given).info('x', { id: 'a"}\n{"event":"forged"' })
  expect(read(given).trim().split('\n')).toHaveLength(1)
})

test('a long value is cut', () => {
  const given = options()
  openLog(given).info('x', { id: 'a'.repeat(5000) })
  expect(read(given).length).toBeLessThan(400)
})

test('files are rotated by size, and no more are kept than wanted', () => {
  const given = options()
  const log = openLog(given)
  for (let index = 0; index < 100; index++) log.info('x', { index })
  expect(readdirSync(given.directory).sort()).toEqual(['postern.1.log', 'postern.2.log', 'postern.log'])
  for (const name of readdirSync(given.directory))
    expect(statSync(join(given.directory, name)).size).toBeLessThanOrEqual(1000)
  expect(read(given)).toContain('"index":99')
})

test('two processes that write one log rotate it once and lose no event of the kept files', () => {
  const given = options({ filesMax: 100 })
  const one = openLog(given)
  const two = openLog(given)
  for (let index = 0; index < 100; index++) (index % 2 === 0 ? one : two).info('x', { index })
  const all = readdirSync(given.directory).flatMap(name =>
    read(given, name)
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).index),
  )
  expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index))
})

test('a log that others can read is refused', () => {
  const given = options()
  openLog(given).close()
  chmodSync(join(given.directory, 'postern.log'), 0o644)
  expect(() => openLog(given)).toThrow(/open to other users/)
})
