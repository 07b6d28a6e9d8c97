import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  AGE_UNITS,
  CATEGORIES,
  FIELDS,
  PLACES,
  POSSESSIONS,
  parse,
  print,
  type Query,
  STATES,
  type Term,
} from '../../../src/mail/search/language/index.ts'

interface Fixture {
  readonly name: string
  readonly input: string
  readonly ast?: unknown
  readonly print?: string
  readonly errors?: string[]
  readonly warnings?: string[]
}

const fixtures: Fixture[] = JSON.parse(
  readFileSync(new URL('../../vectors/search/queries.json', import.meta.url), 'utf8'),
)

describe('the fixtures of the language', () => {
  test.each(fixtures)('$name: $input', ({ input, ast, print: printed, errors, warnings }) => {
    const parsed = parse(input)
    const codes = (severity: string) => parsed.warnings.filter(one => one.severity === severity).map(one => one.code)
    expect(codes('error')).toEqual(errors ?? [])
    expect(codes('warning')).toEqual(warnings ?? [])
    if (ast !== undefined) expect(parsed.ast).toEqual(ast)
    if (printed !== undefined) expect(print(parsed.ast)).toBe(printed)
  })
})

const word = fc.stringMatching(/^[a-z0-9éß会][a-z0-9éß会.@_/-]{0,8}$/)
const term: fc.Arbitrary<Term> = fc.oneof(
  fc.record({ text: word, form: fc.constant('word' as const) }),
  fc.record({ text: word, form: fc.constantFrom('prefix' as const, 'piece' as const) }),
  fc.record({
    text: fc.string({ minLength: 1, maxLength: 12 }).filter(isPlainPhrase),
    form: fc.constant('phrase' as const),
  }),
)
const bareTerm: fc.Arbitrary<Term> = fc.oneof(term, fc.record({ text: word, form: fc.constant('exact' as const) }))
const plainTerm = fc.record({ text: word, form: fc.constant('word' as const) })
const name = fc.oneof(word, fc.string({ minLength: 1, maxLength: 10 }).filter(isPlainPhrase))

function isPlainPhrase(text: string): boolean {
  return !/[“”]/.test(text) && !/^\S+ AROUND \d+ \S+$/.test(text)
}

const day = fc.oneof(
  fc.constantFrom('today', 'yesterday', 'this-week', 'this-month').map(kind => ({ kind: kind as 'today' })),
  fc.record({ kind: fc.constant('year' as const), year: fc.integer({ min: 1000, max: 9999 }) }),
  fc.record({
    kind: fc.constant('month' as const),
    year: fc.integer({ min: 1000, max: 9999 }),
    month: fc.integer({ min: 1, max: 12 }),
  }),
  fc.record({
    kind: fc.constant('day' as const),
    year: fc.integer({ min: 1000, max: 9999 }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
  }),
  fc.record({ kind: fc.constant('instant' as const), second: fc.integer({ min: 0, max: 99_999_999_999 }) }),
)

const leaf: fc.Arbitrary<Query> = fc.oneof(
  bareTerm.map(bare => ({ kind: 'text' as const, term: bare })),
  fc.record({ kind: fc.constant('field' as const), field: fc.constantFrom(...FIELDS), term }),
  fc.record({
    kind: fc.constant('near' as const),
    left: plainTerm,
    right: plainTerm,
    distance: fc.integer({ min: 0, max: 9999 }),
  }),
  fc.record({ kind: fc.constant('is' as const), state: fc.constantFrom(...STATES) }),
  fc.record({ kind: fc.constant('in' as const), place: fc.constantFrom(...PLACES) }),
  fc.record({ kind: fc.constant('has' as const), what: fc.constantFrom(...POSSESSIONS) }),
  fc.record({ kind: fc.constant('category' as const), category: fc.constantFrom(...CATEGORIES) }),
  fc.record({ kind: fc.constantFrom('label' as const, 'account' as const, 'thread' as const, 'id' as const), name }),
  fc.record({ kind: fc.constant('keyword' as const), name: word.map(text => `$${text}`) }),
  fc.record({ kind: fc.constant('messageId' as const), name: fc.stringMatching(/^[a-z0-9.]{1,8}@[a-z0-9.]{1,8}$/) }),
  fc.record({
    kind: fc.constant('size' as const),
    compare: fc.constantFrom('<' as const, '<=' as const, '=' as const, '>=' as const, '>' as const),
    bytes: fc.integer({ min: 0, max: 2 ** 48 }),
  }),
  fc.record({
    kind: fc.constant('date' as const),
    bound: fc.constantFrom('after' as const, 'before' as const, 'on' as const),
    day,
  }),
  fc.record({
    kind: fc.constant('age' as const),
    bound: fc.constantFrom('newer' as const, 'older' as const),
    amount: fc.integer({ min: 0, max: 99_999 }),
    unit: fc.constantFrom(...AGE_UNITS),
  }),
)

const { query } = fc.letrec<{ query: Query; group: Query; negation: Query }>(tie => ({
  query: fc.oneof({ maxDepth: 4, withCrossShrink: true }, leaf, tie('group'), tie('negation')),
  group: fc
    .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('query'), { minLength: 2, maxLength: 4 }))
    .filter(([kind, of]) => of.every(member => member.kind !== kind))
    .map(([kind, of]) => ({ kind, of })),
  negation: tie('query')
    .filter(member => member.kind !== 'not')
    .map(of => ({ kind: 'not' as const, of })),
}))

