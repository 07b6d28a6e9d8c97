/** How links are shown: behind their text, as a list of references at the end, by their host only, or not at all. */
export type LinkStyle = 'inline' | 'references' | 'host' | 'none'

const linksMax = 2000

/** The links of one rendering, numbered in order of their first use. */
export class LinkList {
  readonly #mode: 'plain' | 'markdown'
  readonly #style: LinkStyle
  readonly #numbers = new Map<string, number>()

  constructor(mode: 'plain' | 'markdown', style: LinkStyle) {
    this.#mode = mode
    this.#style = style
  }

  get all(): string[] {
    return [...this.#numbers.keys()]
  }

  /** Its number; undefined beyond the limit. */
  remember(destination: string): number | undefined {
    const known = this.#numbers.get(destination)
    if (known !== undefined) return known
    if (this.#numbers.size >= linksMax) return undefined
    this.#numbers.set(destination, this.#numbers.size + 1)
    return this.#numbers.size
  }

  /** The text of a link with its destination, as the style wants it. Blanks around the text stay outside. */
  shown(text: string, destination: string): string {
    const inside = text.trim()
    if (inside === '') return text
    const number = this.remember(destination)
    if (this.#style === 'none' || sameAddress(inside, destination)) return text
    const after = text.slice(text.trimEnd().length)
    const before = text.slice(0, text.length - text.trimStart().length)
    return before + this.#withDestination(inside, destination, number) + after
  }

  #withDestination(inside: string, destination: string, number: number | undefined): string {
    if (this.#style === 'host') return `${inside} (${hostOf(destination)})`
    if (this.#style === 'references') return number === undefined ? inside : `${inside} [${number}]`
    if (this.#mode === 'plain') return `${inside} <${destination}>`
    return `[${inside.replace(/\n+/g, ' ')}](${destination})`
  }
}

const destinationLengthMax = 2000

/**
 * The destination of a link if it may be shown as one: http, https, mailto or tel, with nothing in it that could end
 * the link or a line early. Anything else (javascript, data, file, a fragment) is no destination.
 */
export function destinationOf(href: string | undefined): string | undefined {
  const trimmed = (href ?? '').replace(/[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/g, '')
  if (trimmed.length > destinationLengthMax || !/^(?:https?:\/\/|mailto:|tel:)./i.test(trimmed)) return undefined
  return trimmed.replace(/[()<>\\"'`[\]]/g, character => encodeURIComponent(character).replace(/[()']/g, percent))
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/** Whether the text of a link is its destination: then the destination is not repeated. */
export function sameAddress(text: string, destination: string): boolean {
  const plain = (value: string): string =>
    value
      .replace(/^(?:https?:\/\/|mailto:|tel:)/i, '')
      .replace(/\/$/, '')
      .toLowerCase()
  return plain(text.replace(/\\(.)/g, '$1')) === plain(destination)
}

/** Who a link leads to, in the form in which look-alikes show: punycode for foreign letters. */
export function hostOf(destination: string): string {
  const mail = /^mailto:(?:[^@?]*@)?([^?]*)/i.exec(destination)
  if (mail !== null) return mail[1] ?? ''
  try {
    return new URL(destination).host
  } catch {
    return 'no valid address'
  }
}
