import { Buffer } from 'node:buffer'

/** Everything here is a *binary string*: one character for each byte that goes into the message. */
export function utf8Bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

export function base64Lines(binary: string | Uint8Array): string {
  const bytes = typeof binary === 'string' ? Buffer.from(binary, 'latin1') : Buffer.from(binary)
  return bytes.toString('base64').replace(/.{76}(?=.)/g, '$&\r\n')
}

const lineCharsMax = 76

/** RFC 2045 §6.7; lines of the text end in CRLF. */
export function quotedPrintable(binary: string): string {
  return binary.split('\r\n').map(quotedLine).join('\r\n')
}

function quotedLine(line: string): string {
  let out = ''
  let length = 0
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at)
    const isBlankAtEnd = (code === 0x20 || code === 0x09) && at === line.length - 1
    const isPlain = (code >= 0x20 && code < 0x7f && code !== 0x3d) || code === 0x09
    const piece = isPlain && !isBlankAtEnd ? line.charAt(at) : hex(code)
    if (length + piece.length > lineCharsMax - 1) {
      out += '=\r\n'
      length = 0
    }
    out += piece
    length += piece.length
  }
  return out
}

function hex(code: number): string {
  return `=${code.toString(16).toUpperCase().padStart(2, '0')}`
}

const wordBytesMax = 42

/**
 * A header's text as encoded words (RFC 2047) where it is not ASCII.
 *
 * @param encode text to bytes of `charset`; each word is encoded on its own, so that stateful charsets stay whole
 */
export function encodedText(text: string, charset = 'utf-8', encode: (text: string) => string = utf8Bytes): string {
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes('=?')) return text
  const words: string[] = []
  let piece = ''
  for (const character of text) {
    if (encode(piece + character).length > wordBytesMax) {
      words.push(piece)
      piece = ''
    }
    piece += character
  }
  words.push(piece)
  return words.map(word => `=?${charset}?B?${Buffer.from(encode(word), 'latin1').toString('base64')}?=`).join('\r\n ')
}

/** A parameter with characters beyond ASCII (RFC 2231). */
export function extendedParameter(name: string, value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return `${name}="${value.replace(/["\\]/g, '\\$&')}"`
  return `${name}*=utf-8''${encodeURIComponent(value).replace(/['()*]/g, sign => hex(sign.charCodeAt(0)).replace('=', '%'))}`
}
