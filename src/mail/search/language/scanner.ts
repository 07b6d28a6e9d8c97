import { isOperator } from './operators.ts'

export type Token =
  | {
      readonly kind: 'word' | 'phrase'
      readonly text: string
      readonly start: number
      readonly end: number
      readonly isOpen?: boolean
    }
  | { readonly kind: 'operator'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: Sign; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'end'; readonly text: ''; readonly start: number; readonly end: number }

export type Sign = '(' | ')' | '{' | '}' | '-' | 'AND' | 'OR' | 'NOT' | 'AROUND'

const blank = /\s/u
const endsWord = /[\s(){}"“”|]/u
const quotes = /["“”]/u

/** Splits a query as the parser asks for it: what a colon means depends on what stands before it. */
export class Scanner {
  readonly text: string
  #at = 0

  constructor(text: string) {
    this.text = text
  }

  /** A token where a term may begin. */
  next(): Token {
    this.#skipBlanks()
    const start = this.#at
    const character = this.text.charAt(start)
    if (character === '') return { kind: 'end', text: '', start, end: start }
    if (character === '(' || character === ')' || character === '{' || character === '}')
      return this.#sign(character, 1)
    if (character === '|') return this.#sign('OR', 1)
    if (quotes.test(character)) return this.#phrase()
    if (character === '-' && !this.#isBlankAt(start + 1)) return this.#sign('-', 1)
    const word = this.#word()
    const colon = word.indexOf(':')
    if (colon > 0 && isOperator(word.slice(0, colon))) {
      this.#at = start + colon + 1
      return { kind: 'operator', text: word.slice(0, colon).toLowerCase(), start, end: this.#at }
    }
    if (word === 'AND' || word === 'OR' || word === 'NOT' || word === 'AROUND') {
      return { kind: word, text: word, start, end: this.#at }
    }
    return { kind: 'word', text: word, start, end: this.#at }
  }

  /** A token where an operator's value is due: a colon or a leading sign is part of it, unless blanks come between. */
  nextValue(): Token {
    if (this.#isBlankAt(this.#at)) return this.next()
    const start = this.#at
    const character = this.text.charAt(start)
    if (character === '(' || quotes.test(character) || endsWord.test(character)) return this.next()
    return { kind: 'word', text: this.#word(), start, end: this.#at }
  }

  /** Takes a token back. */
  rewind(token: Token): void {
    this.#at = token.start
  }

  #sign(kind: Sign, length: number): Token {
    const start = this.#at
    this.#at += length
    return { kind, text: this.text.slice(start, this.#at), start, end: this.#at }
  }

  #phrase(): Token {
    const start = this.#at++
    let text = ''
    for (;;) {
      const character = this.text.charAt(this.#at)
      if (character === '') return { kind: 'phrase', text, start, end: this.#at, isOpen: true }
      this.#at++
      if (quotes.test(character)) return { kind: 'phrase', text, start, end: this.#at }
      const escaped = this.text.charAt(this.#at)
      if (character === '\\' && (escaped === '"' || escaped === '\\')) {
        text += escaped
        this.#at++
      } else text += character
    }
  }

  #word(): string {
    const start = this.#at
    while (this.#at < this.text.length && !endsWord.test(this.text.charAt(this.#at))) this.#at++
    return this.text.slice(start, this.#at)
  }

  #skipBlanks(): void {
    while (this.#at < this.text.length && this.#isBlankAt(this.#at)) this.#at++
  }

  #isBlankAt(at: number): boolean {
    const character = this.text.charAt(at)
    return character === '' || blank.test(character)
  }
}
