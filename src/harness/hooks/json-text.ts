/**
 * Changes to the text of a JSON file that leave every other byte where it is: order of keys, indentation and blank
 * lines are its owner's. Texts must have passed `JSON.parse`, which refuses more than this looks at.
 */
export type JsonNode = JsonObject | JsonArray | JsonScalar

export interface JsonObject {
  readonly kind: 'object'
  readonly start: number
  readonly end: number
  readonly members: readonly Member[]
}

export interface JsonArray {
  readonly kind: 'array'
  readonly start: number
  readonly end: number
  readonly items: readonly JsonNode[]
}

export interface JsonScalar {
  readonly kind: 'scalar'
  readonly start: number
  readonly end: number
}

export interface Member {
  readonly key: string
  readonly start: number
  readonly end: number
  readonly value: JsonNode
}

const depthMax = 200

/** Where everything stands. Undefined for what is nested too deeply. */
export function scanJson(text: string): JsonNode | undefined {
  return new Scanner(text).document()
}

/** The value of a key; `undefined` when there is none, `'repeated'` when nobody can say which counts. */
export function memberOf({ members }: JsonObject, key: string): Member | undefined | 'repeated' {
  const found = members.filter(member => member.key === key)
  return found.length > 1 ? 'repeated' : found[0]
}

/** Adds a child behind the others of an object or array. `child` is JSON of one line or of several, not indented. */
export function appendChild(text: string, parent: JsonObject | JsonArray, child: string): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  const outer = indentationAt(text, parent.start)
  const unit = /\n([ \t]+)"/.exec(text)?.[1] ?? '  '
  const inner = outer + unit
  const lines = child
    .split('\n')
    .map(line => inner + line.replace(/^(?: {2})+/, spaces => unit.repeat(spaces.length / 2)))
  const last = childrenOf(parent).at(-1)
  if (last !== undefined) return spliced(text, last.end, last.end, `,${lineEnd}${lines.join(lineEnd)}`)
  return spliced(text, parent.start + 1, parent.end - 1, `${lineEnd}${lines.join(lineEnd)}${lineEnd}${outer}`)
}

/** Takes a child out, with the comma that was its own. */
export function removeChild(text: string, parent: JsonObject | JsonArray, index: number): string {
  const children = childrenOf(parent)
  const [before, child, after] = [children[index - 1], children[index], children[index + 1]]
  if (child === undefined) throw new RangeError('no such child')
  if (before !== undefined) return spliced(text, before.end, child.end, '')
  if (after !== undefined) return spliced(text, child.start, after.start, '')
  return spliced(text, parent.start + 1, parent.end - 1, '')
}

function childrenOf(parent: JsonObject | JsonArray): readonly { readonly start: number; readonly end: number }[] {
  return parent.kind === 'object' ? parent.members : parent.items
}

function spliced(text: string, start: number, end: number, by: string): string {
  return text.slice(0, start) + by + text.slice(end)
}

/** Of the line on which something stands. */
function indentationAt(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1
  return /^[ \t]*/.exec(text.slice(start, at))?.[0] ?? ''
}

class Scanner {
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): JsonNode | undefined {
    this.#skip(/[\s\ufeff]/)
    return this.#value()
  }

  #value(): JsonNode | undefined {
    const sign = this.#text[this.#at]
    if (sign === '{' || sign === '[') {
      if (++this.#depth > depthMax) return undefined
      const node = sign === '{' ? this.#object() : this.#array()
      this.#depth--
      return node
    }
    const start = this.#at
    if (sign === '"') this.#string()
    else this.#skip(/[^\s,\]}]/)
    return { kind: 'scalar', start, end: this.#at }
  }

  #object(): JsonObject | undefined {
    const start = this.#at++
    const members: Member[] = []
    for (;;) {
      this.#skip(/[\s,]/)
      if (this.#text[this.#at] === '}') return { kind: 'object', start, end: ++this.#at, members }
      const keyStart = this.#at
      const key = this.#string()
      this.#skip(/[\s:]/)
      const value = this.#value()
      if (value === undefined) return undefined
      members.push({ key, start: keyStart, end: value.end, value })
    }
  }

  #array(): JsonArray | undefined {
    const start = this.#at++
    const items: JsonNode[] = []
    for (;;) {
      this.#skip(/[\s,]/)
      if (this.#text[this.#at] === ']') return { kind: 'array', start, end: ++this.#at, items }
      const item = this.#value()
      if (item === undefined) return undefined
      items.push(item)
    }
  }

  #string(): string {
    const start = this.#at++
    while (this.#text[this.#at] !== '"') {
      if (this.#at >= this.#text.length) throw new Error('the text has not passed JSON.parse')
      this.#at += this.#text[this.#at] === '\\' ? 2 : 1
    }
    this.#at++
    return String(JSON.parse(this.#text.slice(start, this.#at)))
  }

  #skip(signs: RegExp): void {
    while (this.#at < this.#text.length && signs.test(this.#text.charAt(this.#at))) this.#at++
  }
}
