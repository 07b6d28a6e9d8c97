import { fenceFor, isShortRow, surrounded, textOf } from './inline.ts'
import { destinationOf, LinkList, type LinkStyle } from './links.ts'
import { escapeMarkdown } from './markdown.ts'
import { isQuoteElement, startsQuote } from './quote-elements.ts'
import { dataTableLines } from './table.ts'
import { cellsOf, type HtmlElement, type HtmlNode, isDataTable } from './tree.ts'
import { BlockWriter, type RenderedLine } from './writer.ts'

export interface RenderStyle {
  readonly mode: 'plain' | 'markdown'
  readonly links: LinkStyle
  /** Columns to wrap at; 0 leaves paragraphs on one line. */
  readonly width: number
  readonly charsMax: number
}

export interface Rendering {
  readonly lines: readonly RenderedLine[]
  /** Destinations in order of their first use. */
  readonly links: readonly string[]
  /** Images that would have to be fetched from a server to be seen; none is. */
  readonly remoteImages: number
  readonly isCut: boolean
}

export function renderTree(root: HtmlElement, style: RenderStyle): Rendering {
  return new Renderer(style).run(root)
}

const headings = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'])
const withMargin = new Set([
  'p',
  'blockquote',
  'pre',
  'hr',
  'ul',
  'ol',
  'dl',
  'table',
  'form',
  'fieldset',
  'figure',
  ...headings,
])
const strong = new Set(['b', 'strong'])
const emphasis = new Set(['i', 'em', 'cite'])

/** One walk over the tree. Recursion is as deep as the tree, which the reading of it bounds. */
class Renderer {
  readonly #style: RenderStyle
  readonly #writer: BlockWriter
  readonly #links: LinkList
  readonly #lists: { ordered: boolean; next: number }[] = []
  #remoteImages = 0
  /** Marks that are open, so that none is put inside of itself. */
  #isStrong = false
  #isEmphasised = false
  #isHeading = false
  #link: string | undefined

  constructor(style: RenderStyle) {
    this.#style = style
    this.#writer = new BlockWriter(style.width, style.charsMax)
    this.#links = new LinkList(style.mode, style.links)
  }

  run(root: HtmlElement): Rendering {
    this.#children(root)
    const lines = this.#writer.finish()
    const links = this.#links.all
    if (this.#style.links === 'references' && links.length > 0) {
      lines.push({ text: '', quoted: false })
      links.forEach((link, index) => {
        lines.push({ text: `[${index + 1}] ${link}`, quoted: false })
      })
    }
    return { lines, links, remoteImages: this.#remoteImages, isCut: this.#writer.isCut }
  }

  #children(element: HtmlElement): void {
    for (const child of element.children) this.#node(child)
  }

