import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Expression, licenseKey, parseExpression, satisfies } from '../../../scripts/deny/spdx.ts'

const permissive = new Set(['mit', 'isc', 'apache-2.0'])

function allows(source: string, allowed: ReadonlySet<string> = permissive): boolean | string {
  const parsed = parseExpression(source)
  return parsed.ok ? satisfies(parsed.value, allowed) : parsed.error
}

test.each([
  '',
  '()',
  'MIT OR',
  'OR MIT',
  'MIT ISC',
  '(MIT',
  'MIT)',
  'MIT/X11',
  'SEE LICENSE IN LICENSE.md',
  'GPL-2.0-only WITH',
  'MIT WITH (ISC)',
  'Apache 2.0',
  'Ⅿ​IT',
])('“%s” is no expression', source => {
  expect(parseExpression(source).ok).toBe(false)
})

test('an expression beyond the limit is refused unread', () => {
  expect(parseExpression(`${'('.repeat(600)}MIT${')'.repeat(600)}`).ok).toBe(false)
})

test.each([
  ['MIT', true],
  ['mit', true],
  ['GPL-3.0-only', false],
  ['(MIT OR GPL-3.0-only)', true],
  ['MIT AND GPL-3.0-only', false],
  ['GPL-3.0-only OR MIT AND ISC', true],
  ['(GPL-3.0-only OR MIT) AND GPL-2.0-only', false],
  ['(MIT OR EUPL-1.1+)', true],
  ['Apache-2.0+', false],
  ['Apache-2.0 WITH LLVM-exception', false],
  ['LicenseRef-Own', false],
])('under an allow-list of MIT, ISC and Apache-2.0, “%s” is %s', (source, expected) => {
  expect(allows(source)).toBe(expected)
})

test('a licence with an exception is allowed only as such', () => {
  const key = licenseKey('Apache-2.0 WITH LLVM-exception')
  expect(allows('Apache-2.0 WITH LLVM-exception', new Set([key ?? '']))).toBe(true)
  expect(allows('Apache-2.0', new Set([key ?? '']))).toBe(false)
})

test('only a single licence can stand in an allow-list', () => {
  expect(licenseKey('MIT OR ISC')).toBeUndefined()
})

const expressions: fc.Arbitrary<Expression> = fc.letrec<{ expression: Expression }>(tie => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    fc.record({
      kind: fc.constant('license' as const),
      id: fc.constantFrom('MIT', 'ISC', 'GPL-3.0-only', 'LicenseRef-x.y'),
      orLater: fc.boolean(),
      exception: fc.constantFrom(undefined, 'Classpath-exception-2.0'),
    }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      left: tie('expression'),
      right: tie('expression'),
    }),
  ),
})).expression

test('what is written out is read back as the same', () => {
  fc.assert(
    fc.property(expressions, expression => {
      expect(parseExpression(print(expression))).toEqual({ ok: true, value: expression })
    }),
  )
})

test('more allowed licences never make an expression less allowed', () => {
  fc.assert(
    fc.property(expressions, expression => {
      const few = satisfies(expression, new Set(['mit']))
      const more = satisfies(expression, new Set(['mit', 'isc']))
      expect(few && !more).toBe(false)
    }),
  )
})

function print(expression: Expression): string {
  if (expression.kind !== 'license') {
    return `(${print(expression.left)} ${expression.kind.toUpperCase()} ${print(expression.right)})`
  }
  const exception = expression.exception === undefined ? '' : ` WITH ${expression.exception}`
  return `${expression.id}${expression.orLater ? '+' : ''}${exception}`
}
