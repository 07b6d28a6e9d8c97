import { type Colour, colourOf, isUnreadable, transparentColour, unknownColour } from './colour.ts'
import { blockNames, type ElementInfo, elementNamed, paragraphs } from './elements.ts'
import { HiddenLog } from './hidden.ts'
import { type HiddenReason, mergedFacts, noFacts, type StyleFacts, StyleReader } from './style.ts'
import { Stylesheet } from './stylesheet.ts'
import { HtmlTokens } from './tokens.ts'

/** An open element: what it and those around it say of the text inside. */
export interface Frame {
  readonly element: ElementInfo
  /** Content that is never text: head, svg, template. */
  readonly isSkipped: boolean
  readonly hides: HiddenReason | undefined
  readonly isInvisible: boolean
  readonly isTiny: boolean
  readonly colour: Colour
  readonly background: Colour
}

/** Who is told of what is to be seen, in document order. */
export interface VisibleSink {
  /** Visible characters, entities not decoded yet. */
  text(start: number, end: number, codes: Uint16Array): void
  /** An element begins; a void one has no content and no end. `tokens` stands on its tag. */
  open(element: ElementInfo, tokens: HtmlTokens): void
  close(element: ElementInfo): void
}

const depthMax = 400
const scopeSearchMax = 64
const impliedSearchMax = 12

const page: Frame = {
  element: elementNamed(''),
  isSkipped: false,
  hides: undefined,
  isInvisible: false,
  isTiny: false,
  colour: 0x000000,
  background: 0xffffff,
}

/**
 * Walks HTML once and tells the sink what a person would see, in order; what is hidden goes to a log instead.
 * It keeps a stack of open elements as a browser does (implied ends, stray end tags passed over), never deeper than
 * `depthMax`, and each token costs a bounded number of steps.
 */
export function walkVisible(html: string, sink: VisibleSink): HiddenLog {
  return new VisibleWalk(html, sink).run()
}

class VisibleWalk {
  readonly #tokens: HtmlTokens
  readonly #sink: VisibleSink
  readonly #styles: StyleReader
  readonly #sheet = new Stylesheet()
  readonly #hidden = new HiddenLog()
  readonly #stack: Frame[] = []
  #top: Frame = page

  constructor(html: string, sink: VisibleSink) {
    this.#tokens = new HtmlTokens(html)
    this.#styles = new StyleReader(html, this.#tokens.codes)
    this.#sink = sink
  }

