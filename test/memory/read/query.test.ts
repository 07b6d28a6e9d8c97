import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MemoryRecord } from '#memory/canonical/record.ts'
import { Pipeline } from '#memory/compile/pipeline.ts'
import { decayFactor, effectiveConfidence } from '#memory/read/decay.ts'
import { executeQuery, FLAGS } from '#memory/read/query.ts'

const origin = Date.parse('2025-01-01T00:00:00Z')
const day = 86_400_000
const wall = origin + 400 * day

interface Write {
  readonly key: number
  readonly validDay: number
}
const writes = fc.array(fc.record({ key: fc.integer({ min: 0, max: 2 }), validDay: fc.integer({ min: 0, max: 30 }) }), {
  maxLength: 14,
})

/** What was committed, in words of this test: when each value held, as far as was known at a commit. */
interface Held {
  readonly key: number
  readonly value: number
  readonly valid: number
  readonly committed: number
  /** Of one that was written into the past: where the one after it began. */
  readonly until: number | undefined
  readonly endedBy: { readonly valid: number; readonly committed: number }[]
}

function play(given: readonly Write[]): { readonly pipeline: Pipeline; readonly held: readonly Held[] } {
  const pipeline = new Pipeline()
  const heads = new Map<number, Held>()
  const held: Held[] = []
  for (const [value, { key, validDay }] of given.entries()) {
    const valid = origin + validDay * day
    const head = heads.get(key)
    const batch = `(sem @s p${key} ${value} :src @observation :c 0.9 :v ${iso(valid)})`
    const compiled = pipeline.compile(batch, wall + value)
    expect(compiled.ok).toBe(valid !== head?.valid)
    if (!compiled.ok) continue
    pipeline.commit()
    const committed = Number(pipeline.watermark)
    const isBack = head !== undefined && valid < head.valid
    const entry = { key, value, valid, committed, until: isBack ? head.valid : undefined, endedBy: [] }
    held.push(entry)
    if (isBack) continue
    head?.endedBy.push({ valid, committed })
    heads.set(key, entry)
  }
  return { pipeline, held }
}

/** The value of a key at a time, as known at a commit: the latest committed of those that had begun and not ended. */
function expected(held: readonly Held[], key: number, asOf: number, asCommitted: number): number | undefined {
  return held
    .filter(each => each.key === key && each.committed <= asCommitted && each.valid <= asOf)
    .filter(({ until, endedBy }) => {
      const ends = endedBy.filter(end => end.committed <= asCommitted).map(end => end.valid)
      return [...ends, ...(until === undefined ? [] : [until])].every(end => end > asOf)
    })
    .at(-1)?.value
}

describe('what holds at a time', () => {
  test('and was known at a commit is what the definition says, over writes forward and into the past', () => {
    const probe = fc.record({ asOf: fc.integer({ min: -1, max: 32 }), known: fc.integer({ min: -1, max: 15 }) })
    fc.assert(
      fc.property(writes, fc.array(probe, { minLength: 1, maxLength: 6 }), (given, probes) => {
        const { pipeline, held } = play(given)
        for (const { asOf, known } of probes) {
          const [at, committed] = [origin + asOf * day, wall + known]
          for (const key of [0, 1, 2]) {
            const query = `(query :s @s :p @p${key} :as_of ${iso(at)} :as_committed ${iso(committed)})`
            const wanted = expected(held, key, at, committed)
            expect(values(pipeline, query)).toEqual(wanted === undefined ? [] : [wanted])
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  test('over a chain that only goes forward is the latest that had begun', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 70 }),
        (days, asked) => {
          const sorted = [...days].sort((a, b) => a - b)
          const { pipeline } = play(sorted.map(validDay => ({ key: 0, validDay })))
          const begun = sorted.filter(each => each <= asked).length
          const found = values(pipeline, `(query :s @s :p @p0 :as_of ${iso(origin + asked * day)})`)
          expect(found).toEqual(begun === 0 ? [] : [begun - 1])
        },
      ),
    )
  })

  test('never shows what was committed later than was asked for', () => {
    fc.assert(
      fc.property(writes, fc.integer({ min: -1, max: 15 }), (given, known) => {
        const { pipeline } = play(given)
        const found = executeQuery(pipeline, `(query :s @s :as_committed ${iso(wall + known)})`)
        for (const { committedAt } of found.ok ? found.value.records : []) {
          expect(Number(committedAt)).toBeLessThanOrEqual(wall + known)
        }
        expect(found.ok).toBe(true)
      }),
    )
  })
})

test('every conclusion with a key of its own is found again', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 10 }), keys => {
      const pipeline = new Pipeline()
      expect(commit(pipeline, '(sem @s p 1 :src @observation :c 0.9 :v 2025-01-01)')).toBe(true)
      for (const key of keys) {
        expect(commit(pipeline, `(inf @s q${key} ${key} (@__mem_0) @direct_lookup :c 0.5 :v 2025-01-02)`)).toBe(true)
      }
      const found = executeQuery(pipeline, '(query :kind inf :limit 100)')
      expect(found.ok ? found.value.records.length : -1).toBe(keys.length)
    }),
    { numRuns: 50 },
  )
})

