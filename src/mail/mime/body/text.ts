import { Buffer } from 'node:buffer'
import type { Context } from '../context.ts'
import type { Entity } from '../part/entity.ts'
import { decodeTransfer } from '../transfer/decode.ts'
import { decodeQuotedPrintableInto } from '../transfer/quoted-printable.ts'
import { type DecodedText, decodeText } from './charset.ts'
import { decodeFlowed } from './flowed.ts'

/**
 * The characters of a text part between two offsets of its body (the whole of it, if none are given): transfer
 * encoding and charset undone, lines ended by a single line feed, flowed lines joined.
 */
export function readText(context: Context, entity: Entity, start = entity.bodyStart, end = entity.bodyEnd): string {
  let { text } = readRawText(context, entity, start, end, true)
  // What is left are line ends of charsets whose characters are no bytes.
  if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n')
  if (text.includes('\0')) {
    context.defects.add('null_byte', start)
    text = text.replace(/\0+/g, '\ufffd')
  }
  return isFlowed(entity) ? decodeFlowed(text, entity.parameters.get('delsp')?.toLowerCase() === 'yes') : text
}

/** The characters as they stand; an index does not mind line ends. */
export function readRawText(
  context: Context,
  entity: Entity,
  start: number,
  end: number,
  withLineFeeds = false,
): DecodedText {
  context.defects.enter(entity.path === '' ? null : entity.path)
  const left = Math.max(0, context.limits.textBytesMax - context.spent.textBytes)
  let cut = end
  if (end - start > left) {
    context.defects.add('text_limit', start + left)
    cut = start + left
  }
  context.spent.textBytes += cut - start
  const charset = entity.parameters.get('charset')
  const bytes = decodedForNow(context, entity, start, cut)
  const hasByteLines = withLineFeeds && !/^(?:x-)?(?:utf-?(?:16|32)|ucs|unicode$)/i.test(charset ?? '')
  return decodeText(context, hasByteLines ? withLf(bytes) : bytes, charset, entity.type === 'text/html')
}

const scratchBytes = 256 * 1024
/** Where a text's bytes are decoded to, since they become characters before anything else is decoded. */
const scratch = Buffer.allocUnsafeSlow(scratchBytes)

/** Decoded bytes that hold until the next text is decoded. */
function decodedForNow(context: Context, { encoding }: Entity, start: number, end: number): Buffer {
  if (encoding !== 'quoted-printable' || end - start > scratchBytes) {
    return decodeTransfer(context, encoding, start, end)
  }
  return scratch.subarray(0, decodeQuotedPrintableInto(scratch, context, start, end))
}

export function isFlowed(entity: Entity): boolean {
  return entity.type === 'text/plain' && entity.parameters.get('format')?.toLowerCase() === 'flowed'
}

/** Every line end as a line feed, in one pass over bytes: mail may consist of nothing else. */
function withLf(bytes: Buffer): Buffer {
  const first = bytes.indexOf(cr)
  if (first < 0) return bytes
  const out = Buffer.allocUnsafe(bytes.length)
  const size = bytes.length
  let length = bytes.copy(out, 0, 0, first)
  for (let position = first; position < size; position++) {
    const byte = bytes[position] ?? 0
    if (byte !== cr) out[length++] = byte
    else if (bytes[position + 1] !== lf) out[length++] = lf
  }
  return out.subarray(0, length)
}

const cr = 13
const lf = 10