describe('printing and reading', () => {
  test('a printed tree reads back as the same tree, without complaint', () => {
    fc.assert(
      fc.property(query, tree => {
        const printed = print(tree)
        fc.pre(printed.length <= 2000)
        const parsed = parse(printed)
        expect(parsed.warnings.filter(({ code }) => code !== 'read_as_text')).toEqual([])
        expect(parsed.ast).toEqual(tree)
      }),
      { seed: 4, numRuns: 1500 },
    )
  })

  test('any text is read without throwing, and its canonical form is a fixed point', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '{',
      '}',
      '"',
      '-',
      '+',
      ':',
      '|',
      ' ',
      'OR',
      'AND',
      'NOT',
      'AROUND',
      '5',
      'from:',
      'is:',
      'size:',
      'after:',
      'label:',
      '*',
      '\\',
      'x',
      '会議',
      '😀',
      '\u0000',
    )
    const text = fc.oneof(
      fc.string({ maxLength: 60, unit: 'binary' }),
      fc.array(pieces, { maxLength: 30 }).map(parts => parts.join('')),
    )
    fc.assert(
      fc.property(text, input => {
        const once = parse(input)
        const printed = print(once.ast)
        expect(print(parse(printed).ast)).toBe(printed)
        for (const { position, length } of once.warnings) {
          expect(position).toBeGreaterThanOrEqual(0)
          expect(position + length).toBeLessThanOrEqual(Math.max(input.length, 1))
        }
      }),
      { seed: 5, numRuns: 3000 },
    )
  })

  test('a thousand brackets and a novel are refused at once', () => {
    expect(parse(`${'('.repeat(1000)}x${')'.repeat(999)}`).warnings[0]?.code).toBe('too_deep')
    expect(parse('x '.repeat(5000)).warnings[0]?.code).toBe('too_long')
    expect(parse('x '.repeat(900)).warnings.map(({ code }) => code)).toEqual(['too_many_terms'])
    expect(parse(`${'-('.repeat(60)}x${')'.repeat(60)}`).warnings).toEqual([])
  })

  test('what was not understood matches nothing, also under a minus', () => {
    expect(print(parse('-is:unraed').ast)).toBe('in:nowhere')
    expect(print(parse('-(a is:unraed)').ast)).toBe('in:nowhere')
    expect(print(parse('from:(a -from:b)').ast)).not.toBe('')
  })

  test('an error says where it is and what may have been meant', () => {
    expect(parse('report form:alice').warnings).toEqual([
      {
        code: 'unknown_operator',
        severity: 'error',
        position: 7,
        length: 10,
        message: 'there is no operator "form:"',
        suggestion: 'from:alice',
      },
    ])
    expect(parse('a is:unraed').warnings[0]).toMatchObject({ position: 2, length: 9, suggestion: 'is:unread' })
    expect(parse('after:7d').warnings[0]).toMatchObject({ code: 'invalid_date', suggestion: 'newer_than:7d' })
  })
})
