import type { Context } from '../context.ts'
import { knownNameAt } from './names.ts'

/** One header field, as offsets into its block's text. The value still has its folds, comments and encoded words. */
export interface HeaderField {
  /** Its lower-case name if it is one of `knownNames`, else empty. */
  readonly known: string
  readonly nameStart: number
  readonly nameEnd: number
  readonly valueStart: number
  readonly valueEnd: number
}

export interface HeaderBlock {
  /** The block as a one-byte string of its own, so that a kept slice does not keep the whole message alive. */
  readonly text: string
  /** Offset of the block in the message. */
  readonly start: number
  /** Where the body begins, in the message. */
  readonly bodyStart: number
  readonly fields: readonly HeaderField[]
}

/** Says whether the line that starts at `lineStart` (with two hyphens) ends the enclosing part. */
export type IsDelimiter = (lineStart: number) => boolean

const tab = 9
const lf = 10
const cr = 13
const space = 32
const hyphen = 45
const colon = 58
const numbersPerField = 4

/**
 * Reads the header block at `start` (RFC 5322 §2.2), in one pass over its lines.
 * A line that is no field and no continuation is skipped when a field follows it, and begins the body otherwise.
 */
export function readHeaderBlock(context: Context, start: number, end: number, isDelimiter?: IsDelimiter): HeaderBlock {
  const { text, bytes, limits, defects } = context
  // name start, name end, value start, value end; in the message
  const marks: number[] = []
  let position = start
  let blockEnd = -1
  let bodyStart = end
  while (position < end) {
    const lineEnd = endOfLine(text, position, end)
    const first = bytes[position] ?? 0
    if (first === lf || (first === cr && lineEnd === position + 1)) {
      if (blockEnd < 0) blockEnd = position
      bodyStart = Math.min(lineEnd + 1, end)
      break
    }
    if (first === hyphen && isDelimiter !== undefined && isDelimiter(position)) {
      if (blockEnd < 0) blockEnd = position
      bodyStart = position
      break
    }
    // Beyond a limit the rest of the block is walked over, so that the body begins where it should.
    if (blockEnd < 0 && lineEnd - start > limits.headerBytesMax) {
      blockEnd = position
      defects.add('header_bytes_limit', position)
    }
    if (first === space || first === tab) {
      if (marks.length === 0) defects.add('header_malformed', position)
      else if (blockEnd < 0) marks[marks.length - 1] = withoutCr(bytes, position, lineEnd)
      position = lineEnd + 1
      continue
    }
    const nameEnd = endOfName(bytes, position, lineEnd)
    if (nameEnd < 0) {
      if (isFromLine(text, position)) defects.add('mbox_from_line', position)
      else if (isFieldStart(context, lineEnd + 1, end)) defects.add('header_malformed', position)
      else {
        defects.add('header_separator_missing', position)
        if (blockEnd < 0) blockEnd = position
        bodyStart = position
        break
      }
    } else if (blockEnd < 0) {
      if (marks.length >= limits.headerFieldsMax * numbersPerField) {
        blockEnd = position
        defects.add('header_fields_limit', position)
      } else {
        const valueStart = (bytes[nameEnd] === colon ? nameEnd : text.indexOf(':', nameEnd)) + 1
        marks.push(position, nameEnd, valueStart, withoutCr(bytes, valueStart, lineEnd))
      }
    }
    position = lineEnd + 1
  }
  return blockOf(context, start, blockEnd < 0 ? end : blockEnd, bodyStart, marks)
}

function blockOf(
  context: Context,
  start: number,
  blockEnd: number,
  bodyStart: number,
  marks: readonly number[],
): HeaderBlock {
  const text = context.bytes.toString('latin1', start, blockEnd)
  const fields: HeaderField[] = []
  for (let index = 0; index + numbersPerField <= marks.length; index += numbersPerField) {
    const nameStart = marks[index] ?? 0
    const nameEnd = marks[index + 1] ?? 0
    const valueStart = skipBlanks(context.bytes, marks[index + 2] ?? 0)
    fields.push({
      known: knownNameAt(context.bytes, nameStart, nameEnd),
      nameStart: nameStart - start,
      nameEnd: nameEnd - start,
      valueStart: valueStart - start,
      valueEnd: Math.max(valueStart, marks[index + 3] ?? 0) - start,
    })
  }
  return { text, start, bodyStart, fields }
}

/** The name of a field as it was written. */
export function fieldName(block: HeaderBlock, field: HeaderField): string {
  return block.text.slice(field.nameStart, field.nameEnd)
}

/** The value of a field as it stands in the block: folded, undecoded. */
export function rawValue(block: HeaderBlock, field: HeaderField): string {
  return block.text.slice(field.valueStart, field.valueEnd)
}

/** The raw value of the first field of that name, one of `knownNames`. */
export function firstValue(block: HeaderBlock, known: string): string | undefined {
  for (const field of block.fields) if (field.known === known) return rawValue(block, field)
  return undefined
}

/** Unfolds (RFC 5322 §2.2.3): the line break goes, the white space after it stays. */
export function unfold(value: string): string {
  if (!value.includes('\n')) return value
  return value.includes('\r') ? value.replace(/\r?\n/g, '') : value.replaceAll('\n', '')
}

export function endOfLine(text: string, from: number, end: number): number {
  const found = text.indexOf('\n', from)
  return found < 0 || found > end ? end : found
}

function withoutCr(bytes: Uint8Array, start: number, lineEnd: number): number {
  return lineEnd > start && bytes[lineEnd - 1] === cr ? lineEnd - 1 : lineEnd
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let position = from
  for (;;) {
    const code = bytes[position]
    if (code !== space && code !== tab) return position
    position++
  }
}

/**
 * End of the field name that starts the line, or -1. A name is printable ASCII up to the colon;
 * the obsolete syntax (RFC 5322 §4.5) lets blanks stand before it.
 */
function endOfName(bytes: Uint8Array, start: number, lineEnd: number): number {
  let position = start
  for (; position < lineEnd; position++) {
    const code = bytes[position] ?? 0
    if (code === colon) return position === start ? -1 : position
    if (code <= space || code > 126) break
  }
  const nameEnd = position
  while (position < lineEnd) {
    const code = bytes[position] ?? 0
    if (code === colon) return nameEnd === start ? -1 : nameEnd
    if (code !== space && code !== tab) return -1
    position++
  }
  return -1
}

/** A line of an mbox separator (`From sender date`, quoted or not) that an export left in the header. */
function isFromLine(text: string, start: number): boolean {
  return text.startsWith('From ', start) || text.startsWith('>From ', start)
}

function isFieldStart(context: Context, start: number, end: number): boolean {
  return start < end && endOfName(context.bytes, start, endOfLine(context.text, start, end)) > 0
}
