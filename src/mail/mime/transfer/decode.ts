import type { Buffer } from 'node:buffer'
import type { Context } from '../context.ts'
import { base64Size, decodeBase64 } from './base64.ts'
import { decodeQuotedPrintable } from './quoted-printable.ts'
import { decodeUuencode } from './uuencode.ts'
import { decodeYenc } from './yenc.ts'

/** How the bytes of a part were written for transport. `identity` stands for 7bit, 8bit and binary. */
export type TransferEncoding = 'identity' | 'base64' | 'quoted-printable' | 'uuencode' | 'yenc'

const encodings: ReadonlyMap<string, TransferEncoding> = new Map<string, TransferEncoding>([
  ['', 'identity'],
  ['7bit', 'identity'],
  ['8bit', 'identity'],
  ['binary', 'identity'],
  ['7-bit', 'identity'],
  ['8-bit', 'identity'],
  ['base64', 'base64'],
  ['base-64', 'base64'],
  ['x-base64', 'base64'],
  ['quoted-printable', 'quoted-printable'],
  ['quoted_printable', 'quoted-printable'],
  ['quotedprintable', 'quoted-printable'],
  ['quoted printable', 'quoted-printable'],
  ['x-uuencode', 'uuencode'],
  ['x-uue', 'uuencode'],
  ['uuencode', 'uuencode'],
  ['uue', 'uuencode'],
  ['x-yenc', 'yenc'],
  ['yenc', 'yenc'],
])

/** The encoding that a Content-Transfer-Encoding names; undefined for one that nobody knows. */
export function transferEncodingNamed(value: string): TransferEncoding | undefined {
  return encodings.get(value) ?? encodings.get((value.split(/[(;]/, 1)[0] ?? '').trim().toLowerCase())
}

/** The bytes that stand between two offsets of the message. Identity content is a view, not a copy. */
export function decodeTransfer(context: Context, encoding: TransferEncoding, start: number, end: number): Buffer {
  switch (encoding) {
    case 'identity':
      return context.bytes.subarray(start, end)
    case 'base64':
      return decodeBase64(context, start, end)
    case 'quoted-printable':
      return decodeQuotedPrintable(context, start, end)
    case 'uuencode':
      return decodeUuencode(context, start, end)
    case 'yenc':
      return decodeYenc(context, start, end)
  }
}

/** The size of what is decoded: exact for identity content and well-formed base64, else the nearest cheap bound. */
export function decodedSize(text: string, encoding: TransferEncoding, start: number, end: number): number {
  switch (encoding) {
    case 'base64':
      return base64Size(text, start, end)
    case 'uuencode':
      return Math.floor(((end - start) * 45) / 62)
    default:
      return end - start
  }
}
