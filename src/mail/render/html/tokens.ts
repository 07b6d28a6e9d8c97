import { codesOf, type ElementInfo, elementAt, elementNamed, isSame } from './elements.ts'

export type TokenKind = 'text' | 'open' | 'close' | 'comment' | 'raw' | 'end'

const lt = 60
const gt = 62
const slash = 47
const equals = 61
const doubleQuote = 34
const singleQuote = 39
const none = -1

/**
 * Cuts HTML into tokens as browsers do, as offsets into the source. It never backtracks: each search for a closing
 * mark that fails is remembered, so that the work is linear in the source however broken it is.
 */
export class HtmlTokens {
  readonly html: string
  readonly codes: Uint16Array
  /** The element that the current tag opens or closes. */
  element: ElementInfo = elementNamed('')
  /** Text, raw text or comment of the current token. */
  start = 0
  end = 0
  /** Values of the attributes that almost every caller asks for; -1 where there is none. */
  styleStart = none
  styleEnd = none
  classStart = none
  classEnd = none
  idStart = none
  idEnd = none
  hrefStart = none
  hrefEnd = none
  isHiddenSet = false
  /** Whether one of `color`, `bgcolor`, `background`, `text` may be there. */
  hasColours = false
  #attributesStart = 0
  #attributesEnd = 0
  #position = 0
  #raw: string | undefined
  #noDoubleQuote = false
  #noSingleQuote = false

  constructor(html: string) {
    this.html = html
    this.codes = codesOf(html)
  }

  next(): TokenKind {
    const { html, codes } = this
    if (this.#raw !== undefined) {
      this.#readRaw(this.#raw)
      this.#raw = undefined
      if (this.end > this.start) return 'raw'
    }
    const from = this.#position
    if (from >= html.length) return 'end'
    if (codes[from] !== lt) return this.#text(from, from)
    const next = codes[from + 1] ?? 0
    if (isLetter(next)) return this.#openTag(from + 1)
    if (next === slash && isLetter(codes[from + 2] ?? 0)) return this.#closeTag(from + 2)
    if (next === 33) return this.#declaration(from + 2)
    if (next === 63 || next === slash) return this.#bogus(from + 2)
    return this.#text(from, from + 1)
  }

