import { Buffer } from 'node:buffer'

/** The fields that something here looks at, as their lower-case names. */
export const knownNames = [
  ...['from', 'sender', 'reply-to', 'to', 'cc', 'bcc', 'subject', 'date', 'message-id', 'in-reply-to', 'references'],
  ...['received', 'authentication-results', 'delivered-to', 'x-original-to', 'envelope-to', 'content-language'],
  ...['precedence', 'auto-submitted', 'feedback-id', 'mailing-list', 'x-mailing-list'],
  ...['list-id', 'list-post', 'list-unsubscribe', 'list-unsubscribe-post'],
  ...['content-type', 'content-disposition', 'content-transfer-encoding', 'content-id', 'content-location'],
]

const nameLengthMax = 32
const bucketsCount = 256
const buckets: { readonly name: string; readonly bytes: Uint8Array }[][] = Array.from(
  { length: bucketsCount },
  () => [],
)
for (const name of knownNames) {
  const bytes = Buffer.from(name)
  buckets[hashOf(bytes, 0, bytes.length)]?.push({ name, bytes })
}

/**
 * The known name that stands between two offsets, in any case, or an empty string. Most fields of a message are
 * looked at by nobody: for them this costs neither a string nor a look-up in a map.
 */
export function knownNameAt(source: Uint8Array, start: number, end: number): string {
  const length = end - start
  if (length > nameLengthMax) return ''
  for (const known of buckets[hashOf(source, start, end)] ?? []) {
    if (known.bytes.length === length && isSame(source, start, known.bytes)) return known.name
  }
  return ''
}

function hashOf(source: Uint8Array, start: number, end: number): number {
  let hash = 0
  for (let index = start; index < end; index++) hash = (hash * 31 + ((source[index] ?? 0) | 32)) & 0xfffff
  return hash % bucketsCount
}

/** A hyphen has the bit that makes a letter lower case, so that setting it changes nothing. */
function isSame(source: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index++) {
    if (((source[start + index] ?? 0) | 32) !== name[index]) return false
  }
  return true
}
