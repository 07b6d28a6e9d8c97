import { Buffer, isUtf8 } from 'node:buffer'
import { decodeCharset, guessCharset } from '../charset/decode.ts'
import type { Context } from '../context.ts'
import { unfold } from './block.ts'

const charsetLengthMax = 64

/** Decodes a header value for display: unfolded, RFC 2047 words and raw 8-bit bytes decoded, no control characters. */
export function decodeHeader(context: Context, raw: string): string {
  if (!isCoded.test(raw)) return raw.trim()
  let value = unfold(raw)
  if (!isOdd.test(value)) return value.trim()
  if (value.includes('=?')) value = decodeWords(context, value)
  else value = decodeHighBytes(context, value)
  return withoutControls(context, value).trim()
}

/** The same for text where a run of white space means one space: subjects and display names. */
export function decodePhrase(context: Context, raw: string): string {
  if (!isCoded.test(raw) && !raw.includes('  ')) return raw.trim()
  return decodeHeader(context, raw).replace(/[\s\u00a0]+/g, ' ')
}

const isCoded = /[^\x20-\x7e]|=\?/
/** The same for a value whose folds are gone: a tab is nothing odd. */
const isOdd = /[^\t\x20-\x7e]|=\?/
const hasHighByte = /[\x80-\xff]/
const control = /[\x00-\x08\x0a-\x1f\x7f]+/g

/** An encoded word can hold a line break, which would forge a header wherever the value is written out again. */
function withoutControls(context: Context, value: string): string {
  if (value.search(control) < 0) return value
  context.defects.add('header_control_character')
  return value.replace(control, ' ')
}

interface Word {
  readonly charset: string
  /** The decoded bytes, one a character. */
  readonly bytes: string
  readonly end: number
}

/**
 * RFC 2047, and what is written instead of it: words glued to text, words inside quotes, blanks inside words.
 * White space between two words goes (§6.2). Neighbours of one charset are joined before decoding, since many
 * senders cut a character in two. Linear: each search starts where the last one ended.
 */
export function decodeWords(context: Context, value: string): string {
  let result = ''
  let position = 0
  let pendingCharset = ''
  let pending = ''
  let search = 0
  for (;;) {
    const start = value.indexOf('=?', search)
    if (start < 0) break
    const word = context.spent.encodedWords < context.limits.encodedWordsMax ? readWord(value, start) : 'limit'
    if (typeof word === 'string') {
      if (word !== 'literal') context.defects.add(word === 'limit' ? 'encoded_word_limit' : 'encoded_word_malformed')
      if (word === 'limit') break
      search = start + 2
      continue
    }
    context.spent.encodedWords++
    const between = value.slice(position, start)
    const joins = pending !== '' && between.trim() === ''
    if (joins && pendingCharset === word.charset) pending += word.bytes
    else {
      result += decodeBytes(context, pendingCharset, pending)
      if (!joins) result += decodeHighBytes(context, between)
      pendingCharset = word.charset
      pending = word.bytes
    }
    position = word.end
    search = word.end
  }
  return result + decodeBytes(context, pendingCharset, pending) + decodeHighBytes(context, value.slice(position))
}

/** `literal`: not meant to be a word at all. */
function readWord(value: string, start: number): Word | 'malformed' | 'literal' {
  const charsetEnd = value.indexOf('?', start + 2)
  if (charsetEnd < 0 || charsetEnd - start > charsetLengthMax) return 'literal'
  const encoding = value.charCodeAt(charsetEnd + 1) | 32
  if (value.charAt(charsetEnd + 2) !== '?' || (encoding !== 0x62 && encoding !== 0x71)) return 'literal'
  const textStart = charsetEnd + 3
  // The end is looked for before the next beginning only: else every unfinished word would be searched to the end.
  const next = value.indexOf('=?', textStart)
  // (`=?=` is the padding of base64 and the end of its word.)
  const within = next < 0 ? value : value.slice(0, next + '=?='.length)
  const end = within.indexOf('?=', textStart)
  if (end < 0) return 'malformed'
  // RFC 2231 §5 lets a language follow the charset.
  const charset = (value.slice(start + 2, charsetEnd).split('*')[0] ?? '').toLowerCase()
  if (!/^[a-z0-9!#$%&'+^_`{}~.:-]+$/.test(charset)) return 'literal'
  const text = value.slice(textStart, end)
  const bytes = encoding === 0x62 ? Buffer.from(text, 'base64').toString('latin1') : decodeQ(text)
  return { charset, bytes, end: end + 2 }
}

function decodeQ(text: string): string {
  const spaced = text.includes('_') ? text.replaceAll('_', ' ') : text
  if (!spaced.includes('=')) return spaced
  return spaced.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function decodeBytes(context: Context, charset: string, bytes: string): string {
  if (bytes === '') return ''
  const decoded = decodeCharset(charset, Buffer.from(bytes, 'latin1'))
  if (decoded !== undefined) return decoded
  context.defects.add('encoded_word_charset_unknown')
  return decodeHighBytes(context, bytes)
}

/** Header bytes beyond ASCII that nothing declares: UTF-8 (RFC 6532) if they are valid, else the body's charset, else a guess. */
export function decodeHighBytes(context: Context, value: string): string {
  if (!hasHighByte.test(value)) return value
  const bytes = Buffer.from(value, 'latin1')
  if (isUtf8(bytes)) return bytes.toString()
  context.defects.add('header_8bit')
  if (context.headerCharset !== null) {
    const decoded = decodeCharset(context.headerCharset, bytes)
    if (decoded !== undefined && !decoded.includes('\ufffd')) return decoded
  }
  return decodeCharset(guessCharset(bytes), bytes) ?? value
}