  /** Value of an attribute of the current open tag, as written; the first one of that name counts. */
  attribute(name: string): string | undefined {
    let found: string | undefined
    this.#scan(this.#attributesStart, this.#attributesEnd, (start, end, valueStart, valueEnd) => {
      if (found !== undefined || end - start !== name.length) return
      if (this.html.slice(start, end).toLowerCase() === name) found = this.html.slice(valueStart, valueEnd)
    })
    return found
  }

  #text(start: number, searchFrom: number): TokenKind {
    const found = this.html.indexOf('<', searchFrom)
    this.start = start
    this.end = found < 0 ? this.html.length : found
    this.#position = this.end
    return 'text'
  }

  #openTag(start: number): TokenKind {
    const nameEnd = this.#readName(start)
    this.styleStart = none
    this.styleEnd = none
    this.classStart = none
    this.idStart = none
    this.hrefStart = none
    this.isHiddenSet = false
    this.hasColours = false
    this.#attributesStart = nameEnd
    this.#attributesEnd = this.#scan(nameEnd, this.html.length, this.#record)
    this.#position = Math.min(this.#attributesEnd + 1, this.html.length)
    if (this.element.isRaw) this.#raw = this.element.name
    return 'open'
  }

  #closeTag(start: number): TokenKind {
    const nameEnd = this.#readName(start)
    const found = this.html.indexOf('>', nameEnd)
    this.#position = found < 0 ? this.html.length : found + 1
    return 'close'
  }

  #readName(start: number): number {
    let end = start
    while (isNameCode(this.codes[end] ?? 0)) end++
    this.element = elementAt(this.codes, start, end)
    return end
  }

  #declaration(start: number): TokenKind {
    const { html } = this
    if (!html.startsWith('--', start)) return this.#bogus(start)
    // `<!-->` and `<!--->` are whole comments.
    if (this.codes[start + 2] === gt) return this.#comment(start + 2, start + 2, start + 3)
    if (html.startsWith('->', start + 2)) return this.#comment(start + 2, start + 2, start + 4)
    const found = html.indexOf('-->', start + 2)
    return found < 0
      ? this.#comment(start + 2, html.length, html.length)
      : this.#comment(start + 2, found, found + '-->'.length)
  }

  #bogus(start: number): TokenKind {
    const found = this.html.indexOf('>', start)
    const end = found < 0 ? this.html.length : found
    return this.#comment(start, end, end + 1)
  }

  #comment(start: number, end: number, after: number): TokenKind {
    this.start = Math.min(start, this.html.length)
    this.end = Math.min(end, this.html.length)
    this.#position = Math.min(after, this.html.length)
    return 'comment'
  }

  #readRaw(name: string): void {
    const { html } = this
    this.start = this.#position
    for (let found = html.indexOf('</', this.#position); found >= 0; found = html.indexOf('</', found + 2)) {
      const end = found + 2 + name.length
      if (html.slice(found + 2, end).toLowerCase() === name && !isNameCode(this.codes[end] ?? 0)) {
        this.end = found
        this.#position = found
        return
      }
    }
    this.end = html.length
    this.#position = html.length
  }

  readonly #record = (start: number, end: number, valueStart: number, valueEnd: number): void => {
    const { codes } = this
    switch (end - start) {
      case 2:
        if (this.idStart < 0 && isSame(codes, start, attributeNames.id, 2)) {
          this.idStart = valueStart
          this.idEnd = valueEnd
        }
        return
      case 4:
        if (this.hrefStart < 0 && isSame(codes, start, attributeNames.href, 4)) {
          this.hrefStart = valueStart
          this.hrefEnd = valueEnd
        } else if (isSame(codes, start, attributeNames.text, 4)) this.hasColours = true
        return
      case 5:
        if (this.styleStart < 0 && isSame(codes, start, attributeNames.style, 5)) {
          this.styleStart = valueStart
          this.styleEnd = valueEnd
        } else if (this.classStart < 0 && isSame(codes, start, attributeNames.class, 5)) {
          this.classStart = valueStart
          this.classEnd = valueEnd
        } else if (isSame(codes, start, attributeNames.color, 5)) this.hasColours = true
        return
      case 6:
        if (isSame(codes, start, attributeNames.hidden, 6)) this.isHiddenSet = true
        return
      case 7:
        if (isSame(codes, start, attributeNames.bgcolor, 7)) this.hasColours = true
        return
      case 10:
        if (isSame(codes, start, attributeNames.background, 10)) this.hasColours = true
        return
      default:
    }
  }

  /** Walks attributes from `from` and returns where the tag ends: at its `>`, or at `limit`. */
  #scan(
    from: number,
    limit: number,
    each: (nameStart: number, nameEnd: number, valueStart: number, valueEnd: number) => void,
  ): number {
    const { codes } = this
    let position = from
    while (position < limit) {
      const code = codes[position] ?? 0
      if (code === gt) return position
      if (code <= 32 || code === slash) {
        position++
        continue
      }
      const nameStart = position++
      while (position < limit && !endsName(codes[position] ?? 0)) position++
      const nameEnd = position
      while (position < limit && (codes[position] ?? 0) <= 32) position++
      if (codes[position] !== equals || position >= limit) {
        each(nameStart, nameEnd, nameEnd, nameEnd)
        continue
      }
      position++
      while (position < limit && (codes[position] ?? 0) <= 32) position++
      const quote = codes[position] ?? 0
      const close = quote === doubleQuote || quote === singleQuote ? this.#closingQuote(quote, position + 1) : none
      if (close >= 0 && close < limit) {
        each(nameStart, nameEnd, position + 1, close)
        position = close + 1
      } else {
        const valueStart = position
        while (position < limit && (codes[position] ?? 0) > 32 && codes[position] !== gt) position++
        each(nameStart, nameEnd, valueStart, position)
      }
    }
    return limit
  }

  #closingQuote(quote: number, from: number): number {
    if (quote === doubleQuote) {
      if (this.#noDoubleQuote) return none
      const found = this.html.indexOf('"', from)
      this.#noDoubleQuote = found < 0
      return found
    }
    if (this.#noSingleQuote) return none
    const found = this.html.indexOf("'", from)
    this.#noSingleQuote = found < 0
    return found
  }
}

const attributeNames = {
  id: codesOf('id'),
  href: codesOf('href'),
  text: codesOf('text'),
  style: codesOf('style'),
  class: codesOf('class'),
  color: codesOf('color'),
  hidden: codesOf('hidden'),
  bgcolor: codesOf('bgcolor'),
  background: codesOf('background'),
}

function endsName(code: number): boolean {
  return code <= 32 || code === equals || code === gt || code === slash
}

function isLetter(code: number): boolean {
  const lower = code | 32
  return lower >= 97 && lower <= 122
}

/** A tag's name goes up to a blank, a slash or the end; `o:p` and `h1` are names. */
function isNameCode(code: number): boolean {
  return code > 32 && code !== slash && code !== gt && code !== lt
}
