import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLog } from '#base/log.ts'
import { SILENT, type Signal, traceTo, traceToLog } from '#memory/trace.ts'
import { newDirectory } from '../postern.ts'

test('a span tells on its end what it was opened with and what was recorded', () => {
  const signals: Signal[] = []
  const span = traceTo(signal => signals.push(signal)).span('postern.pipeline.compile_batch', { input_len: 12 })
  expect(signals).toEqual([])
  span.record({ record_count: 3, memory_count: 1, edge_count: 0 })
  span.end()
  expect(signals).toEqual([
    {
      type: 'span',
      name: 'postern.pipeline.compile_batch',
      level: 'info',
      within: [],
      fields: { input_len: 12, record_count: 3, memory_count: 1, edge_count: 0 },
    },
  ])
})

test('a span that failed has none of the fields of success', () => {
  const signals: Signal[] = []
  traceTo(signal => signals.push(signal))
    .span('postern.commit.batch', { log_offset_before: 170 })
    .end()
  expect(signals).toMatchObject([{ fields: { log_offset_before: 170 } }])
  expect(Object.keys(signals[0]?.fields ?? {})).toEqual(['log_offset_before'])
})

test('what happens within a span knows it, and what follows does not', () => {
  const signals: Signal[] = []
  const trace = traceTo(signal => signals.push(signal))
  const commit = trace.span('postern.commit.batch', { log_offset_before: 0 })
  const compile = trace.span('postern.pipeline.compile_batch', { input_len: 1 })
  trace.event('postern.dag.cycle_rejected', { from: 1, to: 2, edge_kind: 'supersedes' })
  compile.end()
  commit.end()
  trace.event('postern.lock.taken_over', { pid: 4711 })
  expect(signals.map(({ name, within }) => [name, within])).toEqual([
    ['postern.dag.cycle_rejected', ['postern.commit.batch', 'postern.pipeline.compile_batch']],
    ['postern.pipeline.compile_batch', ['postern.commit.batch']],
    ['postern.commit.batch', []],
    ['postern.lock.taken_over', []],
  ])
})

test('symbols are shown by id with a hash, counts as numbers, however large', () => {
  const signals: Signal[] = []
  traceTo(signal => signals.push(signal)).event('postern.supersession', {
    kind: 'semantic',
    direction: 'forward',
    s: 0,
    p: 1,
    old_memory_id: 3,
    new_memory_id: 2n ** 64n - 1n,
  })
  expect(signals[0]?.fields).toEqual({
    kind: 'semantic',
    direction: 'forward',
    s: '#0',
    p: '#1',
    old_memory_id: '#3',
    new_memory_id: '#18446744073709551615',
  })
})

test("the program's log takes the stream, warnings as warnings", () => {
  const home = newDirectory('home')
  const clock = { now: () => 0, monotonicMs: () => 0 }
  const directory = join(home, 'log')
  const log = openLog({ directory, homeDir: home, level: 'info', fileBytesMax: 10_000, filesMax: 2, clock })
  const trace = traceToLog(log)
  trace.span('postern.commit.batch', { log_offset_before: 0 }).end()
  trace.event('postern.recovery.orphan_truncated', { log_len_before: 9, committed_end: 4, orphan_bytes: 5 })
  log.close()
  const lines = readFileSync(join(directory, 'postern.log'), 'utf8').trim().split('\n')
  expect(lines.map(line => JSON.parse(line))).toMatchObject([
    { level: 'info', event: 'postern.commit.batch', log_offset_before: 0 },
    { level: 'warn', event: 'postern.recovery.orphan_truncated', orphan_bytes: 5 },
  ])
})

test('nobody has to listen', () => {
  const span = SILENT.span('postern.commit.batch', { log_offset_before: 0 })
  span.record({ log_offset_after: 1, record_count: 0, episode_id: 1, fsync_micros: 1 })
  span.end()
  expect(SILENT.event('postern.lock.taken_over', { pid: 1 })).toBeUndefined()
})

test('every span and event is in the documentation', () => {
  const names = readFileSync('src/memory/trace.ts', 'utf8').match(/'postern\.[a-z_.]+'/g) ?? []
  const page = readFileSync('docs/memory.md', 'utf8')
  expect(names.length).toBeGreaterThan(10)
  for (const name of names) expect(page).toContain(`| \`${name.slice(1, -1)}\` |`)
})