  run(): HiddenLog {
    const tokens = this.#tokens
    for (let kind = tokens.next(); kind !== 'end'; kind = tokens.next()) {
      switch (kind) {
        case 'text':
          this.#text(tokens.start, tokens.end)
          break
        case 'open':
          this.#open(tokens.element)
          break
        case 'close':
          this.#close(tokens.element)
          break
        case 'comment':
          this.#comment(tokens.start, tokens.end)
          break
        case 'raw':
          if (this.#top.element.name === 'style') this.#sheet.add(tokens.html.slice(tokens.start, tokens.end))
          else if (!this.#top.isSkipped) this.#text(tokens.start, tokens.end)
          break
      }
    }
    this.#popTo(0)
    return this.#hidden
  }

  #text(start: number, end: number): void {
    const top = this.#top
    if (top.isSkipped) return
    const reason = reasonOf(top)
    if (reason === undefined) this.#sink.text(start, end, this.#tokens.codes)
    else this.#hidden.add(reason, this.#tokens.html.slice(start, end))
    if (reason === undefined) this.#hidden.cut()
  }

  /** Conditional comments are Outlook's copy of the page; others hold notes, or text for whoever reads the source. */
  #comment(start: number, end: number): void {
    if (end - start < commentLengthMin || this.#top.isSkipped) return
    const text = this.#tokens.html.slice(start, end)
    if (/^\s*(?:\[if\b|<!\[|\[endif|doctype|\[CDATA)/i.test(text) || !/[\p{L}]/u.test(text.slice(0, 1000))) return
    this.#hidden.cut()
    this.#hidden.add('comment', text)
    this.#hidden.cut()
  }

  #open(element: ElementInfo): void {
    if (element.endsParagraph) this.#endOpen(paragraphs, blockNames)
    if (element.ends !== undefined && element.within !== undefined) this.#endOpen(element.ends, element.within)
    if (element.name === 'body' && this.#top.element.name === 'head') this.#popTo(this.#stack.length - 1)
    if (element.isVoid) {
      // Only an image has text of its own that could be hidden; the others follow what is around them.
      const place = element.name === 'img' ? this.#frame(element) : this.#top
      if (!place.isSkipped && reasonOf(place) === undefined) this.#sink.open(element, this.#tokens)
      return
    }
    const frame = this.#frame(element)
    // Deeper elements are read as if their tags were not there; their text is that of the deepest one kept.
    if (this.#stack.length >= depthMax) return
    this.#stack.push(frame)
    this.#top = frame
    if (!frame.isSkipped) this.#sink.open(element, this.#tokens)
  }

  /** Ends the nearest such element, unless a table cell stands between; a stray end tag is passed over. */
  #close(element: ElementInfo): void {
    const lowest = Math.max(0, this.#stack.length - scopeSearchMax)
    for (let index = this.#stack.length - 1; index >= lowest; index--) {
      const open = this.#stack[index]?.element
      if (open === undefined) return
      if (open.name === element.name) {
        this.#popTo(index)
        return
      }
      if (open.isScope && !element.isTable) return
    }
  }

  #endOpen(ends: ReadonlySet<string>, within: ReadonlySet<string>): void {
    const lowest = Math.max(0, this.#stack.length - impliedSearchMax)
    for (let index = this.#stack.length - 1; index >= lowest; index--) {
      const open = this.#stack[index]?.element
      if (open === undefined) return
      if (ends.has(open.name)) {
        this.#popTo(index)
        return
      }
      if (within.has(open.name)) return
    }
  }

  #popTo(length: number): void {
    while (this.#stack.length > length) {
      const frame = this.#stack.pop()
      if (frame !== undefined && !frame.isSkipped) this.#sink.close(frame.element)
    }
    this.#top = this.#stack.at(-1) ?? page
  }

  #frame(element: ElementInfo): Frame {
    const top = this.#top
    const facts = this.#facts(element)
    const isSkipped = top.isSkipped || element.isSkipped
    const background = facts.background ?? transparentColour
    return {
      element,
      isSkipped,
      hides: top.hides ?? facts.hides,
      isInvisible: facts.visible === undefined ? top.isInvisible : !facts.visible,
      isTiny: facts.tinyFont ?? top.isTiny,
      colour: facts.colour ?? top.colour,
      background: background === transparentColour ? top.background : background,
    }
  }

  #facts(element: ElementInfo): StyleFacts {
    const tokens = this.#tokens
    const { html } = tokens
    let facts = noFacts
    if (!this.#sheet.isEmpty) {
      const classes = tokens.classStart < 0 ? '' : html.slice(tokens.classStart, tokens.classEnd)
      const id = tokens.idStart < 0 ? '' : html.slice(tokens.idStart, tokens.idEnd)
      facts = this.#sheet.of(element.name, classes, id)
    }
    if (element.isColoured) facts = mergedFacts(this.#attributeColours(element.name), facts)
    if (tokens.styleEnd > tokens.styleStart) {
      facts = mergedFacts(facts, this.#styles.read(tokens.styleStart, tokens.styleEnd))
    }
    return tokens.isHiddenSet ? mergedFacts(facts, hiddenFacts) : facts
  }

  #attributeColours(name: string): StyleFacts {
    const tokens = this.#tokens
    if (!tokens.hasColours) return noFacts
    const text = name === 'font' ? tokens.attribute('color') : name === 'body' ? tokens.attribute('text') : undefined
    const background = name === 'font' ? undefined : tokens.attribute('bgcolor')
    const image = name === 'font' ? undefined : tokens.attribute('background')
    return {
      ...noFacts,
      colour: text === undefined ? undefined : colourOf(text.toLowerCase()),
      background: image ? unknownColour : background === undefined ? undefined : colourOf(background.toLowerCase()),
    }
  }
}

const hiddenFacts: StyleFacts = { ...noFacts, hides: 'display_none' }
const commentLengthMin = 3

function reasonOf(frame: Frame): HiddenReason | undefined {
  if (frame.hides !== undefined) return frame.hides
  if (frame.isInvisible) return 'visibility_hidden'
  if (frame.isTiny) return 'tiny_font'
  if (!isUnreadable(frame.colour, frame.background)) return undefined
  return frame.colour === transparentColour ? 'transparent' : 'same_colour'
}
