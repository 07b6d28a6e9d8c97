import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { confidenceOf } from '#memory/compile/confidence.ts'
import { INFERENCE_METHODS, infer, inferenceMethod } from '#memory/compile/inference.ts'
import { Pipeline } from '#memory/compile/pipeline.ts'
import { SOURCES } from '#memory/compile/source.ts'
import { Edges } from '#memory/state/edges.ts'
import { Journal } from '#memory/state/journal.ts'
import { Memories } from '#memory/state/memories.ts'

const start = Date.parse('2026-01-01T00:00:00Z')
const day = 86_400_000

/** Batches that commit, and batches that fail at each stage, after forms that would have changed something. */
const sound = fc
  .record({
    s: fc.constantFrom('a', 'b', 'c'),
    p: fc.constantFrom('p', 'q'),
    value: fc.integer(),
    at: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ s, p, value, at }) => `(sem @${s} ${p} ${value} :src @observation :c 0.5 :v ${iso(start - at * day)})`)
const broken = fc.constantFrom(
  '(sem @a p', // parse
  '(sem @a p 1 :src @observation :c 0.5)', // parse: a keyword is missing
  '(rename @nobody_has_this @x)', // bind
  '(sem @x:Bogus p 1 :src @observation :c 0.5 :v 2025-01-01)', // bind
  '(sem @a p 1 :src @profile :c 0.99 :v 2025-01-01)', // semantic
  '(sem @a p 1 :src @observation :c 0.5 :v 2030-01-01)', // semantic
  '(query :s @a)', // emit
)

