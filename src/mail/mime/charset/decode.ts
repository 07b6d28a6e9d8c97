import type { Buffer } from 'node:buffer'
import { isAscii, isUtf8 } from 'node:buffer'
import { decodeCodePage } from './code-page.ts'
import { charsetNamed } from './label.ts'
import { decode } from './platform.ts'
import { decodeHz, decodeIso2022Kr, decodeUtf7, decodeUtf32 } from './seven-bit.ts'

export { guessCharset } from './guess.ts'

/** Decodes bytes of the named charset; undefined when nobody knows the name. What is invalid becomes U+FFFD. */
export function decodeCharset(label: string, bytes: Buffer): string | undefined {
  const charset = charsetNamed(label)
  if (charset === undefined) return undefined
  if (charset === 'utf-8') return withoutBom(bytes.toString())
  if (!usesAsciiBytes(charset) && isAscii(bytes)) return bytes.toString('latin1')
  switch (charset) {
    case 'utf-7':
      return decodeUtf7(bytes)
    case 'hz-gb-2312':
      return decodeHz(bytes)
    case 'iso-2022-kr':
      return decodeIso2022Kr(bytes)
    case 'ibm437':
    case 'ibm850':
      return decodeCodePage(charset, bytes)
    case 'utf-32le':
    case 'utf-32be':
      return decodeUtf32(bytes, charset === 'utf-32le')
    default:
      return decode(charset, bytes)
  }
}

/** Whether ASCII bytes may stand for something else than themselves. */
export function usesAsciiBytes(charset: string): boolean {
  return charset.startsWith('iso-2022') || charset.startsWith('utf-16') || ownAscii.has(charset)
}

const ownAscii = new Set(['utf-7', 'hz-gb-2312', 'utf-32le', 'utf-32be'])

export function isValidUtf8(bytes: Uint8Array): boolean {
  return isUtf8(bytes)
}

function withoutBom(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}
