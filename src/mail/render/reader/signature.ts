import { sentFrom } from './languages.ts'
import { endOfKept, isBlank, type ReaderLine, removeFrom } from './lines.ts'

const signatureLinesMax = 20
const bareMarkLinesMax = 10
const sentFromLinesMax = 5
const contactLinesMax = 8
const shortLineMax = 80

/** Removes the signature that ends the message and returns it. */
export function removeSignature(lines: readonly ReaderLine[]): string | null {
  const end = endOfKept(lines)
  const start = markedStart(lines, end) ?? sentFromStart(lines, end) ?? contactStart(lines, end)
  if (start === undefined || !removeFrom(lines, start, end, 'signature')) return null
  const text = lines
    .slice(start, end)
    .map(line => line.text)
    .join('\n')
    .replace(/^--\s*\n/, '')
    .trim()
  return text === '' ? null : text
}

/**
 * The last `-- ` (RFC 3676 §4.3) when little enough follows. A bare `--` is also a rule or a table's edge: it counts
 * only near the end and before short lines.
 */
function markedStart(lines: readonly ReaderLine[], end: number): number | undefined {
  const lowest = Math.max(0, end - signatureLinesMax)
  for (let index = end - 1; index >= lowest; index--) {
    const line = lines[index]
    if (line === undefined || line.removedBy !== undefined || line.quoted) return undefined
    const text = line.text.replace(/\u00a0/g, ' ')
    if (text === '-- ') return index
    if (text !== '--' || end - index > bareMarkLinesMax) continue
    const after = lines.slice(index + 1, end)
    return after.length > 0 && after.every(each => each.text.length <= shortLineMax && !/^[-|+*#]/.test(each.text))
      ? index
      : undefined
  }
  return undefined
}

function sentFromStart(lines: readonly ReaderLine[], end: number): number | undefined {
  const lowest = Math.max(0, end - sentFromLinesMax)
  for (let index = end - 1; index >= lowest; index--) {
    const text = lines[index]?.text.trim() ?? ''
    if (text.length <= shortLineMax && sentFrom.test(text) && isAlone(lines, index, end)) return index
  }
  return undefined
}

/** Prose does not end in the middle of a paragraph with the name of a phone. */
function isAlone(lines: readonly ReaderLine[], index: number, end: number): boolean {
  return isBlank(lines[index - 1]) && lines.slice(index + 1, end).every(line => line.text.length <= shortLineMax)
}

const contact =
  /(?:\+?\d[\d\s()./-]{6,}\d)|[^\s@]+@[^\s@]+\.[a-z]{2,}|(?:https?:\/\/|www\.)\S+|^(?:tel|phone|mobile|cell|fax|telefon|mobil|handy|tél|móvil|teléfono|cellulare|telefono|telefone|тел|моб|電話|电话|전화)\b[.:]?/iu

/** Three and more short lines behind the last blank one, at least two with a number, an address or a link. */
function contactStart(lines: readonly ReaderLine[], end: number): number | undefined {
  let start = end
  while (start > 0 && !isBlank(lines[start - 1]) && lines[start - 1]?.removedBy === undefined) start--
  const block = lines.slice(start, end)
  if (start === 0 || block.length < 3 || block.length > contactLinesMax) return undefined
  if (block.some(line => line.quoted || line.text.length > shortLineMax || /[.!?]$/.test(line.text.trim())))
    return undefined
  return block.filter(line => contact.test(line.text)).length >= 2 ? start : undefined
}
