import { Buffer } from 'node:buffer'
import type { Context } from '../context.ts'

const notBase64 = /[^A-Za-z0-9+/=\s]/

/**
 * Decodes base64 between two offsets. Line breaks and foreign characters are skipped (RFC 2045 §6.8). Node stops at
 * the first `=`; where more follows (encoded pieces put one after the other) each piece is decoded on its own.
 */
export function decodeBase64(context: Context, start: number, end: number): Buffer {
  const encoded = context.text.slice(start, end)
  const padding = encoded.indexOf('=')
  const bytes = Buffer.from(encoded, 'base64')
  if (padding < 0) {
    // Without padding a short result is what foreign characters look like; looking for them costs, so look only then.
    if (bytes.length < Math.floor(encoded.length * leanShare)) note(context, encoded, start)
    return bytes
  }
  const rest = encoded.slice(padding)
  if (/^[=\s]*$/.test(rest.slice(0, tailMax)) && rest.length <= tailMax) {
    if (bytes.length < Math.floor(padding * leanShare)) note(context, encoded, start)
    return bytes
  }
  note(context, encoded, start)
  return Buffer.concat(pieces(encoded).map(piece => Buffer.from(piece, 'base64')))
}

/** What well-formed base64 in lines of 60 characters and more decodes to, at the least. */
const leanShare = 0.72
const tailMax = 16
const piecesMax = 1000

function note(context: Context, encoded: string, start: number): void {
  const foreign = encoded.search(notBase64)
  if (foreign >= 0) context.defects.add('base64_malformed', start + foreign)
  else if (/=[^=\s]/.test(encoded) || /=\s+[A-Za-z0-9+/]/.test(encoded)) {
    context.defects.add('base64_malformed', start + encoded.indexOf('='))
  }
}

/** Cuts behind each run of padding, and ends where what follows is no base64: a footer that a list has added. */
function pieces(encoded: string): string[] {
  const list: string[] = []
  let position = 0
  while (position < encoded.length && list.length < piecesMax) {
    const padding = encoded.indexOf('=', position)
    const piece = encoded.slice(position, padding < 0 ? encoded.length : padding)
    if (list.length > 0 && notBase64.test(piece)) break
    list.push(piece)
    if (padding < 0) break
    position = padding + 1
    while (encoded.charCodeAt(position) === 61) position++
  }
  return list
}

/**
 * The number of bytes that base64 between two offsets decodes to, without decoding it: exact for what is well formed,
 * lines of equal length, the last one shorter.
 */
export function base64Size(text: string, start: number, end: number): number {
  let last = end
  while (last > start && text.charCodeAt(last - 1) <= 32) last--
  let first = start
  while (first < last && text.charCodeAt(first) <= 32) first++
  const firstBreak = text.indexOf('\n', first)
  let characters = last - first
  if (firstBreak >= 0 && firstBreak < last) {
    const perLine = firstBreak + 1 - first
    const breakBytes = text.charCodeAt(firstBreak - 1) === 13 ? 2 : 1
    characters -= Math.floor((last - first) / perLine) * breakBytes
  }
  let padding = 0
  while (padding < 2 && text.charCodeAt(last - 1 - padding) === 61) padding++
  return Math.max(0, Math.floor((characters - padding) * 0.75))
}
