import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EdgeRecord, LogRecord, SemanticRecord } from '#memory/canonical/record.ts'
import { Pipeline } from '#memory/compile/pipeline.ts'
import { executeQuery } from '#memory/read/query.ts'
import { SILENT } from '#memory/trace.ts'
import { type AnyBatch, anyBatches, play, replay, told, wall } from './batches.ts'

describe('a state', () => {
  test('that was compiled, with batches lost on the way, is the one that a replay of its log gives', () => {
    fc.assert(
      fc.property(anyBatches, batches => {
        const live = new Pipeline()
        const kept = play(live, batches)
        const replayed = new Pipeline()
        replay(replayed, kept)
        expect(told(live.state)).toEqual(told(replayed.state))
      }),
      { numRuns: 400 },
    )
  })

  test('does not show what was lost, down to its bytes', () => {
    fc.assert(
      fc.property(anyBatches, batches => {
        const live = new Pipeline()
        play(live, batches)
        const other = new Pipeline()
        play(
          other,
          batches.filter(({ lost }) => !lost),
        )
        expect(Buffer.from(live.exportState()).equals(other.exportState())).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  test('is as it was, and goes on, after something was thrown in the middle of a batch', () => {
    let isBroken = false
    const event = () => {
      if (isBroken) throw new Error('the sink is broken')
    }
    const pipeline = new Pipeline({ trace: { ...SILENT, event } })
    const batch = (day: number) => `(sem @a p ${day} :src @observation :c 0.5 :v 2025-01-0${day})`
    play(pipeline, [{ text: batch(1), lost: false }])
    const before = Buffer.from(pipeline.exportState())
    isBroken = true
    expect(() => pipeline.compile(`(pin @m :actor @b) ${batch(2)}`, wall)).toThrow('the sink is broken')
    expect(Buffer.from(pipeline.exportState()).equals(before)).toBe(true)
    isBroken = false
    expect(play(pipeline, [{ text: batch(2), lost: false }])).toHaveLength(1)
  })

  test('goes on from its image as if it had never been away', () => {
    fc.assert(
      fc.property(anyBatches, anyBatches, (before, after) => {
        const first = new Pipeline()
        play(first, before)
        const image = Pipeline.importState(first.exportState())
        if (!image.ok) throw new Error(image.error.code)
        const second = image.value
        expect(play(second, after)).toEqual(play(first, after))
        expect(told(second.state)).toEqual(told(first.state))
        expect(Buffer.from(second.exportState()).equals(first.exportState())).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  test('answers the same from its image', () => {
    const questions = [
      '(query)',
      '(query :s @a :p @p :debug_mode true)',
      '(query :kind epi)',
      '(query :p @p :include_projected true)',
    ]
    fc.assert(
      fc.property(anyBatches, batches => {
        const live = new Pipeline()
        play(live, batches)
        const image = Pipeline.importState(live.exportState())
        if (!image.ok) throw new Error(image.error.code)
        for (const question of questions) {
          expect(executeQuery(image.value, question)).toEqual(executeQuery(live, question))
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('an image', () => {
  const full = new Pipeline()
  const text = (n: number): AnyBatch => ({
    text: `(sem @a p${n} "v" :src @observation :c 0.5 :v 2025-01-0${n})`,
    lost: false,
  })
  play(full, [text(1), text(2), text(3)])
  const bytes = Buffer.from(full.exportState())

  test('of another version is told apart from what is no image', () => {
    const other = Buffer.from(bytes)
    other.write('2', bytes.indexOf('\n') - 1)
    expect(Pipeline.importState(other)).toEqual({ ok: false, error: { code: 'version' } })
    for (const each of ['', 'postern', 'MIMR\x01\0\0\0', 'postern memory image 1\n{}\n', 'postern memory image 1\n[']) {
      expect(Pipeline.importState(Buffer.from(each))).toEqual({ ok: false, error: { code: 'unreadable' } })
    }
  })

  test('cut anywhere is refused', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(Pipeline.importState(bytes.subarray(0, length)).ok).toBe(false)
    }
  })

  test('with any byte changed is refused or read, and what is read ends every search', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const image = Buffer.from(bytes)
        image[at] = (image[at] ?? 0) ^ change
        const result = Pipeline.importState(image)
        if (!result.ok) return
        const { symbols, semantic, memories } = result.value.state
        symbols.idOf('a')
        symbols.idOf('nobody')
        semantic.find(0, 1)
        for (let row = semantic.newestOf(0); row >= 0; row = memories.previous.get(row)) memories.validAt.get(row)
      }),
      { numRuns: 3_000 },
    )
  })
})

/** A fact of a log that no compiler wrote. */
function fact(memory: number | bigint, validAt: number, committedAt = 10): SemanticRecord {
  const rest = {
    object: { type: 'integer', value: 1 },
    source: 2,
    confidence: 1,
    observedAt: 0,
    invalidAt: undefined,
  } as const
  return { type: 'sem', memory, subject: 0, predicate: 1, ...rest, validAt, committedAt, projected: false }
}

function edge(from: number | bigint, to: number | bigint, type: EdgeRecord['type'] = 'supersedes'): EdgeRecord {
  return { type, from, to, at: 10 }
}

function replayed(records: readonly LogRecord[]): string {
  const pipeline = new Pipeline()
  for (const record of records) {
    const error = pipeline.apply(record)
    if (error !== undefined) return JSON.stringify(error)
  }
  return JSON.stringify(pipeline.settle() ?? 'sound')
}

describe('a log made by hand', () => {
  test('may hold edges in any order, but no circle', () => {
    expect(replayed([edge(1, 2), edge(2, 3), edge(5, 3), edge(3, 9)])).toBe('"sound"')
    expect(replayed([edge(1, 2), edge(2, 3, 'corrects'), edge(3, 1, 'stale_parent'), edge(9, 8)])).toBe(
      '{"code":"Dag","inner":{"code":"SupersessionCycle","kind":"stale_parent","from":3,"to":1}}',
    )
    expect(replayed([edge(4, 4)])).toBe('{"code":"Dag","inner":{"code":"SelfEdge","kind":"supersedes","memory":4}}')
  })

  test('the first edge that closes a circle is found, wherever among the others it is', () => {
    const pair = fc.tuple(fc.nat(9), fc.nat(9)).filter(([a, b]) => a !== b)
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 30 }), pairs => {
        const one = new Pipeline()
        let wanted: unknown
        for (const [from, to] of pairs) wanted ??= one.state.edges.add(edge(from, to))
        const all = new Pipeline()
        for (const [from, to] of pairs) all.apply(edge(from, to))
        expect(all.settle()).toEqual(wanted === undefined ? undefined : { code: 'Dag', inner: wanted })
      }),
      { numRuns: 500 },
    )
  })

  test('of fifty thousand edges that all point upwards, the last first, is looked through in no time', () => {
    const records = [...Array(50_000).keys()].reverse().map(n => edge(n, n + 1))
    expect(replayed(records)).toBe('"sound"')
    expect(replayed([...records, edge(50_000, 0)])).toContain('"SupersessionCycle"')
  })

  test('may name what a memory supersedes before the memory comes', () => {
    const early = new Pipeline()
    const late = new Pipeline()
    for (const record of [edge(6, 5), fact(5, 1), fact(6, 3)]) early.apply(record)
    for (const record of [fact(5, 1), fact(6, 3), edge(6, 5)]) late.apply(record)
    for (const { state } of [early, late]) {
      expect([state.edges.isSuperseded(5), state.edges.endOf(0, 10), state.edges.endOf(1, 10)]).toEqual([
        true,
        3,
        undefined,
      ])
    }
  })

  test('may use ids and clocks up to the last of 64 bits', () => {
    const far = 2n ** 64n - 1n
    const pipeline = new Pipeline()
    const records: LogRecord[] = [
      { type: 'symbol_alloc', symbol: far, name: 'last', kind: 'Agent', at: far - 1n },
      { type: 'symbol_alloc', symbol: 2n ** 53n, name: 'x', kind: 'Agent', at: 1 },
      fact(far, 5),
      fact(2n ** 60n, 7, 11),
      edge(far, 2n ** 60n),
    ]
    for (const record of records) expect(pipeline.apply(record)).toBeUndefined()
    const { symbols, memories } = pipeline.state
    expect([symbols.idOf('last'), symbols.idOf('x'), pipeline.watermark]).toEqual([far, 2n ** 53n, far - 1n])
    expect([memories.record(0), memories.record(1)]).toEqual(records.slice(2, 4))
    expect(pipeline.compile('', 0)).toMatchObject({ ok: false, error: { code: 'ClockExhausted', last: far - 1n } })
    const image = Pipeline.importState(pipeline.exportState())
    expect(image.ok && told(image.value.state)).toEqual(told(pipeline.state))
  })

  test('that gave out the last id opens; a batch that needs one more is refused', () => {
    const pipeline = new Pipeline()
    pipeline.apply({ type: 'symbol_alloc', symbol: 2n ** 64n - 1n, name: 'last', kind: 'Agent', at: 1 })
    const refused = { code: 'Bind', inner: { code: 'SymbolIdsExhausted' } }
    expect(pipeline.compile('(pin @m :actor @a)', wall)).toEqual({ ok: false, error: refused })
  })

  test('that holds reserved names is written on past them (D1)', () => {
    const pipeline = new Pipeline()
    pipeline.apply({ type: 'symbol_alloc', symbol: 0, name: 'a', kind: 'Agent', at: 1 })
    pipeline.apply({ type: 'symbol_rename', symbol: 0, name: '__mem_0', kind: 'Agent', at: 1 })
    pipeline.apply({ type: 'symbol_alias', symbol: 0, name: '__ep_0', kind: 'Agent', at: 1 })
    const batch = pipeline.compile('(sem @b p 1 :src @observation :c 0.5 :v 2025-01-01)', wall)
    const names = batch.ok ? batch.value.records.map(record => ('name' in record ? record.name : '')) : []
    expect([names.includes('__mem_1'), names[0]]).toEqual([true, '__ep_1'])
  })

  test.each<[string, LogRecord[], string]>([
    ['an id twice', [alloc(0, 'a'), alloc(0, 'b')], 'SymbolRenameConflict'],
    ['a name twice', [alloc(0, 'a'), alloc(1, 'a')], 'SymbolRenameConflict'],
    ['a rename of nobody', [{ ...alloc(0, 'a'), type: 'symbol_rename' }], 'UnknownSymbol'],
    ['a retirement of nobody', [{ ...alloc(0, 'a'), type: 'symbol_retire' }], 'UnknownSymbol'],
    ['an alias of nobody', [{ ...alloc(0, 'a'), type: 'symbol_alias' }], 'UnknownSymbol'],
    [
      'a rename to a name of another',
      [alloc(0, 'a'), alloc(1, 'b'), { ...alloc(0, 'b'), type: 'symbol_rename' }],
      'SymbolRenameConflict',
    ],
  ])('is refused for %s', (_, records, code) => {
    expect(replayed(records)).toContain(`{"code":"Bind","inner":{"code":"${code}"`)
  })
})

function alloc(symbol: number, name: string): LogRecord & { readonly type: 'symbol_alloc' } {
  return { type: 'symbol_alloc', symbol, name, kind: 'Agent', at: 1 }
}