  #node(node: HtmlNode): void {
    if (typeof node === 'string') {
      this.#text(node)
      return
    }
    // Outlook writes no container: from its header block on, everything is what it answers.
    if (startsQuote(node)) {
      this.#writer.endBlock(false)
      this.#writer.quoted = true
    }
    const isQuote = !this.#writer.quoted && isQuoteElement(node)
    if (isQuote) {
      this.#writer.endBlock(false)
      this.#writer.quoted = true
    }
    this.#element(node)
    if (isQuote) {
      this.#writer.endBlock(false)
      this.#writer.quoted = false
    }
  }

  #text(text: string): void {
    const collapsed = text.replace(/[ \t\r\n\f]+/g, ' ')
    this.#writer.text(this.#style.mode === 'markdown' ? escapeMarkdown(collapsed) : collapsed)
  }

  #element(element: HtmlElement): void {
    const { name, isBlock } = element.info
    if (name === 'br') this.#writer.lineBreak()
    else if (name === 'img') this.#image(element)
    else if (name === 'a') this.#anchor(element)
    else if (name === 'input') this.#input(element)
    else if (strong.has(name) && !this.#isStrong && !this.#isHeading) this.#marked(element, '**')
    else if (emphasis.has(name) && !this.#isEmphasised) this.#marked(element, '*')
    else if (name === 'code' && this.#style.mode === 'markdown') this.#code(element)
    else if (isBlock) this.#block(element)
    else this.#children(element)
  }

  #block(element: HtmlElement): void {
    const { name } = element.info
    const hasMargin = withMargin.has(name) && !(name === 'table' && !isDataTable(element)) && !this.#isNestedList(name)
    this.#writer.endBlock(hasMargin)
    if (headings.has(name)) this.#heading(element)
    else if (name === 'hr') this.#writer.verbatim(['---'])
    else if (name === 'pre') this.#preformatted(element)
    else if (name === 'blockquote') this.#indented(element, '> ')
    else if (name === 'ul' || name === 'ol' || name === 'menu' || name === 'dir') this.#list(element)
    else if (name === 'li') this.#item(element)
    else if (name === 'dd') this.#indented(element, '  ')
    else if (name === 'table' && isDataTable(element)) this.#table(element)
    else if (name === 'tr' && isShortRow(element)) this.#shortRow(element)
    else this.#children(element)
    this.#writer.endBlock(hasMargin)
  }

  #isNestedList(name: string): boolean {
    return (name === 'ul' || name === 'ol') && this.#lists.length > 0
  }

  #heading(element: HtmlElement): void {
    const isOuter = this.#isHeading
    this.#isHeading = true
    const place = this.#writer.place
    this.#children(element)
    this.#isHeading = isOuter
    if (this.#style.mode === 'plain' || isOuter) return
    const mark = '#'.repeat(Number(element.info.name.slice(1)))
    this.#writer.wrap(place, text => {
      const line = text.replace(/\s+/g, ' ').trim()
      return line === '' ? '' : `${mark} ${line}`
    })
  }

  #indented(element: HtmlElement, prefix: string): void {
    this.#writer.pushPrefix(prefix)
    this.#children(element)
    this.#writer.endBlock(false)
    this.#writer.popPrefix()
  }

  #list(element: HtmlElement): void {
    const start = Number.parseInt(element.attributes.get('start') ?? '1', 10)
    this.#lists.push({ ordered: element.info.name === 'ol', next: Number.isSafeInteger(start) ? start : 1 })
    this.#children(element)
    this.#writer.endBlock(false)
    this.#lists.pop()
  }

  #item(element: HtmlElement): void {
    const list = this.#lists.at(-1)
    const mark = list?.ordered === true ? `${list.next++}. ` : '- '
    this.#writer.pushPrefix(' '.repeat(mark.length), mark)
    this.#children(element)
    this.#writer.endBlock(false)
    this.#writer.popPrefix()
  }

  #preformatted(element: HtmlElement): void {
    const lines = textOf(element)
      .replace(/\r\n?/g, '\n')
      .replace(/^\n|\n$/g, '')
      .split('\n')
    const fence = this.#style.mode === 'markdown' ? fenceFor(lines) : undefined
    this.#writer.verbatim(fence === undefined ? lines : [fence, ...lines, fence])
  }

  #code(element: HtmlElement): void {
    const text = textOf(element).replace(/\s+/g, ' ').trim()
    if (text === '') return
    const fence = text.includes('`') ? '``' : '`'
    this.#writer.text(text.includes('``') ? escapeMarkdown(text) : `${fence}${text}${fence}`)
  }

  #table(element: HtmlElement): void {
    const cell = (node: HtmlElement): string => this.#oneLine(node)
    this.#writer.verbatim(dataTableLines(element, cell, this.#style.mode))
  }

  /** A row of short cells reads as one line: `Total:  12 €`. */
  #shortRow(element: HtmlElement): void {
    const cells = cellsOf(element)
    cells.forEach((cell, index) => {
      if (index > 0) this.#writer.text(' ')
      this.#children(cell)
    })
  }

  /** The content of a table cell, links and all, on one line. */
  #oneLine(element: HtmlElement): string {
    const place = this.#writer.place
    let text = ''
    this.#inline(element)
    this.#writer.wrap(place, inside => {
      text = inside.replace(/\s+/g, ' ').trim()
      return ''
    })
    return text
  }

  #inline(element: HtmlElement): void {
    for (const child of element.children) {
      if (typeof child === 'string') this.#text(child)
      else if (child.info.isBlock || child.info.name === 'br') {
        this.#writer.text(' ')
        this.#inline(child)
        this.#writer.text(' ')
      } else if (child.hasBlock) this.#inline(child)
      else this.#element(child)
    }
  }

  #marked(element: HtmlElement, mark: '*' | '**'): void {
    const isStrong = mark === '**'
    if (this.#style.mode === 'plain' || element.hasBlock) {
      this.#children(element)
      return
    }
    if (isStrong) this.#isStrong = true
    else this.#isEmphasised = true
    const place = this.#writer.place
    this.#children(element)
    this.#writer.wrap(place, text => surrounded(text, mark))
    if (isStrong) this.#isStrong = false
    else this.#isEmphasised = false
  }

  #anchor(element: HtmlElement): void {
    const destination = destinationOf(element.attributes.get('href'))
    if (destination === undefined || this.#link !== undefined || element.hasBlock) {
      if (destination !== undefined) this.#links.remember(destination)
      this.#children(element)
      return
    }
    this.#link = destination
    const place = this.#writer.place
    this.#children(element)
    this.#link = undefined
    this.#writer.wrap(place, text => this.#links.shown(text, destination))
  }

  #image(element: HtmlElement): void {
    if (/^\s*(?:https?:)?\/\//i.test(element.attributes.get('src') ?? '')) this.#remoteImages++
    const alt = (element.attributes.get('alt') ?? '').replace(/\s+/g, ' ').trim()
    if (alt !== '') this.#writer.text(`[${this.#style.mode === 'markdown' ? escapeMarkdown(alt) : alt}]`)
  }

  #input(element: HtmlElement): void {
    if (!/^(?:submit|button|reset)$/i.test(element.attributes.get('type') ?? '')) return
    this.#text(` ${element.attributes.get('value') ?? ''} `)
  }
}
