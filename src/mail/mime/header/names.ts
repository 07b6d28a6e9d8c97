import { Buffer } from 'node:buffer'

/** The fields that something here looks at, as their lower-case names. */
export const knownNames = [
  ...['from', 'sender', 'reply-to', 'to', 'cc', 'bcc', 'subject', 'date', 'message-id', 'in-reply-to', 'references'],
  ...['received', 'authentication-results', 'delivered-to', 'x-original-to', 'envelope-to', 'content-language'],
  ...['precedence', 'auto-submitted', 'feedback-id', 'mailing-list', 'x-mailing-list'],
  ...['list-id', 'list-post', 'list-unsubscribe', 'list-unsubscribe-post'],
  ...['content-type', 'content-disposition', 'content-transfer-encoding', 'content-id', 'content-location'],
]

const nameLengthMax = 31
const letters = 32

/** Known names by their first letter and length: hardly ever more than one, and for most fields none. */
const byShape: { readonly name: string; readonly bytes: Uint8Array }[][] = Array.from(
  { length: letters * (nameLengthMax + 1) },
  () => [],
)
for (const name of knownNames)
  byShape[shapeOf(name.charCodeAt(0), name.length)]?.push({ name, bytes: Buffer.from(name) })

/**
 * The known name that stands between two offsets, in any case, or an empty string. Most fields of a message are
 * looked at by nobody: for them this costs neither a string nor a look-up in a map.
 */
export function knownNameAt(source: Uint8Array, start: number, end: number): string {
  const length = end - start
  if (length > nameLengthMax) return ''
  for (const known of byShape[shapeOf(source[start] ?? 0, length)] ?? []) {
    if (isSame(source, start, known.bytes)) return known.name
  }
  return ''
}

function shapeOf(first: number, length: number): number {
  return (first & (letters - 1)) * (nameLengthMax + 1) + length
}

/** A hyphen has the bit that makes a letter lower case, so that setting it changes nothing. */
function isSame(source: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let index = name.length - 1; index >= 0; index--) {
    if (((source[start + index] ?? 0) | 32) !== name[index]) return false
  }
  return true
}
