import { describe, expect, test } from 'vitest'
import { confidenceOf } from '#memory/compile/confidence.ts'
import { type InferenceError, infer, inferenceMethod } from '#memory/compile/inference.ts'
import { sourceRule } from '#memory/compile/source.ts'
import { normal } from '#memory/integer.ts'
import { type AgingKind, decayFactor, effectiveConfidence, HALF_LIVES, halfLifeOf } from '#memory/read/decay.ts'
import { DECAY_TABLE } from '#memory/read/decay-table.ts'
import { core } from './vectors.ts'

const { confidence, decay_factor, decay_table, effective, inference } = core()
const dayMs = 86_400_000

describe('the vectors of numbers', () => {
  test.each(confidence)('a confidence of %s is kept as %s and shown as %s', (literal, kept, shown) => {
    const result = confidenceOf(Number(literal))
    if (!result.ok) {
      expect(result.error).toEqual({ code: 'OutOfRange', value: Math.fround(Number(literal)) })
      expect([kept, shown.split('(')[0]]).toEqual([null, 'OutOfRange'])
      return
    }
    expect([result.value, Math.fround(result.value / 65_535).toFixed(5)]).toEqual([kept, shown])
  })

  test('every confidence that a log can hold is read back from how it is shown', () => {
    for (let kept = 0; kept <= 65_535; kept++) {
      const back = confidenceOf(Number(Math.fround(kept / 65_535).toFixed(5)))
      if (!back.ok || back.value !== kept) throw new Error(`${kept} comes back as ${JSON.stringify(back)}`)
    }
  })

  test('the table of aging is the same, begins with all and only falls', () => {
    expect(DECAY_TABLE).toEqual(decay_table)
    expect(DECAY_TABLE[0]).toBe(65_535)
    for (let i = 1; i < DECAY_TABLE.length; i++) expect(DECAY_TABLE[i]).toBeLessThan(DECAY_TABLE[i - 1] ?? 0)
  })

  test.each(decay_factor)('after %s ms of a half-life of %s ms %i of 65535 are left', (elapsed, halfLife, left) => {
    expect(decayFactor(normal(BigInt(elapsed)), normal(BigInt(halfLife)))).toBe(left)
  })

  test('an age so absurd that its low 32 bits are small is no youth (D13)', () => {
    expect(decayFactor(2 ** 32, 1)).toBe(0)
    expect(decayFactor(2n ** 64n - 1n, 1)).toBe(0)
  })

  test.each(effective)('%i after %i days as %s of %s counts %5$i', (stored, days, kind, source, counts) => {
    const halfLife = halfLifeOf(HALF_LIVES, kinds[kind] ?? 'inf', sourceRule(source).kind)
    expect(effectiveConfidence(stored, days * dayMs, halfLife)).toBe(counts)
  })

  test.each(inference)('%s of %j gives %s', (name, parents, wanted) => {
    const method = inferenceMethod(name)
    if (method === undefined) throw new Error(`no method ${name}`)
    const result = infer(method, parents)
    expect(result.ok ? result.value : shownError(result.error)).toBe(wanted)
  })

  test('a pattern of eight near-certain parents is worked out at once (D13)', () => {
    const method = inferenceMethod('pattern_summarize')
    expect(method && infer(method, Array(8).fill(65_535))).toEqual({ ok: true, value: 52_428 })
    expect(method && infer(method, Array(8).fill(40_000))).toEqual({ ok: true, value: 32_000 })
    expect(method && infer(method, [0, ...Array(7).fill(65_535)])).toEqual({ ok: true, value: 0 })
  })
})

const kinds: Readonly<Record<string, AgingKind>> = { semantic: 'sem', episodic: 'epi', procedural: 'pro' }

function shownError(error: InferenceError): string {
  const rest =
    error.code === 'WrongParentCount' ? `rule: ${error.rule.type}(${error.rule.count})` : `limit: ${error.limit}`
  return `${error.code} { method: ${error.method}, ${rest}, got: ${error.got} }`
}
