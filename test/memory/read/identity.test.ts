import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Value } from '#memory/canonical/record.ts'
import { confidenceOf } from '#memory/compile/confidence.ts'
import type { RawValue } from '#memory/language/form.ts'
import { parse } from '#memory/language/parser.ts'
import { renderConfidence, renderMemory } from '#memory/read/render.ts'

const at = 1_705_276_800_000
const clocks = { validAt: at, observedAt: at, committedAt: at, invalidAt: undefined } as const
const symbols = () => ({ name: 'a', kind: 'Agent' }) as const

/** The object of a fact, written and read again; the text holds exactly one form. */
function readBack(object: Value): RawValue {
  const rendered = renderMemory(
    { type: 'sem', memory: 1, subject: 1, predicate: 1, object, source: 1, confidence: 1, ...clocks, projected: false },
    symbols,
  )
  if (!rendered.ok) throw new Error(rendered.error.code)
  const forms = parse(rendered.value)
  if (!forms.ok) throw new Error(JSON.stringify(forms.error))
  const [form, ...more] = forms.value
  if (form?.type !== 'sem' || more.length > 0) throw new Error('not one fact')
  return form.object
}

const strings = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '\n', '\r', '\t', '\0', ')', '(', ';', '@', ':', 'n', ' ', '\u2028', '\ufeff'),
  }),
)

test('every string is the same string again, and never syntax', () => {
  fc.assert(
    fc.property(strings, value => {
      expect(readBack({ type: 'string', value })).toEqual({ type: 'string', text: value })
    }),
    { numRuns: 3000 },
  )
})

test('every integer is the same integer', () => {
  const check = (value: bigint) => {
    const normal = Number.isSafeInteger(Number(value)) ? Number(value) : value
    expect(readBack({ type: 'integer', value: normal })).toEqual({ type: 'integer', value: normal })
  }
  for (const value of [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n, -(2n ** 53n), 0n]) check(value)
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), check), { numRuns: 1000 })
})

test('every number with a fraction is the same number, its sign and infinity included', () => {
  const check = (value: number) => {
    expect(readBack({ type: 'float', value })).toEqual({ type: 'float', value })
  }
  for (const value of [0, -0, 5e-324, -5e-324, Number.MAX_VALUE, Infinity, -Infinity, 1e21, 1e-7]) check(value)
  fc.assert(fc.property(fc.double({ noNaN: true }), check), { numRuns: 2000 })
})

test('every time up to the end of the year 9999 is the same time, to the millisecond', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), value => {
      expect(readBack({ type: 'timestamp', at: value })).toEqual({ type: 'timestamp', at: value })
    }),
    { numRuns: 2000 },
  )
})

test('truth is truth, and a symbol is that symbol with its kind', () => {
  for (const value of [true, false]) expect(readBack({ type: 'boolean', value })).toEqual({ type: 'boolean', value })
  expect(readBack({ type: 'symbol', id: 1 })).toEqual({ type: 'symbol', name: 'a', kind: 'Agent' })
})

test('every one of the 65,536 confidences is itself again', () => {
  for (let confidence = 0; confidence <= 65_535; confidence++) {
    expect(confidenceOf(Number(renderConfidence(confidence)))).toEqual({ ok: true, value: confidence })
  }
})