describe('a batch that fails', () => {
  test('at any stage and after any forms leaves the whole state as it was', () => {
    fc.assert(
      fc.property(
        fc.array(sound, { maxLength: 6 }),
        fc.array(sound, { maxLength: 3 }),
        broken,
        (before, forms, last) => {
          const pipeline = new Pipeline()
          for (const form of before) committed(pipeline, form, start)
          const state = Buffer.from(pipeline.exportState())
          const failed = pipeline.compile([...forms, last].join('\n'), start + day)
          expect(failed.ok).toBe(false)
          expect(Buffer.from(pipeline.exportState()).equals(state)).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('and one that is rolled back leave it as it was, too', () => {
    fc.assert(
      fc.property(fc.array(sound, { maxLength: 6 }), sound, (before, form) => {
        const pipeline = new Pipeline()
        for (const each of before) committed(pipeline, each, start)
        const state = Buffer.from(pipeline.exportState())
        if (pipeline.compile(form, start + day).ok) pipeline.rollback()
        expect(Buffer.from(pipeline.exportState()).equals(state)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

test('clocks of commits only ever grow, whatever the clock on the wall does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 42 }), { minLength: 1, maxLength: 40 }), walls => {
      const pipeline = new Pipeline()
      let last = -1
      for (const wall of walls) {
        committed(pipeline, '', wall)
        const now = Number(pipeline.watermark)
        expect(now).toBeGreaterThan(last)
        expect(now).toBe(Math.max(wall, last + 1))
        last = now
      }
    }),
  )
})

describe('symbols', () => {
  test('keep id and kind through any renaming, retiring and coming back; old names lead to them', () => {
    const step = fc.tuple(fc.constantFrom('rename', 'retire', 'unretire'), fc.integer({ min: 0, max: 9 }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), steps => {
        const pipeline = new Pipeline()
        committed(pipeline, '(sem @n0 p 1 :src @observation :c 0.5 :v 2025-01-01)', start)
        const { symbols } = pipeline.state
        const id = symbols.idOf('n0')
        const kind = id === undefined ? undefined : symbols.kindOf(id)
        const names = new Set(['n0'])
        let current = 'n0'
        for (const [verb, number] of steps) {
          const next = `n${number}`
          if (verb === 'rename' && !names.has(next)) {
            if (committed(pipeline, `(rename @${current} @${next})`, start)) {
              names.add(next)
              current = next
            }
          } else if (verb === 'retire') committed(pipeline, `(retire @${current})`, start)
          for (const name of names) expect(symbols.idOf(name)).toBe(id)
          if (id !== undefined) expect([symbols.nameOf(id), symbols.kindOf(id)]).toEqual([current, kind])
        }
      }),
    )
  })

  test('allocated get growing ids, and a name is given once', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 30 }), names => {
        const pipeline = new Pipeline()
        let last = -1
        for (const name of names.filter(each => each !== 'p' && each !== 'observation')) {
          if (pipeline.state.symbols.idOf(name) !== undefined) continue
          if (!committed(pipeline, `(sem @${name} p 1 :src @observation :c 0.5 :v 2025-01-01)`, start)) continue
          const id = Number(pipeline.state.symbols.idOf(name))
          expect(id).toBeGreaterThan(last)
          last = id
          expect(pipeline.compile(`(sem @z ${name} 1 :src @observation :c 0.5 :v 2025-01-01)`, start).ok).toBe(false)
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('edges', () => {
  const edge = fc.record({
    type: fc.constantFrom('supersedes', 'corrects', 'stale_parent', 'reconfirms'),
    from: fc.integer({ min: 0, max: 12 }),
    to: fc.integer({ min: 0, max: 12 }),
  })

  test('never close a circle, over all kinds at once; what would close one changes nothing', () => {
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 40 }), given => {
        const journal = new Journal()
        const edges = new Edges(new Memories(journal), journal)
        const kept: { from: number; to: number }[] = []
        for (const { type, from, to } of given) {
          const before = edges.length
          const refused = edges.add({ type, from, to, at: 0 })
          const closes = from === to || reaches(kept, to, from)
          expect(refused === undefined).toBe(!closes)
          expect(edges.length).toBe(closes ? before : before + 1)
          if (!closes) kept.push({ from, to })
        }
      }),
    )
  })

  function reaches(edges: readonly { from: number; to: number }[], start: number, goal: number): boolean {
    const seen = new Set([start])
    for (const at of seen) for (const each of edges) if (each.from === at) seen.add(each.to)
    return seen.has(goal)
  }
})

describe('confidence', () => {
  test('of a source is within 0 and 1, and no source admits a conclusion', () => {
    for (const { bound, admits } of SOURCES.values()) {
      expect(bound).toBeGreaterThanOrEqual(0)
      expect(bound).toBeLessThanOrEqual(65_535)
      expect(admits).not.toContain('Inferential')
    }
  })

  test('of any number within range comes back within two steps, any other is refused', () => {
    fc.assert(
      fc.property(fc.float({ noDefaultInfinity: true }), value => {
        const result = confidenceOf(value)
        if (Number.isNaN(value)) expect(result).toMatchObject({ ok: false, error: { code: 'NotANumber' } })
        else if (value < 0 || value > 1) expect(result).toMatchObject({ ok: false, error: { code: 'OutOfRange' } })
        else expect(Math.abs((result.ok ? result.value / 65_535 : -9) - value)).toBeLessThanOrEqual(2 / 65_535)
      }),
    )
  })

  test('by any method stays in range, and is refused for a wrong number of parents', () => {
    const parents = fc.array(fc.integer({ min: 0, max: 65_535 }), { maxLength: 12 })
    fc.assert(
      fc.property(fc.constantFrom(...INFERENCE_METHODS.keys()), parents, (name, given) => {
        const method = inferenceMethod(`@${name}`)
        if (method === undefined) throw new Error(`no method ${name}`)
        const result = infer(method, given)
        const { type, count } = method.rule
        const fits = type === 'Exactly' ? given.length === count : given.length >= count
        const isOdd = type !== 'AtLeastOdd' || given.length % 2 === 1
        const isFew = method.parentsMax === undefined || given.length <= method.parentsMax
        expect(result.ok).toBe(fits && isOdd && isFew)
        if (!result.ok) expect(result.error.method).toBe(method.name)
        else expect(result.value === Math.min(65_535, Math.max(0, Math.floor(result.value)))).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})

function committed(pipeline: Pipeline, batch: string, wall: number): boolean {
  const compiled = pipeline.compile(batch, wall)
  if (compiled.ok) pipeline.commit()
  return compiled.ok
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
