import { Buffer } from 'node:buffer'

const segmentMax = 60

/**
 * A parameter of Content-Type or Content-Disposition, each segment on a line of its own: quoted where the value is
 * short and ASCII, else in the extended form of RFC 2231 §3 and §4, cut between percent-encoded bytes.
 */
export function parameter(name: string, value: string): string {
  if (/^[\x20-\x7e]*$/.test(value) && value.length <= segmentMax && !value.includes('=?')) {
    return `;\r\n ${name}="${value.replace(/["\\]/g, '\\$&')}"`
  }
  const encoded = [...Buffer.from(value.toWellFormed(), 'utf8')].map(percent)
  const segments: string[] = []
  let segment = ''
  for (const unit of encoded) {
    if (segment.length + unit.length > segmentMax) {
      segments.push(segment)
      segment = ''
    }
    segment += unit
  }
  segments.push(segment)
  if (segments.length === 1) return `;\r\n ${name}*=utf-8''${segments[0] ?? ''}`
  return segments.map((part, index) => `;\r\n ${name}*${index}*=${index === 0 ? "utf-8''" : ''}${part}`).join('')
}

/** attribute-char of RFC 2231 §7. */
function percent(byte: number): string {
  const character = String.fromCharCode(byte)
  return /[A-Za-z0-9!#$&+.^_`{|}~-]/.test(character)
    ? character
    : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}
