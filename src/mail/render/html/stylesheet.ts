import { unknownColour } from './colour.ts'
import { mergedFacts, noFacts, readStyle, type StyleFacts, withoutComments } from './style.ts'

const sheetLengthMax = 256 * 1024
const rulesMax = 2000

/**
 * What the style elements of a message say about visibility, by the class, id or element that a rule names.
 * Only rules that hold on every screen and name one thing count as hiding; what a longer selector says of colours
 * makes them unknown. The aim is to see what was hidden on purpose, not to be a browser.
 */
export class Stylesheet {
  readonly #rules = new Map<string, StyleFacts>()

  get isEmpty(): boolean {
    return this.#rules.size === 0
  }

  add(css: string): void {
    const text = withoutComments(css.slice(0, sheetLengthMax)).replaceAll('<!--', '').replaceAll('-->', '')
    let position = 0
    while (this.#rules.size < rulesMax) {
      const open = text.indexOf('{', position)
      if (open < 0) return
      const selectors = text.slice(position, open).split(';').at(-1)?.trim() ?? ''
      if (selectors.startsWith('@')) {
        position = /^@(?:media|supports|document|layer|container)/i.test(selectors)
          ? afterBlock(text, open)
          : after(text, '}', open)
        continue
      }
      const close = text.indexOf('}', open)
      const body = text.slice(open + 1, close < 0 ? text.length : close)
      this.#addRule(selectors, readStyle(body))
      if (close < 0) return
      position = close + 1
    }
  }

  /** Facts of the rules that fit an element, later names over earlier ones. */
  of(name: string, classes: string, id: string): StyleFacts {
    let facts = this.#rules.get(name) ?? noFacts
    if (classes !== '') {
      for (const each of classes.trim().split(/\s+/, classesMax)) facts = this.#and(facts, `.${each}`)
    }
    return id === '' ? facts : this.#and(facts, `#${id}`)
  }

  #and(facts: StyleFacts, key: string): StyleFacts {
    const more = this.#rules.get(key)
    return more === undefined ? facts : mergedFacts(facts, more)
  }

  #addRule(selectors: string, facts: StyleFacts): void {
    if (facts === noFacts) return
    for (const selector of selectors.split(',', selectorsMax)) {
      if (selector.length > selectorLengthMax) continue
      const parts = selector.trim().split(/[\s>+~]+/)
      const last = (parts.at(-1) ?? '').replace(/::?[a-z-]+(?:\([^)]*\))?/gi, '')
      const match = /^([a-z][a-z0-9]*)?([.#][A-Za-z0-9_-]+)?$/i.exec(last)
      if (match === null || last === '') continue
      const key = match[2] ?? (match[1] ?? '').toLowerCase()
      const isPlain =
        parts.length === 1 && (match[1] === undefined || match[2] === undefined) && !selector.includes(':')
      this.#rules.set(key, this.#and(isPlain ? facts : onlyColours(facts), key))
    }
  }
}

const classesMax = 20
const selectorsMax = 100
const selectorLengthMax = 200

function onlyColours(facts: StyleFacts): StyleFacts {
  return {
    ...noFacts,
    colour: facts.colour === undefined ? undefined : unknownColour,
    background: facts.background === undefined ? undefined : unknownColour,
  }
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from)
  return found < 0 ? text.length : found + 1
}

function afterBlock(text: string, open: number): number {
  let depth = 0
  for (let position = open; position < text.length; position++) {
    const code = text.charCodeAt(position)
    if (code === 0x7b) depth++
    else if (code === 0x7d && --depth === 0) return position + 1
  }
  return text.length
}
