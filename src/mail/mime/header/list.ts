import type { Context } from '../context.ts'
import { decodeHeader } from './encoded-word.ts'

/** What a mailing list or bulk sender says of itself (RFC 2369, RFC 2919, RFC 8058). */
export interface ListHeaders {
  /** Lower-case identifier of List-Id, without its brackets. */
  readonly id: string | null
  readonly description: string | null
  /** Addresses of List-Post, as URIs; empty when posting is closed (`NO`). */
  readonly post: readonly string[]
  readonly unsubscribe: readonly string[]
  /** Both headers of RFC 8058 are there and one URI is https. Whether a DKIM signature covers them is not known here. */
  readonly oneClick: boolean
}

const urisMax = 20
const uriLengthMax = 8000

export function readListId(context: Context, raw: string): { id: string | null; description: string | null } {
  const open = raw.lastIndexOf('<')
  const close = raw.indexOf('>', open)
  if (open < 0 || close < 0) {
    const bare = decodeHeader(context, raw)
    return /^\S+$/.test(bare) ? { id: bare.toLowerCase(), description: null } : { id: null, description: bare || null }
  }
  const id = withoutBlanks(raw.slice(open + 1, close)).toLowerCase()
  const before = raw.slice(0, open).trim()
  const isQuoted = before.length > 1 && before.startsWith('"') && before.endsWith('"')
  const description = decodeHeader(context, isQuoted ? before.slice(1, -1) : before)
  return { id: id === '' ? null : id, description: description === '' ? null : description }
}

/** The URIs in angle brackets; a comma inside the brackets belongs to the URI. Without brackets, bare words. */
export function readListUris(raw: string | undefined): string[] {
  const uris: string[] = []
  if (raw === undefined) return uris
  let open = raw.indexOf('<')
  while (open >= 0 && uris.length < urisMax) {
    const close = raw.indexOf('>', open)
    if (close < 0) break
    const inside = raw.slice(open + 1, close)
    const uri = withoutBlanks(inside.slice(inside.lastIndexOf('<') + 1))
    if (isUri(uri)) uris.push(uri)
    open = raw.indexOf('<', close)
  }
  if (uris.length > 0) return uris
  for (const word of raw.split(/[\s,]+/, urisMax)) if (isUri(word)) uris.push(word)
  return uris
}

function withoutBlanks(text: string): string {
  return /[\s\x00-\x1f\x7f]/.test(text) ? text.replace(/[\s\x00-\x1f\x7f]+/g, '') : text
}

export function isOneClick(post: string | undefined, uris: readonly string[]): boolean {
  if (post === undefined || !/^\s*List-Unsubscribe\s*=\s*One-Click\s*$/i.test(post)) return false
  return uris.some(uri => /^https:\/\//i.test(uri))
}

function isUri(text: string): boolean {
  if (text.length > uriLengthMax) return false
  const scheme = text.slice(0, 8).toLowerCase()
  const length = scheme === 'https://' ? 8 : scheme.startsWith('http://') || scheme.startsWith('mailto:') ? 7 : 0
  return length > 0 && text.length > length
}
