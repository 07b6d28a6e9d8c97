import { Buffer } from 'node:buffer'
import type { Context } from '../context.ts'

const lineBytesMax = 63

/**
 * Decodes uuencoded lines between two offsets. A `begin` line and everything from `end` on are passed over, so that
 * both a part with `Content-Transfer-Encoding: x-uuencode` and the inside of a block can be given.
 */
export function decodeUuencode(context: Context, start: number, end: number): Buffer {
  const { text } = context
  const out = Buffer.allocUnsafe(Math.max(0, end - start))
  let length = 0
  let position = start
  let begun = false
  while (position < end) {
    const found = text.indexOf('\n', position)
    const lineEnd = found < 0 || found > end ? end : found
    if (!begun && text.startsWith('begin', position)) begun = true
    else if (text.startsWith('end', position) && lineEnd - position <= 4) break
    else length = decodeLine(context, position, lineEnd, out, length)
    position = lineEnd + 1
  }
  return out.subarray(0, length)
}

function decodeLine(context: Context, start: number, end: number, out: Buffer, from: number): number {
  const { text } = context
  const count = (text.charCodeAt(start) - 32) & 63
  let length = from
  const wanted = from + count
  for (let position = start + 1; length < wanted && position < end; position += 4) {
    const a = sixBits(text, position, end)
    const b = sixBits(text, position + 1, end)
    const c = sixBits(text, position + 2, end)
    const d = sixBits(text, position + 3, end)
    if (length < wanted) out[length++] = (a << 2) | (b >> 4)
    if (length < wanted) out[length++] = ((b & 15) << 4) | (c >> 2)
    if (length < wanted) out[length++] = ((c & 3) << 6) | d
  }
  if (length < wanted) context.defects.add('uuencode_malformed', start)
  return length
}

/** Blanks at the end of a line get lost on the way: what is missing counts as zero. */
function sixBits(text: string, position: number, end: number): number {
  return position < end ? (text.charCodeAt(position) - 32) & 63 : 0
}

/** Whether the line looks like one of uuencode: its first character says how long it is. */
export function isUuencodeLine(text: string, start: number, end: number): boolean {
  const trimmed = end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end
  const first = text.charCodeAt(start)
  if (trimmed === start || first < 32 || first > 96) return false
  const count = (first - 32) & lineBytesMax
  const characters = trimmed - start - 1
  const expected = Math.ceil(count / 3) * 4
  return characters <= expected + 2 && (count === 0 || characters > 0)
}
