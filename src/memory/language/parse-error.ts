import { describeLexError, type LexError } from './lex-error.ts'
import { describePosition, type Position } from './position.ts'
import { quoted } from './quoted.ts'

/** Why a text is not a sequence of forms. `found` is the token or value as messages show it, `Symbol("x")`. */
export type ParseError =
  | { readonly code: 'Lex'; readonly inner: LexError }
  | { readonly code: 'UnexpectedToken'; readonly found: string; readonly expected: string; readonly pos: Position }
  | { readonly code: 'UnexpectedEof'; readonly expected: string }
  | { readonly code: 'UnknownOpcode'; readonly found: string; readonly pos: Position }
  | { readonly code: 'BadKeyword'; readonly keyword: string; readonly form: string; readonly pos: Position }
  | { readonly code: 'DuplicateKeyword'; readonly keyword: string; readonly pos: Position }
  | { readonly code: 'MissingRequiredKeyword'; readonly missing: string; readonly form: string }
  | { readonly code: 'ExpectedValue'; readonly found: string; readonly pos: Position }
  | { readonly code: 'UnbalancedList'; readonly pos: Position }
  | { readonly code: 'ExpectedSymbolInList'; readonly found: string; readonly pos: Position }
  | { readonly code: 'NestingTooDeep'; readonly max: number; readonly pos: Position }
  /** More than the surface takes (limits.ts); `limit` names which. */
  | { readonly code: 'LimitExceeded'; readonly limit: LimitName; readonly max: number; readonly pos: Position }

export type LimitName = 'batch_bytes' | 'forms' | 'string_bytes' | 'name_bytes'

const limitWords: Readonly<Record<LimitName, string>> = {
  batch_bytes: 'bytes in a batch',
  forms: 'forms in a batch',
  string_bytes: 'bytes in a string',
  name_bytes: 'bytes in a name',
}

export function describeParseError(error: ParseError): string {
  switch (error.code) {
    case 'Lex':
      return `lex error: ${describeLexError(error.inner)}`
    case 'UnexpectedToken':
      return `unexpected token ${error.found} at ${describePosition(error.pos)}; expected ${error.expected}`
    case 'UnexpectedEof':
      return `unexpected end of input; expected ${error.expected}`
    case 'UnknownOpcode':
      return `unknown opcode ${quoted(error.found)} at ${describePosition(error.pos)}`
    case 'BadKeyword':
      return `unexpected keyword ${quoted(error.keyword)} for form ${quoted(error.form)} at ${describePosition(error.pos)}`
    case 'DuplicateKeyword':
      return `duplicate keyword ${quoted(error.keyword)} at ${describePosition(error.pos)}`
    case 'MissingRequiredKeyword':
      return `missing required keyword ${quoted(error.missing)} for form ${quoted(error.form)}`
    case 'ExpectedValue':
      return `expected value at ${describePosition(error.pos)}, got ${error.found}`
    case 'UnbalancedList':
      return `unbalanced list at ${describePosition(error.pos)}`
    case 'ExpectedSymbolInList':
      return `expected symbol list element at ${describePosition(error.pos)}, got ${error.found}`
    case 'NestingTooDeep':
      return `nesting too deep at ${describePosition(error.pos)}: limit is ${error.max}`
    case 'LimitExceeded':
      return `more than ${error.max} ${limitWords[error.limit]} at ${describePosition(error.pos)}`
  }
}
