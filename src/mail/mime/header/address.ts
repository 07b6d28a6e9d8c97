import type { Context } from '../context.ts'
import { unfold } from './block.ts'
import { decodePhrase } from './encoded-word.ts'

export interface Address {
  /** Display name, decoded; null when there is none. */
  readonly name: string | null
  /** `local@domain` as it was written; without @ for a local user, empty when only a name was given. */
  readonly email: string
  /** Display name of the group it stood in (RFC 5322 §3.4). */
  readonly group?: string
}

/** Addresses are never decoded (RFC 2047 §5): an encoded word that hides an address stays a name. */
const emailLengthMax = 1000
const nameLengthMax = 2000

/**
 * Reads an address list (RFC 5322 §3.4, obsolete syntax included) in one pass, and what real mail makes of it:
 * semicolons between addresses, missing brackets and quotes, names after addresses, commas in bare names.
 */
export function readAddresses(context: Context, raw: string | undefined): Address[] {
  if (raw === undefined || raw === '') return []
  return simpleAddress(context, raw) ?? new AddressScanner(context, raw).all()
}

const simple =
  /^(?:"([^"\\=]{1,100})"|([A-Za-z0-9][A-Za-z0-9 '._-]{0,99}))? ?<([A-Za-z0-9._+=-]{1,100}@[A-Za-z0-9.-]{1,100})>$/
const simpleLengthMax = 250

/** The one form that most headers have, without the scanner. */
function simpleAddress(context: Context, raw: string): Address[] | undefined {
  if (raw.length > simpleLengthMax || context.spent.addresses >= context.limits.addressesMax) return undefined
  const match = simple.exec(raw)
  if (match === null) return undefined
  const name = match[1] ?? match[2]
  if (match[1] !== undefined && /[^\x20-\x7e]/.test(match[1])) return undefined
  context.spent.addresses++
  return [{ name: name === undefined ? null : tidy(name), email: match[3] ?? '' }]
}

function tidy(name: string): string | null {
  const trimmed = name.trim().replace(/ {2,}/g, ' ')
  return trimmed === '' ? null : trimmed
}

