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
  const match = /^(.*?)<([^<>]*)>/s.exec(raw)
  if (match === null) {
    const bare = decodeHeader(context, raw)
    return /^\S+$/.test(bare) ? { id: bare.toLowerCase(), description: null } : { id: null, description: bare || null }
  }
  const description = decodeHeader(context, (match[1] ?? '').trim().replace(/^"(.*)"$/s, '$1'))
  const id = (match[2] ?? '').replace(/\s+/g, '').toLowerCase()
  return { id: id === '' ? null : id, description: description === '' ? null : description }
}

/** The URIs in angle brackets; a comma inside the brackets belongs to the URI. Without brackets, bare words. */
export function readListUris(raw: string | undefined): string[] {
  if (raw === undefined) return []
  const uris: string[] = []
  const pattern = /<([^<>]*)>/g
  for (let match = pattern.exec(raw); match !== null && uris.length < urisMax; match = pattern.exec(raw)) {
    const uri = (match[1] ?? '').replace(/[\s\x00-\x1f\x7f]+/g, '')
    if (isUri(uri)) uris.push(uri)
  }
  if (uris.length > 0) return uris
  for (const word of raw.split(/[\s,]+/).slice(0, urisMax)) if (isUri(word)) uris.push(word)
  return uris
}

export function isOneClick(post: string | undefined, uris: readonly string[]): boolean {
  if (post === undefined || !/^\s*List-Unsubscribe\s*=\s*One-Click\s*$/i.test(post)) return false
  return uris.some(uri => /^https:\/\//i.test(uri))
}

function isUri(text: string): boolean {
  return text.length <= uriLengthMax && /^(?:mailto:|https?:\/\/)./i.test(text)
}
