import { type I64, I64_MAX, I64_MIN, normal } from '../integer.ts'
import { Refusal } from '../refusal.ts'
import type { LexError } from './lex-error.ts'
import type { Limits } from './limits.ts'
import type { LimitName, ParseError } from './parse-error.ts'
import { positionAt } from './position.ts'
import type { Token } from './token.ts'

/**
 * Cuts a whole batch into tokens, in one pass that looks at each character a fixed number of times.
 *
 * Refuses by `Refusal<ParseError>`: the first character that cannot be part of a token, wherever the forms around it
 * are broken, because the whole text is cut before any of it is parsed.
 */
export function tokenize(text: string, limits: Limits): Token[] {
  if (!text.isWellFormed()) refuse({ code: 'InvalidUtf8', pos: positionAt(text, loneSurrogate(text)) })
  return new Lexer(text, limits).run()
}

const LEFT = 0x28
const RIGHT = 0x29
const QUOTE = 0x22
const BACKSLASH = 0x5c
const AT = 0x40
const COLON = 0x3a
const MINUS = 0x2d
const SEMICOLON = 0x3b

/** What an ASCII character may be part of. */
const NAME = 1
const KIND = 2
const NUMBER = 4
const DIGIT = 8
const CAPITAL = 16
const classes = new Uint8Array(128)
for (let c = 0; c < 128; c++) {
  const character = String.fromCharCode(c)
  if (/[a-z0-9_]/.test(character)) classes[c] = (classes[c] ?? 0) | NAME
  if (/[A-Za-z0-9]/.test(character)) classes[c] = (classes[c] ?? 0) | KIND
  if (/[0-9\-.:TZ]/.test(character)) classes[c] = (classes[c] ?? 0) | NUMBER
  if (/[0-9]/.test(character)) classes[c] = (classes[c] ?? 0) | DIGIT
  if (/[A-Z]/.test(character)) classes[c] = (classes[c] ?? 0) | CAPITAL
}

/** White_Space of Unicode. `\s` is another set: it lacks U+0085 and has U+FEFF. */
function isSpace(unit: number): boolean {
  if (unit < 0x85) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)
  if (unit >= 0x2000)
    return unit <= 0x200a || unit === 0x2028 || unit === 0x2029 || unit === 0x202f || unit === 0x205f || unit === 0x3000
  return unit === 0x85 || unit === 0xa0 || unit === 0x1680
}

function has(unit: number, set: number): boolean {
  return unit < 128 && ((classes[unit] ?? 0) & set) !== 0
}

function loneSurrogate(text: string): number {
  let index = 0
  for (const character of text) {
    if (!character.isWellFormed()) return index
    index += character.length
  }
  return index
}

function refuse(error: LexError): never {
  throw new Refusal<ParseError>({ code: 'Lex', inner: error })
}

class Lexer {
  readonly text: string
  readonly limits: Limits
  readonly tokens: Token[] = []
  at = 0

  constructor(text: string, limits: Limits) {
    this.text = text
    this.limits = limits
  }

  run(): Token[] {
    const { text } = this
    while (this.at < text.length) {
      const unit = text.charCodeAt(this.at)
      if (unit === SEMICOLON) this.comment()
      else if (isSpace(unit)) this.at++
      else this.token(unit)
    }
    return this.tokens
  }

  comment(): void {
    const end = this.text.indexOf('\n', this.at)
    this.at = end < 0 ? this.text.length : end
  }

  token(unit: number): void {
    if (unit === LEFT || unit === RIGHT) this.add(unit === LEFT ? 'left' : 'right', this.at++, '')
    else if (unit === QUOTE) this.string()
    else if (unit === AT) this.symbol()
    else if (unit === COLON) this.keyword()
    else if (unit === MINUS || has(unit, DIGIT)) this.number()
    else if (has(unit, NAME)) this.word()
    else {
      const byte = (this.text.codePointAt(this.at) ?? 0) & 0xff
      refuse({ code: 'UnexpectedByte', byte, pos: positionAt(this.text, this.at) })
    }
  }

  add(type: Token['type'], at: number, text: string, kind?: string, number: I64 = 0): void {
    this.tokens.push({ type, at, text, kind, number })
  }

