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
 *
 * @param into where the bytes go, from its beginning: what is decoded is never longer than what it was written as
 * @returns how many there are
 */
export function decodeQuotedPrintableInto(into: Uint8Array, context: Context, start: number, end: number): number {
  const source = context.bytes
  let length = 0
  let position = start
  while (position < end) {
    const code = source[position] ?? 0
    if (marks[code] === 0) {
      into[length++] = code
      position++
      continue
    }
    if (code === equals) {
      const escaped = position + 2 < end ? escapedAt(source, position + 1) : -1
      if (escaped >= 0) {
        into[length++] = escaped
        position += 3
        continue
      }
      const afterBreak = softBreakEnd(source, position + 1, end)
      if (afterBreak >= 0) {
        position = afterBreak
        continue
      }
      context.defects.add('quoted_printable_malformed', position)
    } else {
      // Only the source's own blanks are dropped: one written as `=20` was meant.
      for (let before = position - 1; before >= start && isBlank(source[before] ?? 0); before--) length--
    }
    into[length++] = code
    position++
  }
  return length
}

export function decodeQuotedPrintable(context: Context, start: number, end: number): Buffer {
  const out = Buffer.allocUnsafe(end - start)
  return out.subarray(0, decodeQuotedPrintableInto(out, context, start, end))
}

/** Where the next line begins when only blanks stand between an equals sign and the line's end, else -1. */
function softBreakEnd(source: Buffer, from: number, end: number): number {
  let position = from
  while (position < end && isBlank(source[position] ?? 0)) position++
  if (position >= end) return end
  const code = source[position]
  if (code === lf) return position + 1
  if (code !== cr) return -1
  return position + 1 < end && source[position + 1] === lf ? position + 2 : position + 1
}

function isBlank(code: number): boolean {
  return code === space || code === tab
}

/** The byte that two hexadecimal digits stand for, else a negative number. */
function escapedAt(source: Buffer, at: number): number {
  const high = digits[source[at] ?? 0] ?? -1
  const low = digits[source[at + 1] ?? 0] ?? -1
  return (high | low) < 0 ? -1 : (high << 4) | low
}

/** 1 for the bytes that mean something else than themselves. */
const marks = new Uint8Array(256)
for (const code of [equals, lf, cr]) marks[code] = 1

/** The value of each hexadecimal digit by its code, -1 for everything else. */
const digits = new Int8Array(256).fill(-1)
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16)
  digits[digit.charCodeAt(0)] = value
  digits[digit.toUpperCase().charCodeAt(0)] = value
}
