import type { Buffer } from 'node:buffer'
import { isAscii } from 'node:buffer'
import { decodeCharset, guessCharset, isValidUtf8, usesAsciiBytes } from '../charset/decode.ts'
import { charsetNamed } from '../charset/label.ts'
import { decode } from '../charset/platform.ts'
import type { Context } from '../context.ts'

export interface DecodedText {
  readonly text: string
  /** What the bytes were read as. */
  readonly charset: string
}

/**
 * Bytes to characters by the chain of mail-13 §1.3: declared, byte order mark, HTML meta, UTF-8 if valid, a guess.
 * A declaration that the bytes contradict is passed over, with a defect.
 */
export function decodeText(
  context: Context,
  bytes: Buffer,
  declared: string | undefined,
  isHtml: boolean,
): DecodedText {
  const label = declared?.trim()
  const named = label === undefined || label === '' ? undefined : charsetNamed(label)
  if (isAscii(bytes) && (named === undefined || !usesAsciiBytes(named))) {
    if (!(named === undefined && bytes.includes(japaneseEscape))) {
      return { text: bytes.toString('latin1'), charset: named ?? 'us-ascii' }
    }
  }
  if (named === undefined || isAsciiLabel(label ?? '')) {
    if (label !== undefined && label !== '')
      context.defects.add(named === undefined ? 'charset_unknown' : 'charset_mismatch')
    else context.defects.add('charset_undeclared')
    return undeclared(bytes, isHtml)
  }
  if (named === 'utf-8') {
    if (isValidUtf8(bytes)) return { text: decodeCharset('utf-8', bytes) ?? '', charset: 'utf-8' }
    return brokenUtf8(context, bytes)
  }
  const marked = byteOrderMark(bytes)
  if (marked !== undefined && (marked === 'utf-8' || named.startsWith('utf-16'))) {
    // `utf-16` alone leaves the order of bytes to the mark.
    if (marked !== named && !/^(?:utf-16|unicode)$/i.test(label ?? '')) context.defects.add('charset_mismatch')
    return { text: decode(marked, bytes), charset: marked }
  }
  const text = decodeCharset(named, bytes) ?? ''
  if (text.includes('\ufffd')) context.defects.add('charset_invalid_bytes')
  return { text, charset: named }
}

/** ISO-2022-JP consists of ASCII bytes; this turns them into pairs. */
const japaneseEscape = '\x1b$'

/** US-ASCII promises that there is nothing to decode; bytes beyond it break the promise. */
function isAsciiLabel(label: string): boolean {
  return /^(?:us-?ascii|ascii|ansi_x3\.4-19(?:68|86)|iso646-us|iso-ir-6|646)$/i.test(label)
}

function undeclared(bytes: Buffer, isHtml: boolean): DecodedText {
  const marked = byteOrderMark(bytes)
  if (marked !== undefined) return { text: decode(marked, bytes), charset: marked }
  const meta = isHtml ? metaCharset(bytes) : undefined
  if (meta !== undefined && !(meta === 'utf-8' && !isValidUtf8(bytes))) {
    const text = decodeCharset(meta, bytes)
    if (text !== undefined) return { text, charset: meta }
  }
  if (isValidUtf8(bytes) && !bytes.includes(japaneseEscape))
    return { text: decodeCharset('utf-8', bytes) ?? '', charset: 'utf-8' }
  const guess = guessCharset(bytes)
  return { text: decodeCharset(guess, bytes) ?? '', charset: guess }
}

/** Declared UTF-8 that is none: a few bad bytes in real UTF-8, or another charset altogether. */
function brokenUtf8(context: Context, bytes: Buffer): DecodedText {
  const text = decodeCharset('utf-8', bytes) ?? ''
  let bad = 0
  let good = 0
  for (const match of text.matchAll(/[^\x00-\x7f]/gu)) {
    if (match[0] === '\ufffd') bad++
    else good++
  }
  if (good >= bad) {
    context.defects.add('charset_invalid_bytes')
    return { text, charset: 'utf-8' }
  }
  context.defects.add('charset_mismatch')
  const guess = guessCharset(bytes)
  return { text: decodeCharset(guess, bytes) ?? '', charset: guess }
}

function byteOrderMark(bytes: Buffer): string | undefined {
  if (bytes.length < 2) return undefined
  const first = bytes.readUInt16BE(0)
  if (first === 0xfeff) return 'utf-16be'
  if (first === 0xfffe) return 'utf-16le'
  return first === 0xefbb && bytes.length > 2 && bytes.readUInt8(2) === 0xbf ? 'utf-8' : undefined
}

const metaBytesMax = 4096

function metaCharset(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, metaBytesMax)
  const match = /<meta\s[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})/i.exec(head)
  const named = match?.[1] === undefined ? undefined : charsetNamed(match[1])
  // A document that could be read far enough to say so is not in UTF-16 (HTML standard, prescan).
  return named?.startsWith('utf-16') === true ? 'utf-8' : named
}
