import { Buffer } from 'node:buffer'
import type { Context } from '../context.ts'

const lf = 10
const cr = 13
const equals = 61

/** Decodes the yEnc block between two offsets: its `=y` lines are passed over, line breaks are no data. */
export function decodeYenc(context: Context, start: number, end: number): Buffer {
  const { text } = context
  const out = Buffer.allocUnsafe(Math.max(0, end - start))
  let length = 0
  let position = start
  let atLineStart = true
  while (position < end) {
    const code = text.charCodeAt(position)
    if (atLineStart && code === equals && text.charCodeAt(position + 1) === 0x79) {
      const lineEnd = text.indexOf('\n', position)
      position = lineEnd < 0 ? end : lineEnd + 1
      continue
    }
    atLineStart = code === lf
    if (code === equals) {
      position++
      if (position < end) out[length++] = text.charCodeAt(position) - 64 - 42
      else context.defects.add('yenc_malformed', position)
    } else if (code !== lf && code !== cr) out[length++] = code - 42
    position++
  }
  return out.subarray(0, length)
}