  /** Everything from here that is of the set. */
  take(set: number): string {
    const start = this.at
    while (this.at < this.text.length && has(this.text.charCodeAt(this.at), set)) this.at++
    return this.text.slice(start, this.at)
  }

  symbol(): void {
    const start = this.at
    const name = this.name(start)
    if (this.text.charCodeAt(this.at) !== COLON) {
      this.add('symbol', start, name)
      return
    }
    this.at++
    const kind = this.take(KIND)
    if (!has(kind.charCodeAt(0), CAPITAL)) this.identifier(start)
    this.add('symbol', start, name, kind)
  }

  keyword(): void {
    const start = this.at
    this.add('keyword', start, this.name(start))
  }

  /** The name after `@` or `:`. */
  name(start: number): string {
    this.at++
    const name = this.take(NAME)
    if (name === '' || has(name.charCodeAt(0), DIGIT)) this.identifier(start)
    this.bounded('name_bytes', start, name)
    return name
  }

  identifier(start: number): never {
    const text = this.text.slice(start, this.at)
    refuse({ code: 'InvalidIdentifier', text, pos: positionAt(this.text, start) })
  }

  word(): void {
    const start = this.at
    const word = this.take(NAME)
    this.bounded('name_bytes', start, word)
    if (word === 'true' || word === 'false') this.add('boolean', start, word)
    else this.add(word === 'nil' ? 'nil' : 'bareword', start, word)
  }

  number(): void {
    const start = this.at
    const run = this.take(NUMBER)
    if (isTimestamp(run)) {
      this.add('timestamp', start, run)
      return
    }
    if (run.includes('.')) {
      if (/^-?(?:\d+\.\d*|\.\d+)$/.test(run)) this.add('float', start, run, undefined, Number(run))
      else this.badNumber(start, run)
      return
    }
    const value = integerOf(run)
    if (value === undefined) this.badNumber(start, run)
    else this.add('integer', start, run, undefined, value)
  }

  badNumber(start: number, text: string): never {
    refuse({ code: 'InvalidNumber', text, pos: positionAt(this.text, start) })
  }

  string(): void {
    const { text } = this
    const start = this.at
    let content = ''
    let from = start + 1
    for (let i = from; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit === QUOTE) {
        content += text.slice(from, i)
        this.at = i + 1
        this.bounded('string_bytes', start, content)
        this.add('string', start, content)
        return
      }
      if (unit !== BACKSLASH) continue
      content += text.slice(from, i) + this.escape(i)
      i++
      from = i + 1
      if (i >= text.length) break
    }
    refuse({ code: 'UnterminatedString', pos: positionAt(text, start) })
  }

  /** What the escape at a backslash stands for; nothing at the end of the text. */
  escape(backslash: number): string {
    switch (this.text[backslash + 1]) {
      case undefined:
        return ''
      case 'n':
        return '\n'
      case 'r':
        return '\r'
      case 't':
        return '\t'
      case '\\':
        return '\\'
      case '"':
        return '"'
    }
    const character = String.fromCodePoint(this.text.codePointAt(backslash + 1) ?? 0)
    return refuse({ code: 'InvalidEscape', escape: character, pos: positionAt(this.text, backslash) })
  }

  bounded(limit: LimitName, start: number, text: string): void {
    const max = limit === 'name_bytes' ? this.limits.nameBytesMax : this.limits.stringBytesMax
    if (text.length * 3 <= max || Buffer.byteLength(text) <= max) return
    throw new Refusal<ParseError>({ code: 'LimitExceeded', limit, max, pos: positionAt(this.text, start) })
  }
}

/** `2024-01-15`, or that with `T` and a colon somewhere after it; whether it is a real time is asked later. */
function isTimestamp(run: string): boolean {
  if (run.length < 10 || !/^\d{4}-\d\d-\d\d/.test(run)) return false
  return run.length === 10 || (run[10] === 'T' && run.includes(':', 11))
}

function integerOf(run: string): I64 | undefined {
  const digits = /^-?0*(\d+)$/.exec(run)?.[1]
  if (digits === undefined || digits.length > 19) return undefined // 2^63 has 19 digits; BigInt is slow on long ones
  if (digits.length < 16) return Number(run) + 0 // -0 is 0
  const value = BigInt(run)
  return value >= I64_MIN && value <= I64_MAX ? normal(value) : undefined
}
