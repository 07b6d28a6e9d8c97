/** Why bytes are no record. Offsets of a frame count from the record's start, those of a field from the body's. */
export type DecodeError =
  | { readonly code: 'Truncated'; readonly offset: number }
  | {
      readonly code: 'LengthMismatch'
      readonly offset: number
      readonly expected: number | bigint
      readonly available: number
    }
  | { readonly code: 'UnknownOpcode'; readonly byte: number; readonly offset: number }
  | { readonly code: 'UnknownValueTag'; readonly tag: number; readonly offset: number }
  | { readonly code: 'InvalidString' }
  | { readonly code: 'ReservedClockSentinel'; readonly offset: number }
  | { readonly code: 'UnknownSymbolKind'; readonly ordinal: number; readonly offset: number }
  | {
      readonly code: 'BodyUnderflow'
      readonly opcode: string
      readonly offset: number
      readonly consumed: number
      readonly declared: number
    }
  | { readonly code: 'VarintOverflow'; readonly offset: number }
  | { readonly code: 'NonCanonicalVarint'; readonly offset: number }
  | { readonly code: 'InvalidFlagBits'; readonly byte: number; readonly allowedMask: number; readonly offset: number }
  | { readonly code: 'InvalidDiscriminant'; readonly field: string; readonly tag: number; readonly offset: number }

export function decodeErrorText(error: DecodeError): string {
  switch (error.code) {
    case 'Truncated':
      return `truncated record at offset ${error.offset}`
    case 'LengthMismatch':
      return `length mismatch at offset ${error.offset}: body expects ${error.expected}, only ${error.available} available`
    case 'UnknownOpcode':
      return `unknown opcode 0x${hex(error.byte)} at offset ${error.offset}`
    case 'UnknownValueTag':
      return `unknown value tag 0x${hex(error.tag)} at offset ${error.offset}`
    case 'InvalidString':
      return 'invalid UTF-8 in string payload'
    case 'ReservedClockSentinel':
      return `reserved ClockTime sentinel (u64::MAX) at offset ${error.offset}`
    case 'UnknownSymbolKind':
      return `unknown symbol-kind ordinal ${error.ordinal} at offset ${error.offset}`
    case 'BodyUnderflow':
      return `body underflow for opcode ${error.opcode} at offset ${error.offset}: consumed ${error.consumed} of ${error.declared}`
    case 'VarintOverflow':
      return `varint overflow at offset ${error.offset}`
    case 'NonCanonicalVarint':
      return `non-canonical varint at offset ${error.offset}`
    case 'InvalidFlagBits':
      return `invalid flag byte 0x${hex(error.byte)} at offset ${error.offset}; allowed mask 0x${hex(error.allowedMask)}`
    case 'InvalidDiscriminant':
      return `invalid ${error.field} discriminant 0x${hex(error.tag)} at offset ${error.offset}`
  }
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