test('retired symbols are left out, kept on demand, listed on demand, and the flag says what the answer holds', () => {
  fc.assert(
    fc.property(fc.subarray([0, 1, 2, 3]), fc.boolean(), (retired, include) => {
      const pipeline = new Pipeline()
      for (const n of [0, 1, 2, 3]) commit(pipeline, `(sem @s${n} p @o${n} :src @observation :c 0.9 :v 2025-01-01)`)
      for (const n of retired) commit(pipeline, `(retire @${n % 2 === 0 ? 's' : 'o'}${n})`)
      const found = executeQuery(pipeline, `(query :include_retired ${include} :explain_filtered true)`)
      if (!found.ok) throw new Error(found.error.code)
      const { records, filtered, flags } = found.value
      expect(records).toHaveLength(include ? 4 : 4 - retired.length)
      expect(filtered).toHaveLength(include ? 0 : retired.length)
      expect((flags & FLAGS.stale_symbol) !== 0).toBe(include && retired.length > 0)
    }),
    { numRuns: 60 },
  )
})

test('a limit that was met is told, one that was not is not', () => {
  const pipeline = new Pipeline()
  for (const n of [0, 1, 2]) commit(pipeline, `(sem @s${n} p ${n} :src @observation :c 0.9 :v 2025-01-01)`)
  for (const [limit, truncated] of [
    [2, true],
    [3, false],
    [4, false],
  ] as const) {
    const found = executeQuery(pipeline, `(query :limit ${limit})`)
    expect(found.ok && (found.value.flags & FLAGS.truncated) !== 0).toBe(truncated)
  }
})

describe('questions that are refused', () => {
  test.each([
    ['(query :kind pro :s @a)', 'IncompatiblePredicates'],
    ['(query :kind epi :p @a)', 'IncompatiblePredicates'],
    ['(query :kind bogus)', 'InvalidKind'],
    ['(query) (query)', 'NotASingleQuery'],
    ['', 'NotASingleQuery'],
    ['(sem @a p 1 :src @observation :c 0.5 :v 2025-01-01)', 'NotAQuery'],
    ['(query', 'Parse'],
  ])('%s: %s', (text, code) => {
    const pipeline = new Pipeline()
    commit(pipeline, '(sem @a p 1 :src @observation :c 0.5 :v 2025-01-01)')
    const found = executeQuery(pipeline, text)
    expect(found.ok ? 'answered' : found.error.code).toBe(code)
  })
})

describe('aging', () => {
  const elapsed = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  const halfLife = fc.integer({ min: 1, max: 10 ** 12 })

  test('only ever takes away, the more the longer, and answers the same each time', () => {
    fc.assert(
      fc.property(elapsed, elapsed, halfLife, fc.integer({ min: 0, max: 65_535 }), (a, b, life, stored) => {
        const [short, long] = a <= b ? [a, b] : [b, a]
        expect(decayFactor(short, life)).toBeGreaterThanOrEqual(decayFactor(long, life))
        expect(effectiveConfidence(stored, long, life)).toBeLessThanOrEqual(stored)
        expect(effectiveConfidence(stored, long, life)).toBe(effectiveConfidence(stored, long, life))
      }),
    )
  })

  test('leaves all at once, half after a half-life, nothing after sixteen; without one it never begins', () => {
    fc.assert(
      fc.property(halfLife, elapsed, fc.integer({ min: 0, max: 65_535 }), (life, any, stored) => {
        expect(decayFactor(0, life)).toBe(65_535)
        expect(Math.abs(decayFactor(life, life) - 32_767)).toBeLessThanOrEqual(1)
        expect(decayFactor(16 * life, life)).toBe(0)
        expect(decayFactor(2n ** 64n - 1n, life)).toBe(0)
        expect(effectiveConfidence(stored, any, 0)).toBe(stored)
      }),
    )
  })

  test('passes over what is pinned', () => {
    const pipeline = new Pipeline()
    commit(pipeline, '(sem @s p 1 :src @self_report :c 0.6 :v 2024-01-01)')
    const flagged = () => {
      const found = executeQuery(pipeline, '(query :s @s)')
      return found.ok && (found.value.flags & FLAGS.low_confidence) !== 0
    }
    expect(flagged()).toBe(true)
    expect(commit(pipeline, '(pin @__mem_0 :actor @me)')).toBe(true)
    expect(flagged()).toBe(false)
    expect(commit(pipeline, '(unpin @__mem_0 :actor @me)')).toBe(true)
    expect(flagged()).toBe(true)
  })
})

function commit(pipeline: Pipeline, batch: string): boolean {
  const compiled = pipeline.compile(batch, wall)
  if (compiled.ok) pipeline.commit()
  return compiled.ok
}

function values(pipeline: Pipeline, query: string): unknown[] {
  const found = executeQuery(pipeline, query)
  if (!found.ok) throw new Error(JSON.stringify(found.error))
  return found.value.records.map(objectOf)
}

function objectOf(record: MemoryRecord): unknown {
  return record.type === 'sem' && record.object.type === 'integer' ? Number(record.object.value) : record.type
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
