import { describe, expect, it } from 'vitest'
import { errorPath } from '../../../src/memory/compile/compile-error.ts'
import { describeParseError } from '../../../src/memory/language/parse-error.ts'
import { parse } from '../../../src/memory/language/parser.ts'
import { core, type ParseCase } from '../vectors.ts'
import { shownForms } from './shown.ts'

/** Cases that Postern answers otherwise on purpose: the object of the fact, and what was written instead of a time. */
const exceptions: readonly { readonly written: string; readonly decision: string; readonly why: string }[] = [
  { written: '2024-01-15T99:99:99Z', decision: 'D15', why: 'no such time of day' },
  { written: '2024-02-31', decision: 'D15', why: 'February 2024 has 29 days' },
  { written: '2023-02-31', decision: 'D15', why: 'February 2023 has 28 days' },
  { written: '2024-04-31T00:00:00.123456Z', decision: 'D15', why: 'April has 30 days' },
  { written: '2024-04-30T18446744073709551615:00:00Z', decision: 'D15', why: 'the hours wrap around 2^64' },
  { written: '2024-04-30T5124095576030:00:00Z', decision: 'D15', why: 'the hours wrap around 2^64' },
]

describe('the parse vectors', () => {
  const cases = core().parse
  const exceptionOf = ({ input }: ParseCase) => exceptions.find(({ written }) => input.includes(` ${written} `))

  it.each(cases.filter(c => exceptionOf(c) === undefined))('are read the same: $input', expected => {
    const result = parse(expected.input)
    if (!result.ok) {
      expect(describeParseError(result.error)).toBe(expected.message)
      expect(`${expected.error?.replaceAll('(', '.')}.`).toContain(`${errorPath(result.error)} `.trim())
      return
    }
    expect(expected.ok).toBe(true)
    expect(result.value).toHaveLength(expected.forms ?? -1)
    if (expected.debug !== '') expect(shownForms(result.value)).toBe(expected.debug) // '' for the deepest nesting
  })

  it.each(exceptions)('differ in $written ($decision: $why)', ({ written }) => {
    const [expected] = cases.filter(({ input }) => input.includes(` ${written} `))
    const result = parse(expected?.input ?? '')
    if (!result.ok) throw new Error(describeParseError(result.error))
    expect(shownForms(result.value)).toContain(`TimestampRaw("${written}")`)
  })
})
