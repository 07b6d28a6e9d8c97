import { type ElementInfo, elementNamed } from './elements.ts'
import { decodeEntities } from './entities.ts'
import type { HiddenFacts } from './hidden.ts'
import type { HtmlTokens } from './tokens.ts'
import { type VisibleSink, walkVisible } from './visible.ts'

/** What a person sees of an HTML document: elements that matter for the layout of text, and text. */
export interface HtmlElement {
  readonly info: ElementInfo
  /** The few attributes that rendering asks for, entities decoded. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: HtmlNode[]
  /** Of everything inside; known once the element is complete. */
  textLength: number
  hasTable: boolean
  hasBlock: boolean
}

export type HtmlNode = HtmlElement | string

export interface HtmlDocument {
  readonly root: HtmlElement
  readonly hidden: HiddenFacts
  /** The source was longer than the limits; its end is missing. */
  readonly isCut: boolean
}

export interface HtmlLimits {
  readonly charsMax: number
  readonly nodesMax: number
}

export const htmlLimits: HtmlLimits = { charsMax: 4 * 1024 * 1024, nodesMax: 200_000 }

/** Reads HTML into a tree of what is visible. Never throws; linear; the depth is bounded by the walk. */
export function readHtml(html: string, limits: HtmlLimits = htmlLimits): HtmlDocument {
  const isLong = html.length > limits.charsMax
  const source = isLong ? html.slice(0, limits.charsMax) : html
  const builder = new TreeBuilder(source, limits.nodesMax)
  const hidden = walkVisible(source, builder)
  return { root: builder.root, hidden: hidden.facts, isCut: isLong || builder.isFull }
}

const wantedAttributes: ReadonlyMap<string, readonly string[]> = new Map([
  ['img', ['alt', 'src']],
  ['blockquote', ['type', 'cite']],
  ['ol', ['start']],
  ['table', ['role', 'border']],
  ['input', ['type', 'value']],
])

const valueLengthMax = 4000
const noAttributes: ReadonlyMap<string, string> = new Map()

class TreeBuilder implements VisibleSink {
  readonly root: HtmlElement
  isFull = false
  readonly #html: string
  readonly #open: HtmlElement[]
  #left: number

  constructor(html: string, nodesMax: number) {
    this.#html = html
    this.#left = nodesMax
    this.root = elementOf(elementNamed('body'), noAttributes)
    this.#open = [this.root]
  }

  text(start: number, end: number): void {
    const parent = this.#open.at(-1)
    if (parent === undefined || !this.#take()) return
    const text = decodeEntities(this.#html.slice(start, end))
    parent.children.push(text)
    parent.textLength += text.length
  }

  open(info: ElementInfo, tokens: HtmlTokens): void {
    const parent = this.#open.at(-1)
    const element = elementOf(info, this.#attributes(info, tokens))
    if (this.#take()) parent?.children.push(element)
    if (!info.isVoid) this.#open.push(element)
    else if (parent !== undefined && info.isBlock) parent.hasBlock = true
  }

  close(info: ElementInfo): void {
    const element = this.#open.length > 1 ? this.#open.pop() : undefined
    const parent = this.#open.at(-1)
    if (element === undefined || parent === undefined) return
    parent.textLength += element.textLength
    parent.hasTable ||= element.hasTable || info.name === 'table'
    parent.hasBlock ||= element.hasBlock || info.isBlock
  }

  #take(): boolean {
    if (this.#left > 0) {
      this.#left--
      return true
    }
    this.isFull = true
    return false
  }

  #attributes(info: ElementInfo, tokens: HtmlTokens): ReadonlyMap<string, string> {
    const found = new Map<string, string>()
    const add = (name: string, start: number, end: number): void => {
      if (start >= 0) found.set(name, decodeEntities(this.#html.slice(start, Math.min(end, start + valueLengthMax))))
    }
    add('class', tokens.classStart, tokens.classEnd)
    add('id', tokens.idStart, tokens.idEnd)
    if (info.name === 'a') add('href', tokens.hrefStart, tokens.hrefEnd)
    if (info.name === 'div') add('style', tokens.styleStart, tokens.styleEnd)
    for (const name of wantedAttributes.get(info.name) ?? []) {
      const value = tokens.attribute(name)
      if (value !== undefined) found.set(name, decodeEntities(value.slice(0, valueLengthMax)))
    }
    return found.size === 0 ? noAttributes : found
  }
}

function elementOf(info: ElementInfo, attributes: ReadonlyMap<string, string>): HtmlElement {
  return { info, attributes, children: [], textLength: 0, hasTable: false, hasBlock: false }
}

/** The elements right below, through the groups of a table. */
export function rowsOf(table: HtmlElement): HtmlElement[] {
  const rows: HtmlElement[] = []
  for (const child of table.children) {
    if (typeof child === 'string') continue
    if (child.info.name === 'tr') rows.push(child)
    else if (/^t(?:body|head|foot)$/.test(child.info.name)) rows.push(...rowsOf(child))
  }
  return rows
}

export function cellsOf(row: HtmlElement): HtmlElement[] {
  return row.children.filter(child => typeof child !== 'string').filter(child => /^t[dh]$/.test(child.info.name))
}

const cellTextMax = 200
const columnsMax = 20
const dataRowsMax = 2000

/**
 * Whether a table holds data (rows and columns that belong together) and not the layout of a page: no table inside,
 * at least two rows of the same two or more columns, short cells. A heading cell says so by itself.
 */
export function isDataTable(table: HtmlElement): boolean {
  const role = table.attributes.get('role')
  if (table.hasTable || role === 'presentation' || role === 'none') return false
  const rows = rowsOf(table)
  if (rows.length < 2 || rows.length > dataRowsMax) return false
  let columns = 0
  let regular = 0
  let hasHeading = false
  for (const row of rows) {
    const cells = cellsOf(row)
    if (cells.length > columnsMax || cells.some(cell => cell.textLength > cellTextMax)) return false
    if (cells.length >= 2 && cells.every(cell => cell.info.name === 'th')) hasHeading = true
    if (cells.length > columns) {
      columns = cells.length
      regular = 0
    }
    if (cells.length === columns) regular++
  }
  if (columns < 2) return false
  const border = table.attributes.get('border')
  const isRuled = border !== undefined && border !== '' && border !== '0'
  return hasHeading || isRuled || (regular >= 3 && regular === rows.length)
}
