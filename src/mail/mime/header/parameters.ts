import { Buffer } from 'node:buffer'
import { decodeCharset } from '../charset/decode.ts'
import type { Context } from '../context.ts'
import { decodeHeader, decodeHighBytes } from './encoded-word.ts'

/** Lower-case names; RFC 2231 sections joined and decoded, RFC 2047 words decoded. */
export type Parameters = ReadonlyMap<string, string>

interface RawParameter {
  readonly name: string
  readonly value: string
}

const noParameters: Parameters = new Map()

/**
 * The parameters of a Content-Type or Content-Disposition value, from offset `from` on (RFC 2045 §5.1, RFC 2231),
 * and as they are written: unquoted values with blanks, missing semicolons, missing closing quotes, raw 8-bit.
 * Of two of one name the first counts; `name*` goes before `name`.
 */
export function readParameters(context: Context, value: string, from: number): Parameters {
  const raw = new ParameterScanner(context, value, from).all()
  if (raw.length === 0) return noParameters
  const plain = new Map<string, string>()
  const sections = new Map<string, Section[]>()
  for (const { name, value } of raw) {
    const star = name.indexOf('*')
    if (star <= 0) {
      if (!plain.has(name)) plain.set(name, decoded(context, name, value))
      continue
    }
    const match = /^\*(?:(\d{1,4})(\*)?)?$/.exec(name.slice(star))
    if (match === null) {
      context.defects.add('parameter_malformed')
      continue
    }
    const base = name.slice(0, star)
    const section = { index: Number(match[1] ?? 0), extended: match[1] === undefined || match[2] === '*', value }
    const list = sections.get(base)
    if (list === undefined) sections.set(base, [section])
    else list.push(section)
  }
  for (const [base, list] of sections) plain.set(base, joinSections(context, base, list))
  return plain
}

/** Senders put encoded words into names, against RFC 2047 §5. A boundary is compared byte by byte: it stays as it is. */
function decoded(context: Context, name: string, value: string): string {
  if (name === 'filename' || name === 'name') return decodeHeader(context, value)
  return name === 'boundary' ? value : decodeHighBytes(context, value)
}

interface Section {
  readonly index: number
  readonly extended: boolean
  readonly value: string
}

/** RFC 2231 §3 and §4: sections in order of their numbers, up to the first gap; the charset stands in the first. */
function joinSections(context: Context, name: string, list: Section[]): string {
  list.sort((a, b) => a.index - b.index)
  let charset = ''
  let bytes = ''
  let expected = 0
  let isExtended = false
  for (const section of list) {
    if (section.index < expected) continue
    if (section.index > expected) {
      context.defects.add('parameter_malformed')
      if (bytes !== '' || section.index > 1) break
      expected = section.index
    }
    expected++
    let { value } = section
    if (section.extended) {
      const marks = bytes === '' ? /^([^']{0,64})'([^']{0,64})'/.exec(value) : null
      if (marks !== null) {
        charset = marks[1] ?? ''
        value = value.slice(marks[0].length)
      }
      isExtended = true
      value = percentDecoded(value)
    }
    bytes += value
  }
  if (!isExtended) return decoded(context, name, bytes)
  const text = charset === '' ? undefined : decodeCharset(charset, Buffer.from(bytes, 'latin1'))
  if (text === undefined) {
    if (charset !== '') context.defects.add('charset_unknown')
    return decodeHeader(context, bytes)
  }
  return text.replace(/[\x00-\x1f\x7f]+/g, ' ')
}

function percentDecoded(value: string): string {
  if (!value.includes('%')) return value
  return value.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

const blank = /[ \t\r\n]/
const nextParameter = /[ \t\r\n](?=[A-Za-z][A-Za-z0-9_-]*(?:\*\d{0,4})?\*?=)/

/** Cuts a value into raw parameters, left to right, never looking at a character more than a few times. */
class ParameterScanner {
  readonly #context: Context
  readonly #text: string
  #position: number
  #semicolon = -1

  constructor(context: Context, text: string, from: number) {
    this.#context = context
    this.#text = text
    this.#position = from
  }

  all(): RawParameter[] {
    const list: RawParameter[] = []
    for (;;) {
      this.#skipGaps()
      if (this.#position >= this.#text.length) return list
      if (list.length >= this.#context.limits.parametersMax) {
        this.#context.defects.add('parameter_limit')
        return list
      }
      const parameter = this.#next()
      if (parameter !== undefined) list.push(parameter)
    }
  }

  #next(): RawParameter | undefined {
    const text = this.#text
    const start = this.#position
    const semicolon = this.#nextSemicolon()
    let position = start
    while (position < semicolon && text.charAt(position) !== '=') position++
    if (position >= semicolon) {
      this.#context.defects.add('parameter_malformed')
      this.#position = semicolon
      return undefined
    }
    const name = text.slice(start, position).trim().toLowerCase()
    position++
    while (blank.test(text.charAt(position))) position++
    this.#position = position
    const value = text.charAt(position) === '"' ? this.#quoted() : this.#token()
    return { name, value }
  }

  /** Only `\"` and `\\` are escapes here: a bare backslash is what Windows paths are made of. */
  #quoted(): string {
    const text = this.#text
    let position = this.#position + 1
    let hasEscape = false
    for (; position < text.length; position++) {
      const character = text.charAt(position)
      if (character === '"') break
      if (character === '\\' && (text.charAt(position + 1) === '"' || text.charAt(position + 1) === '\\')) {
        hasEscape = true
        position++
      }
    }
    if (position >= text.length) this.#context.defects.add('parameter_malformed')
    const inside = text.slice(this.#position + 1, position).replace(/\r?\n[ \t]?/g, ' ')
    this.#position = position + 1
    return hasEscape ? inside.replace(/\\(["\\])/g, '$1') : inside
  }

  #token(): string {
    const semicolon = this.#nextSemicolon()
    let value = this.#text.slice(this.#position, semicolon)
    const missing = value.search(nextParameter)
    if (missing >= 0) {
      this.#context.defects.add('parameter_malformed')
      value = value.slice(0, missing)
    }
    this.#position += value.length
    const comment = value.search(/[ \t\r\n]\(/)
    return (comment < 0 ? value : value.slice(0, comment)).trim()
  }

  #nextSemicolon(): number {
    if (this.#semicolon < this.#position) {
      const found = this.#text.indexOf(';', this.#position)
      this.#semicolon = found < 0 ? this.#text.length : found
    }
    return this.#semicolon
  }

  #skipGaps(): void {
    const text = this.#text
    for (;;) {
      const character = text.charAt(this.#position)
      if (character === ';' || character === '"' || blank.test(character)) this.#position++
      else if (character === '(') this.#position = endOfComment(text, this.#position)
      else return
    }
  }
}

function endOfComment(text: string, open: number): number {
  let depth = 0
  for (let position = open; position < text.length; position++) {
    const character = text.charAt(position)
    if (character === '\\') position++
    else if (character === '(') depth++
    else if (character === ')' && --depth === 0) return position + 1
  }
  return text.length
}
