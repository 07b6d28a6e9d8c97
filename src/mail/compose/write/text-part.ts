import { Buffer } from 'node:buffer'

const lineMax = 76
const plainLineMax = 78

/** A text with its lines ended as on the wire, and how it is encoded so that no server has a reason to change it. */
export function encodeText(text: string): { readonly encoding: '7bit' | 'quoted-printable'; readonly body: string } {
  const lines = text.toWellFormed().replace(/\r\n?/g, '\n').split('\n')
  const isPlain = lines.every(
    line => line.length <= plainLineMax && /^[\x20-\x7e\t]*$/.test(line) && !/^From |^\.|[ \t]$/.test(line),
  )
  const ended = lines.at(-1) === '' ? lines.slice(0, -1) : lines
  if (isPlain) return { encoding: '7bit', body: `${ended.join('\r\n')}\r\n` }
  return { encoding: 'quoted-printable', body: `${ended.map(quotedLine).join('\r\n')}\r\n` }
}

/** RFC 2045 §6.7. Soft breaks never cut a character in two, so that one damaged line damages one line. */
function quotedLine(line: string): string {
  let out = ''
  let column = 0
  const characters = [...line]
  for (const [index, character] of characters.entries()) {
    const isLast = index === characters.length - 1
    const unit = quotedUnit(character, { isFirst: column === 0, isLast })
    if (column + unit.length > (isLast ? lineMax : lineMax - 1)) {
      const again = quotedUnit(character, { isFirst: true, isLast })
      out += `=\r\n${again}`
      column = again.length
    } else {
      out += unit
      column += unit.length
    }
  }
  return out
}

function quotedUnit(character: string, { isFirst, isLast }: { isFirst: boolean; isLast: boolean }): string {
  if (character === ' ' || character === '\t') return isLast ? hex(character) : character
  // A dot at the start of a line and "From " are changed on the way by old servers and mail files.
  if (isFirst && (character === '.' || character === 'F')) return hex(character)
  return /^[\x21-\x3c\x3e-\x7e]$/.test(character) ? character : hex(character)
}

function hex(character: string): string {
  return [...Buffer.from(character, 'utf8')]
    .map(byte => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('')
}

/** Base64 in lines of 76 (RFC 2045 §6.8). */
export function encodeBytes(bytes: Uint8Array): string {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  return `${base64.replace(/.{76}(?=.)/g, '$&\r\n')}\r\n`
}
