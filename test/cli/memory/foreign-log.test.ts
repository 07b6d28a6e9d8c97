import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { encodeRecord } from '#memory/canonical/encode.ts'
import { logHeader } from '#memory/canonical/log-file.ts'
import type { LogRecord, SemanticRecord, SymbolKind, Value } from '#memory/canonical/record.ts'
import { LogPlace } from './memory.ts'

/** Logs that no compiler of ours has written. */
function placeWith(...records: readonly LogRecord[]): LogPlace {
  const place = new LogPlace()
  writeFileSync(place.path, Buffer.concat([logHeader, ...records.map(encodeRecord)]))
  return place
}

const alloc = (symbol: number, name: string, kind: SymbolKind): LogRecord => ({
  type: 'symbol_alloc',
  symbol,
  name,
  kind,
  at: 5,
})
const checkpoint: LogRecord = { type: 'checkpoint', episode: 4, at: 5, memoryCount: 1 }
const fact = (object: Value, more: Partial<SemanticRecord> = {}): SemanticRecord => ({
  type: 'sem',
  memory: 3,
  subject: 0,
  predicate: 1,
  object,
  source: 2,
  confidence: 65535,
  validAt: 5,
  observedAt: 5,
  committedAt: 5,
  invalidAt: undefined,
  projected: false,
  ...more,
})
const symbols = (name = 'a'): LogRecord[] => [
  alloc(4, '__ep_0', 'Memory'),
  alloc(0, name, 'Agent'),
  alloc(1, 'p', 'Predicate'),
  alloc(2, 'observation', 'Agent'),
  alloc(3, '__mem_0', 'Memory'),
]

describe('a log of another program', () => {
  test('that names symbols which were never made: each is counted', async () => {
    const place = placeWith(
      fact({ type: 'symbol', id: 9 }, { subject: 8, predicate: 7, source: 6 }),
      ...symbols(),
      checkpoint,
    )
    const { stdout, exit } = await place.run(['verify', '--json'])
    expect(exit).toBe(6)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      dangling: 4,
      memories: 1,
      tail: 'Clean',
      seal: { state: 'unsealed' },
    })
    expect((await place.run(['decode'])).exit).toBe(6)
    expect(await place.run(['decode', '--memories'])).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('symbol_unknown #8 in sem.s'),
      exit: 6,
    })
  })

  test('with a name that would steer a terminal or be syntax: it is shown harmlessly and never written as text', async () => {
    const name = 'a) (retire @b) \u001b[31m\n; batch 9\n\u202e'
    const place = placeWith(...symbols(name), fact({ type: 'boolean', value: true }), checkpoint)
    for (const words of [
      ['log'],
      ['symbols'],
      ['decode'],
      ['decode', '--memories'],
      ['query', '(query)'],
      ['episodes'],
    ]) {
      const { stdout, stderr } = await place.run(words)
      expect(stdout + stderr).not.toMatch(/[\u001b\u202e]|\n; batch 9/)
    }
    expect((await place.run(['decode'])).stdout).not.toContain('retire')
    expect((await place.run(['decode'])).exit).toBe(6)
  })

  test('with more people at one event than a call has arguments', async () => {
    const participants = Array.from({ length: 300_000 }, () => 0)
    const event: LogRecord = {
      type: 'epi',
      memory: 3,
      event: 3,
      eventType: 1,
      participants,
      location: 2,
      at: 5,
      observedAt: 5,
      source: 2,
      confidence: 1,
      committedAt: 5,
      invalidAt: undefined,
    }
    const place = placeWith(...symbols(), event, checkpoint)
    expect((await place.run(['verify'])).exit).toBe(0)
    expect((await place.run(['log'])).exit).toBe(0)
    expect((await place.run(['query', '(query)'])).exit).toBe(0)
    expect((await place.run(['decode'])).stdout).toContain('(epi @__mem_0 @p:Predicate (@a @a')
  })

  test('with numbers that JSON and JavaScript have none for', async () => {
    const huge = 2n ** 64n - 2n
    const place = placeWith(...symbols(), fact({ type: 'float', value: Number.NaN }, { validAt: huge }), checkpoint)
    const { stdout } = await place.run(['decode', '--memories', '--json'])
    expect(stdout).toContain('"o":{"type":"float","value":"NaN"}')
    expect(stdout).toContain('"valid_at":18446744073709551614,')
    expect((await place.run(['decode', '--memories'])).stdout).toBe(
      '(sem @a @p nil :src @observation :c 1.00000 :v 584556019-04-03T14:25:51.614Z)\n',
    )
  })

  test('with whole records behind the last commit: they are told of, and are not part of it', async () => {
    const place = placeWith(...symbols(), fact({ type: 'integer', value: 1 }), checkpoint, alloc(5, 'late', 'Agent'))
    expect(await place.run(['symbols'])).toMatchObject({
      stdout: expect.not.stringContaining('late'),
      stderr: 'note: 17 bytes behind the last commit are passed over\n',
      exit: 0,
    })
    expect(JSON.parse((await place.run(['verify', '--json'])).stdout)).toMatchObject({
      ok: true,
      records: 8,
      tail: 'Orphan',
      tail_bytes: 17,
    })
  })
})
