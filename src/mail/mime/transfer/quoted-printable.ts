import { Buffer } from 'node:buffer'
import type { Context } from '../context.ts'

const tab = 9
const lf = 10
const cr = 13
const space = 32
const equals = 61

/**
 * Decodes quoted-printable (RFC 2045 §6.7) between two offsets, in one pass. What is not an escape stays as it is;
 * blanks before a line end were added on the way and go.
 */
export function decodeQuotedPrintable(context: Context, start: number, end: number): Buffer {
  const source = context.bytes.subarray(start, end)
  // Asking a typed array for its length costs more than all else that most bytes cost.
  const size = source.length
  const out = Buffer.allocUnsafe(size)
  let length = 0
  let position = 0
  while (position < size) {
    const code = source[position] ?? 0
    if (code !== equals && code !== lf && code !== cr) {
      out[length++] = code
      position++
      continue
    }
    if (code === equals) {
      const high = hexValue(source[position + 1] ?? 0)
      const low = hexValue(source[position + 2] ?? 0)
      if (high >= 0 && low >= 0) {
        out[length++] = high * 16 + low
        position += 3
        continue
      }
      const afterBreak = softBreakEnd(source, position + 1)
      if (afterBreak >= 0) {
        position = afterBreak
        continue
      }
      context.defects.add('quoted_printable_malformed', start + position)
    } else {
      // Only the source's own blanks are dropped: one written as `=20` was meant.
      for (let before = position - 1; before >= 0 && isBlank(source[before] ?? 0); before--) length--
    }
    out[length++] = code
    position++
  }
  return out.subarray(0, length)
}

/** Where the next line begins when only blanks stand between an equals sign and the line's end, else -1. */
function softBreakEnd(source: Buffer, from: number): number {
  let position = from
  while (isBlank(source[position] ?? 0)) position++
  const code = source[position]
  if (code === undefined) return position
  if (code === lf) return position + 1
  if (code !== cr) return -1
  return source[position + 1] === lf ? position + 2 : position + 1
}

function isBlank(code: number): boolean {
  return code === space || code === tab
}

function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 65 && code <= 70) return code - 55
  if (code >= 97 && code <= 102) return code - 87
  return -1
}
