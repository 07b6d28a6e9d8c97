import type { Context } from '../context.ts'
import type { Entity } from '../part/entity.ts'
import { decodeTransfer } from '../transfer/decode.ts'
import { type DecodedText, decodeText } from './charset.ts'
import { decodeFlowed } from './flowed.ts'

/**
 * The characters of a text part between two offsets of its body (the whole of it, if none are given): transfer
 * encoding and charset undone, lines ended by a single line feed, flowed lines joined.
 */
export function readText(context: Context, entity: Entity, start = entity.bodyStart, end = entity.bodyEnd): string {
  const decoded = readRawText(context, entity, start, end)
  let { text } = decoded
  if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n')
  if (text.includes('\0')) {
    context.defects.add('null_byte', start)
    text = text.replaceAll('\0', '\ufffd')
  }
  return isFlowed(entity) ? decodeFlowed(text, entity.parameters.get('delsp')?.toLowerCase() === 'yes') : text
}

/** The characters as they stand, for an index, which does not mind line ends. */
export function readRawText(context: Context, entity: Entity, start: number, end: number): DecodedText {
  context.defects.enter(entity.path === '' ? null : entity.path)
  const left = Math.max(0, context.limits.textBytesMax - context.spent.textBytes)
  let cut = end
  if (end - start > left) {
    context.defects.add('text_limit', start + left)
    cut = start + left
  }
  context.spent.textBytes += cut - start
  const bytes = decodeTransfer(context, entity.encoding, start, cut)
  return decodeText(context, bytes, entity.parameters.get('charset'), entity.type === 'text/html')
}

export function isFlowed(entity: Entity): boolean {
  return entity.type === 'text/plain' && entity.parameters.get('format')?.toLowerCase() === 'flowed'
}
