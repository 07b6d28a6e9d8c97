import type { ElementInfo } from './elements.ts'
import { decodeEntities } from './entities.ts'
import type { HiddenFacts } from './hidden.ts'
import type { HtmlTokens } from './tokens.ts'
import { type VisibleSink, walkVisible } from './visible.ts'

export interface IndexText {
  /** What a person sees, a line a block or cell. */
  readonly text: string
  readonly links: number
  /** Where an anchor that speaks of unsubscribing leads: http, https or mailto. */
  readonly unsubscribeLink: string | null
  readonly hidden: HiddenFacts
}

/** Reduces HTML to the words that an index needs, in one pass. */
export function indexText(html: string): IndexText {
  const sink = new IndexSink(html)
  const hidden = walkVisible(html, sink)
  return { text: sink.finished(), links: sink.links, unsubscribeLink: sink.unsubscribeLink(), hidden: hidden.facts }
}

const linkTextMax = 200
const linkLengthMax = 4000
/** The way out stands at the end, sometimes at the beginning. */
const firstLinksMax = 3
const lastLinksMax = 20

interface Link {
  readonly href: string
  /** Pieces of text from here on, up to `end`. */
  readonly start: number
  end: number
}

class IndexSink implements VisibleSink {
  links = 0
  readonly #html: string
  readonly #pieces: string[] = []
  readonly #first: Link[] = []
  readonly #last: Link[] = []
  #link: Link | undefined
  #isSeparated = true

  constructor(html: string) {
    this.#html = html
  }

  text(start: number, end: number, codes: Uint16Array): void {
    let first = start
    let last = end
    while (first < last && (codes[first] ?? 0) <= 32) first++
    while (first < last && (codes[last - 1] ?? 0) <= 32) last--
    if (first > start) this.#separate(' ')
    if (first === last) return
    this.#pieces.push(onOneLine(this.#html.slice(first, last)))
    this.#isSeparated = false
    if (last < end) this.#separate(' ')
  }

  open(element: ElementInfo, tokens: HtmlTokens): void {
    if (element.isBlock || element.name === 'br') this.#separate('\n')
    else if (element.name === 'a') this.#openLink(tokens)
    else if (element.name === 'img') {
      const alt = tokens.attribute('alt')
      if (alt === undefined || alt === '') return
      this.#pieces.push(' ', alt)
      this.#isSeparated = false
      this.#separate(' ')
    }
  }

  close(element: ElementInfo): void {
    if (element.isBlock) this.#separate('\n')
    else if (element.name === 'a' && this.#link !== undefined) {
      this.#link.end = this.#pieces.length
      this.#link = undefined
    }
  }

  finished(): string {
    return decodeEntities(this.#pieces.join('')).trim()
  }

  #separate(by: string): void {
    if (this.#isSeparated) return
    this.#pieces.push(by)
    this.#isSeparated = true
  }

  unsubscribeLink(): string | null {
    for (const link of [...this.#last.toReversed(), ...this.#first]) {
      const href = decodeEntities(link.href).trim()
      if (!/^(?:https?:\/\/|mailto:)/i.test(href)) continue
      const text = decodeEntities(this.#pieces.slice(link.start, link.end).join('').slice(0, linkTextMax))
      if (speaksOfLeaving.test(text) || leavingUrl.test(href)) return href.replace(/[\s\x00-\x1f\x7f]+/g, '')
    }
    return null
  }

  #openLink(tokens: HtmlTokens): void {
    if (tokens.hrefStart < 0) return
    this.links++
    const href = this.#html.slice(tokens.hrefStart, Math.min(tokens.hrefEnd, tokens.hrefStart + linkLengthMax))
    this.#link = { href, start: this.#pieces.length, end: this.#pieces.length }
    if (this.links <= firstLinksMax) this.#first.push(this.#link)
    else {
      this.#last.push(this.#link)
      if (this.#last.length > lastLinksMax) this.#last.shift()
    }
  }
}

/** Line breaks of the source are blanks. Replacing single characters is several times as fast as matching runs. */
function onOneLine(text: string): string {
  if (!text.includes('\n')) return text
  const line = text.replaceAll('\r', '').replaceAll('\n', ' ')
  return line.includes('  ') ? line.replace(/ {2,}/g, ' ') : line
}

/** How bulk senders name the way out, in the languages that most mail is written in. */
const speaksOfLeaving =
  /unsubscribe|opt[ -]?out|manage (?:your )?(?:email )?preferences|abmelden|abbestellen|austragen|d[ée]sabonn|d[ée]sinscri|darse de baja|dar de baja|cancelar (?:la )?suscripci|desuscrib|disiscri|annulla(?:re)? l.iscrizione|cancella(?:re)? l.iscrizione|cancelar (?:a )?(?:inscri|assinatura|subscri)|descadastr|afmelden|uitschrijven|avregistrera|avprenumerera|avsluta prenumeration|afmeld|meld deg av|avmeld|peru(?:uta)? tilau|отписаться|отказаться от рассылки|відписатися|wypisz|zrezygnuj z subskrypcji|odhl[áa]sit|leiratkoz|dezabon|aboneli[kğ]|配信停止|購読解除|メール配信の停止|退订|取消订阅|退訂|取消訂閱|수신\s?거부|구독\s?취소|إلغاء الاشتراك|הסר(?:ה)? מרשימת/i
const leavingUrl = /unsubscri|[/?&=_.-](?:optout|opt-out|unsub|desuscri|abmeld)/i
