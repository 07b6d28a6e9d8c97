import { err, ok, type Result } from '#base/result.ts'

/**
 * SPDX licence expressions (SPDX specification 2.3, annex D): identifiers, `+`, WITH, AND, OR and
 * parentheses. AND binds tighter than OR. Whether an identifier is a registered one is not asked:
 * what is not on the allow-list is refused, so an invented identifier gains nothing.
 */
export type Expression = License | Choice

export interface License {
  readonly kind: 'license'
  readonly id: string
  readonly orLater: boolean
  readonly exception: string | undefined
}

export interface Choice {
  readonly kind: 'and' | 'or'
  readonly left: Expression
  readonly right: Expression
}

const expressionLengthMax = 1000
const tokenPattern = /\s*(\(|\)|[A-Za-z0-9.:-]+\+?)/y

export function parseExpression(source: string): Result<Expression, string> {
  if (source.length > expressionLengthMax) return err(`longer than ${expressionLengthMax} characters`)
  const tokens = tokenize(source)
  if (tokens === undefined) return err('a character that no expression has')
  const reader = { tokens, at: 0 }
  const expression = parseOr(reader)
  if (expression === undefined) return err('an identifier is missing')
  if (reader.at < tokens.length) return err(`“${tokens[reader.at]}” is one word too many`)
  return ok(expression)
}

/** True when the licence holder may choose so that every licence they are bound by is allowed. */
export function satisfies(expression: Expression, allowed: ReadonlySet<string>): boolean {
  if (expression.kind === 'license') return allowed.has(keyOf(expression))
  const { left, right } = expression
  const first = satisfies(left, allowed)
  return expression.kind === 'and' ? first && satisfies(right, allowed) : first || satisfies(right, allowed)
}

/** The form in which a single licence stands in an allow-list; identifiers are case-insensitive. */
export function licenseKey(source: string): string | undefined {
  const parsed = parseExpression(source)
  if (!parsed.ok || parsed.value.kind !== 'license') return undefined
  return keyOf(parsed.value)
}

function keyOf(license: License): string {
  const exception = license.exception === undefined ? '' : ` with ${license.exception}`
  return `${license.id}${license.orLater ? '+' : ''}${exception}`.toLowerCase()
}

interface Reader {
  readonly tokens: readonly string[]
  at: number
}

function tokenize(source: string): string[] | undefined {
  const tokens: string[] = []
  const trimmed = source.trimEnd()
  tokenPattern.lastIndex = 0
  while (tokenPattern.lastIndex < trimmed.length) {
    const token = tokenPattern.exec(trimmed)?.[1]
    if (token === undefined) return undefined
    tokens.push(token)
  }
  return tokens
}

function parseOr(reader: Reader): Expression | undefined {
  return parseBinary(reader, 'or', parseAnd)
}

function parseAnd(reader: Reader): Expression | undefined {
  return parseBinary(reader, 'and', parseSimple)
}

function parseBinary(
  reader: Reader,
  kind: 'and' | 'or',
  operand: (reader: Reader) => Expression | undefined,
): Expression | undefined {
  let left = operand(reader)
  while (left !== undefined && isWord(reader, kind)) {
    reader.at++
    const right = operand(reader)
    if (right === undefined) return undefined
    left = { kind, left, right }
  }
  return left
}

function parseSimple(reader: Reader): Expression | undefined {
  const token = reader.tokens[reader.at]
  if (token === undefined || token === ')') return undefined
  reader.at++
  if (token === '(') {
    const inner = parseOr(reader)
    if (reader.tokens[reader.at] !== ')') return undefined
    reader.at++
    return inner
  }
  if (['and', 'or', 'with'].includes(token.toLowerCase())) return undefined
  const orLater = token.endsWith('+')
  const id = orLater ? token.slice(0, -1) : token
  if (!isWord(reader, 'with')) return { kind: 'license', id, orLater, exception: undefined }
  const exception = reader.tokens[reader.at + 1]
  if (exception === undefined || exception === '(' || exception === ')') return undefined
  reader.at += 2
  return { kind: 'license', id, orLater, exception }
}

function isWord(reader: Reader, word: string): boolean {
  return reader.tokens[reader.at]?.toLowerCase() === word
}
