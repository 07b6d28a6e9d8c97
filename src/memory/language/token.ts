import type { I64 } from '../integer.ts'
import { quoted } from './quoted.ts'

export type TokenType =
  | 'left'
  | 'right'
  | 'symbol'
  | 'keyword'
  | 'bareword'
  | 'string'
  | 'integer'
  | 'float'
  | 'boolean'
  | 'nil'
  | 'timestamp'

/** One shape for all tokens: there are a million of them in a large batch. */
export interface Token {
  readonly type: TokenType
  /** Index of the first character, in UTF-16 units. */
  readonly at: number
  /** A name without its sign, what a string says, or the run of a number or time as written. */
  readonly text: string
  /** `Agent` of `@alice:Agent`. */
  readonly kind: string | undefined
  readonly number: I64
}

/** A token as messages show it: `Symbol("x")`. */
export function describeToken(token: Token): string {
  switch (token.type) {
    case 'left':
      return 'LParen'
    case 'right':
      return 'RParen'
    case 'symbol':
      return token.kind === undefined
        ? `Symbol(${quoted(token.text)})`
        : `TypedSymbol { name: ${quoted(token.text)}, kind: ${quoted(token.kind)} }`
    case 'keyword':
      return `Keyword(${quoted(token.text)})`
    case 'bareword':
      return `Bareword(${quoted(token.text)})`
    case 'string':
      return `String(${quoted(token.text)})`
    case 'integer':
      return `Integer(${token.number})`
    case 'float':
      return `Float(${describeFloat(Number(token.number))})`
    case 'boolean':
      return `Boolean(${token.text})`
    case 'nil':
      return 'Nil'
    case 'timestamp':
      return `Timestamp(${quoted(token.text)})`
  }
}

/** A float with at least one digit after the point, `1.0`; very large and very small ones with an exponent, `1e16`. */
export function describeFloat(value: number): string {
  if (Object.is(value, -0)) return '-0.0'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : value < 0 ? '-inf' : 'NaN'
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) return value.toExponential().replace('e+', 'e')
  return Number.isInteger(value) ? `${value}.0` : String(value)
}