const specials = /["(),:;<>[]/g
const unterminated = -1

class AddressScanner {
  readonly #context: Context
  readonly #text: string
  readonly #list: Address[] = []
  #position = 0
  #group: string | undefined
  /** What stood outside of brackets and comments: as a name (quotes removed) and as it was written. */
  #phrase = ''
  #bare = ''
  #comment = ''
  #angle: string | undefined
  /** A name without an address that may belong to what follows its comma: `Smith, John <j@example.org>`. */
  #dangling: { name: string; index: number } | undefined
  /** An opening that is never closed is an ordinary character from there on, so that nothing is searched twice. */
  #quotesEnd = false
  #commentsEnd = false
  #close = -1

  constructor(context: Context, text: string) {
    this.#context = context
    this.#text = unfold(text)
  }

  all(): Address[] {
    const text = this.#text
    while (this.#position < text.length && this.#mayAdd()) {
      specials.lastIndex = this.#position
      const at = specials.exec(text)?.index ?? text.length
      if (at > this.#position) this.#add(text.slice(this.#position, at))
      this.#position = at + 1
      if (at < text.length) this.#special(text.charAt(at), at)
    }
    this.#flush()
    return this.#list
  }

  #mayAdd(): boolean {
    if (this.#context.spent.addresses < this.#context.limits.addressesMax) return true
    this.#context.defects.add('address_limit')
    return false
  }

  #special(character: string, at: number): void {
    switch (character) {
      case '"':
        this.#quoted(at)
        break
      case '(':
        this.#parenthesis(at)
        break
      case '<':
        this.#bracket()
        break
      case '[':
        this.#literal(at)
        break
      case ',':
        this.#flush(true)
        break
      case ';':
        this.#flush()
        this.#group = undefined
        break
      case ':':
        this.#colon()
        break
      default:
        // A closing character without an opening one.
        this.#context.defects.add('address_malformed')
    }
  }

  #add(text: string): void {
    this.#phrase += text
    this.#bare += text
  }

  #quoted(at: number): void {
    const end = this.#quotesEnd ? unterminated : endOfQuoted(this.#text, at)
    if (end === unterminated) {
      this.#quotesEnd = true
      this.#context.defects.add('address_malformed')
      return
    }
    const inside = this.#text.slice(at + 1, end)
    this.#phrase += inside.includes('\\') ? inside.replace(/\\(.)/gs, '$1') : inside
    this.#bare += this.#text.slice(at, end + 1)
    this.#position = end + 1
  }

  #parenthesis(at: number): void {
    const end = this.#commentsEnd ? unterminated : endOfComment(this.#text, at)
    if (end === unterminated) {
      this.#commentsEnd = true
      this.#context.defects.add('address_malformed')
      return
    }
    const comment = this.#text.slice(at + 1, end).replace(/\\(.)/gs, '$1')
    if (this.#comment.length < nameLengthMax) this.#comment += this.#comment === '' ? comment : ` ${comment}`
    this.#bare += ' '
    this.#phrase += ' '
    this.#position = end + 1
  }

  /** Up to the closing bracket, or to a comma when the closing one belongs to a later address. */
  #bracket(): void {
    const text = this.#text
    if (this.#close < this.#position) {
      const found = text.indexOf('>', this.#position)
      this.#close = found < 0 ? text.length : found
    }
    let end = this.#close
    let inside = text.slice(this.#position, end)
    const comma = inside.startsWith('@') || inside.includes('"') ? -1 : inside.indexOf(',')
    if (comma >= 0) {
      end = this.#position + comma
      inside = text.slice(this.#position, end)
    }
    if (comma >= 0 || end === text.length || this.#angle !== undefined) this.#context.defects.add('address_malformed')
    this.#angle ??= inside
    this.#position = comma >= 0 ? end : end + 1
  }

  /** A domain literal: `user@[IPv6:2001:db8::1]`. */
  #literal(at: number): void {
    const close = /^\[[0-9A-Za-z.:%-]{0,80}\]/.exec(this.#text.slice(at, at + 90))
    const literal = close === null ? '[' : close[0]
    this.#add(literal)
    this.#position = at + literal.length
  }

  #colon(): void {
    const isGroup = this.#group === undefined && this.#angle === undefined && !this.#bare.includes('@')
    if (isGroup && this.#phrase.trim().toLowerCase() !== 'mailto') this.#group = this.#name(this.#phrase) ?? ''
    else if (!isGroup) this.#context.defects.add('address_malformed')
    this.#clear()
  }

  #name(text: string): string | null {
    const name = decodePhrase(this.#context, text.slice(0, nameLengthMax))
    return name === '' ? null : name
  }

  #clear(): void {
    this.#phrase = ''
    this.#bare = ''
    this.#comment = ''
    this.#angle = undefined
  }

  #flush(isComma = false): void {
    const dangling = this.#dangling
    this.#dangling = undefined
    if (this.#angle !== undefined) this.#flushAngle(dangling)
    else if (this.#bare.trim() !== '') this.#flushBare(isComma)
    this.#clear()
  }

  #flushAngle(dangling: { name: string; index: number } | undefined): void {
    const email = cleanEmail(this.#angle ?? '')
    let name = this.#name(this.#phrase) ?? this.#name(this.#comment)
    if (dangling !== undefined && name !== null && email !== '' && dangling.index === this.#list.length - 1) {
      this.#list.pop()
      name = `${dangling.name}, ${name}`
      this.#context.defects.add('address_malformed')
    }
    if (email !== '' || name !== null) this.#push(name, email)
  }

  #flushBare(isComma: boolean): void {
    const words = this.#bare.trim().split(/\s+/)
    const bare = words.join(' ')
    const spaced = words.length > 1 && !bare.includes('"') ? bare.replace(/ ?([@.]) ?/g, '$1') : bare
    if (/^(?:"(?:[^"\\]|\\.)*"|[^\s"]*)@[^\s"@]*$/s.test(spaced)) {
      this.#push(this.#name(this.#comment), cleanEmail(spaced))
      return
    }
    this.#context.defects.add('address_malformed')
    const at = words.findIndex(word => word.includes('@'))
    if (at >= 0) {
      const rest = words.filter((_, index) => index !== at).join(' ')
      this.#push(this.#name(rest.replaceAll('"', '')), cleanEmail(words[at] ?? ''))
      return
    }
    const name = this.#name(this.#phrase)
    if (words.length === 1 && !bare.includes('"') && !bare.includes('=?')) this.#push(this.#name(this.#comment), bare)
    else this.#push(name, '')
    if (isComma && name !== null) this.#dangling = { name, index: this.#list.length - 1 }
  }

  #push(name: string | null, email: string): void {
    this.#context.spent.addresses++
    const decoded = /[\x80-\xff]/.test(email) ? decodePhrase(this.#context, email) : email.slice(0, emailLengthMax)
    this.#list.push({ name, email: decoded, ...(this.#group === undefined ? {} : { group: this.#group }) })
  }
}

function endOfQuoted(text: string, open: number): number {
  for (let position = open + 1; position < text.length; position++) {
    const code = text.charCodeAt(position)
    if (code === 0x22) return position
    if (code === 0x5c) position++
  }
  return unterminated
}

function endOfComment(text: string, open: number): number {
  let depth = 0
  for (let position = open; position < text.length; position++) {
    const code = text.charCodeAt(position)
    if (code === 0x5c) position++
    else if (code === 0x28) depth++
    else if (code === 0x29 && --depth === 0) return position
  }
  return unterminated
}

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const dotAtom = new RegExp(`^${atom}(?:\\.${atom})*$`)

/** Drops what may surround an address: blanks, comments, a source route (RFC 5322 §4.4), `mailto:`, a second bracket. */
function cleanEmail(text: string): string {
  let email = text
    .slice(0, emailLengthMax)
    .replace(/\([^()]*\)/g, '')
    .trim()
  email = email.slice(email.lastIndexOf('<') + 1)
  if (email.startsWith('@') && email.includes(':')) email = email.slice(email.indexOf(':') + 1)
  if (/^mailto:/i.test(email)) email = email.slice('mailto:'.length)
  const quoted = /^"((?:[^"\\]|\\.)*)"\s*(@.*)$/s.exec(email)
  if (quoted === null) return withoutBlanks(unquoted(email))
  const local = (quoted[1] ?? '').replace(/\\(.)/gs, '$1')
  return (dotAtom.test(local) ? local : `"${quoted[1]}"`) + withoutBlanks(quoted[2] ?? '')
}

function withoutBlanks(text: string): string {
  return /[\s\x00-\x1f\x7f]/.test(text) ? text.replace(/[\s\x00-\x1f\x7f]+/g, '') : text
}

function unquoted(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isQuote(text.charCodeAt(start))) start++
  while (end > start && isQuote(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27
}
