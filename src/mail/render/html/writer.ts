import { displayWidth } from '#base/display-width.ts'

/** A line of a rendering. */
export interface RenderedLine {
  text: string
  /** Stands inside of something that the sender quoted. */
  readonly quoted: boolean
}

const prefixesMax = 12

/**
 * Lays out text: paragraphs, line breaks, margins between blocks, prefixes of quotes and lists. Everything is written
 * once, in order, so that deep nesting costs nothing but its prefixes, and of those only the first few are kept.
 */
export class BlockWriter {
  readonly #lines: RenderedLine[] = []
  readonly #width: number
  readonly #prefixes: string[] = []
  #skippedPrefixes = 0
  /** What stands in place of the innermost prefix on its first line: the mark of a list item. */
  #mark: { text: string; depth: number } | undefined
  #pieces: string[] = []
  /** A blank line is owed before the next text, inside of so many prefixes; -1 when none is. */
  #gap = -1
  #charsLeft: number
  quoted = false
  isCut = false

  constructor(width: number, charsMax: number) {
    this.#width = width
    this.#charsLeft = charsMax
  }

  /** Adds to the paragraph; white space collapses when it ends. */
  text(text: string): void {
    this.#pieces.push(text)
  }

  /** Where the paragraph stands, for `wrap`. */
  get place(): number {
    return this.#pieces.length
  }

  /** Replaces what was added since `place`. */
  wrap(place: number, change: (text: string) => string): void {
    const inside = this.#pieces.slice(place).join('')
    this.#pieces.length = Math.min(place, this.#pieces.length)
    this.#pieces.push(change(inside))
  }

  lineBreak(): void {
    this.#pieces.push('\n')
  }

  /** Ends the paragraph. `margin`: a blank line follows before whatever comes next. */
  endBlock(margin: boolean): void {
    const text = this.#pieces.join('')
    this.#pieces = []
    const lines = text.split('\n').map(line => line.replace(/[ \t\r\f]+/g, ' ').trim())
    while (lines.at(-1) === '') lines.pop()
    while (lines[0] === '') lines.shift()
    if (lines.length > 0) this.#emit(lines.flatMap(line => this.#wrapped(line)))
    if (margin) this.margin()
  }

  margin(): void {
    if (this.#lines.length > 0 && this.#gap < 0) this.#gap = this.#prefixes.length
  }

  /** Lines that are written as they are: code, rules, tables. */
  verbatim(lines: readonly string[]): void {
    this.endBlock(false)
    this.#emit(lines)
  }

  pushPrefix(prefix: string, mark?: string): void {
    if (this.#prefixes.length >= prefixesMax) {
      this.#skippedPrefixes++
      return
    }
    this.#prefixes.push(prefix)
    if (mark !== undefined) this.#mark = { text: mark, depth: this.#prefixes.length }
  }

  popPrefix(): void {
    if (this.#skippedPrefixes > 0) {
      this.#skippedPrefixes--
      return
    }
    if (this.#mark?.depth === this.#prefixes.length) this.#mark = undefined
    this.#prefixes.pop()
    this.#gap = Math.min(this.#gap, this.#prefixes.length)
  }

  finish(): RenderedLine[] {
    this.endBlock(false)
    return this.#lines
  }

  #emit(lines: readonly string[]): void {
    if (this.#gap >= 0) this.#push('', this.#prefixes.slice(0, this.#gap).join(''))
    this.#gap = -1
    for (const line of lines) {
      const mark = this.#mark
      this.#mark = undefined
      const rest = this.#prefixes.join('')
      const prefix = mark === undefined ? rest : this.#prefixes.slice(0, mark.depth - 1).join('') + mark.text
      this.#push(line, prefix)
    }
  }

  #push(line: string, prefix: string): void {
    const text = line === '' ? prefix.trimEnd() : prefix + line
    this.#charsLeft -= text.length + 1
    if (this.#charsLeft < 0) {
      this.isCut = true
      return
    }
    this.#lines.push({ text, quoted: this.quoted })
  }

  #wrapped(line: string): string[] {
    if (this.#width <= 0) return [line]
    const width = Math.max(wrapMin, this.#width - this.#prefixes.join('').length)
    if (line.length <= width && displayWidth(line) <= width) return [line]
    const lines: string[] = []
    let current: string[] = []
    let length = 0
    for (const word of line.split(' ')) {
      const wordWidth = displayWidth(word)
      if (length > 0 && length + 1 + wordWidth > width) {
        lines.push(current.join(' '))
        current = []
        length = 0
      }
      current.push(word)
      length += wordWidth + (length > 0 ? 1 : 0)
    }
    lines.push(current.join(' '))
    return lines
  }
}

const wrapMin = 20
