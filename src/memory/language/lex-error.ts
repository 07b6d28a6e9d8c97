import { describePosition, type Position } from './position.ts'
import { quoted } from './quoted.ts'

/** Why a text is not a sequence of tokens. The codes are stable: agents branch on them, never on the words. */
export type LexError =
  | { readonly code: 'UnterminatedString'; readonly pos: Position }
  | { readonly code: 'InvalidEscape'; readonly escape: string; readonly pos: Position }
  | { readonly code: 'InvalidNumber'; readonly text: string; readonly pos: Position }
  | { readonly code: 'InvalidIdentifier'; readonly text: string; readonly pos: Position }
  /** `byte` is the low byte of the code point. */
  | { readonly code: 'UnexpectedByte'; readonly byte: number; readonly pos: Position }
  /** A lone surrogate: no UTF-8 text holds one, so the log could not. */
  | { readonly code: 'InvalidUtf8'; readonly pos: Position }

export function describeLexError(error: LexError): string {
  const at = describePosition(error.pos)
  switch (error.code) {
    case 'UnterminatedString':
      return `unterminated string starting at ${at}`
    case 'InvalidEscape':
      return `invalid escape '\\${error.escape}' at ${at}`
    case 'InvalidNumber':
      return `invalid number ${quoted(error.text)} at ${at}`
    case 'InvalidIdentifier':
      return `invalid identifier ${quoted(error.text)} at ${at}`
    case 'UnexpectedByte':
      return `unexpected byte 0x${error.byte.toString(16).padStart(2, '0')} at ${at}`
    case 'InvalidUtf8':
      return `invalid UTF-8 at ${at}`
  }
}
