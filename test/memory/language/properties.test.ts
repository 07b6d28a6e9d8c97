import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeParseError } from '#memory/language/parse-error.ts'
import { parse } from '#memory/language/parser.ts'

describe('text that nobody would write', () => {
  test('of any characters is read or refused with a place inside of it, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 512 }), text => {
        told(text)
      }),
      { numRuns: 2_000 },
    )
  })

  test('of the tokens of the language in any order is read or refused the same way', () => {
    const token = fc.oneof(
      fc.constantFrom(
        '(',
        ')',
        '(sem',
        '(epi',
        '(query',
        '(correct',
        '(episode',
        ':src',
        ':c',
        ':v',
        ':',
        '@',
        '@a',
        '"',
      ),
      fc.constantFrom(
        '@a:Agent',
        '@a:agent',
        '"x"',
        '"\\q"',
        '1',
        '-',
        '-.5',
        '1.',
        '1-2',
        '$',
        'nil',
        'true',
        '; c\n',
      ),
      fc.constantFrom(
        '2024-01-15',
        '2024-99-99',
        '2024-01-15T99:99:99Z',
        '9223372036854775808',
        '\u0085',
        '\ufeff',
        'é',
      ),
    )
    fc.assert(
      fc.property(fc.array(token, { maxLength: 60 }), tokens => {
        told(tokens.join(' '))
      }),
      { numRuns: 2_000 },
    )
  })

  function told(text: string): void {
    const result = parse(text)
    if (result.ok) return
    expect(result.error.code).toMatch(/^[A-Z][A-Za-z]+$/)
    expect(describeParseError(result.error)).not.toBe('')
    const error = result.error.code === 'Lex' ? result.error.inner : result.error
    if ('pos' in error) expect(error.pos.offset).toBeLessThanOrEqual(Buffer.byteLength(text))
  }
})

describe('values nested', () => {
  test.each([
    [257, 'NestingTooDeep'],
    [2_560, 'NestingTooDeep'],
    [100_000, 'NestingTooDeep'],
  ])('%i deep are refused, and the stack holds', (depth, code) => {
    const result = parse(`(sem @a b ${'('.repeat(depth)}1${')'.repeat(depth)} :src @profile :c 0.5 :v 2024-01-15)`)
    expect(result.ok ? 'read' : result.error.code).toBe(code)
  })

  test.each([257, 2_560])('%i corrections inside each other are refused', depth => {
    const result = parse(`${'(correct @a '.repeat(depth)}${')'.repeat(depth)}`)
    expect(result.ok ? 'read' : result.error.code).toBe('NestingTooDeep')
  })
})

test.each(['', ' \n\t ', '; only a comment', '; one\n; two\n'])('%j has no forms and no error', text => {
  expect(parse(text)).toEqual({ ok: true, value: [] })
})
