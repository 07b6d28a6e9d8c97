import { renderTree } from '../html/render.ts'
import { readHtml } from '../html/tree.ts'
import { stripInvisible } from '../invisible.ts'
import { isBulkFooter, isLegalNotice, removeFooters } from './footers.ts'
import { type ReaderLine, readerLines, type Stage, stages } from './lines.ts'
import { type Quote, removeQuotes } from './quotes.ts'
import { removeSignature } from './signature.ts'

export type { Stage } from './lines.ts'
export type { Quote } from './quotes.ts'

/** A message as its sender wrote it, and all that was folded away. */
export interface ReaderView {
  readonly content: string
  /** What was rendered before anything was removed: the way back. */
  readonly original: string
  readonly quotes: readonly Quote[]
  readonly signature: string | null
  readonly removed: readonly RemovedLines[]
  readonly linesOriginal: number
  readonly linesKept: number
}

/** Lines of `original`, counted from 0, `end` excluded. Together with `content` they are all of it. */
export interface RemovedLines {
  readonly stage: Stage
  readonly start: number
  readonly end: number
}

export interface ReaderOptions {
  /** Stages to leave out. */
  readonly without?: readonly Stage[]
}

const linesMax = 50_000

/** The reader view of plain text. */
export function readPlain(text: string, options: ReaderOptions = {}): ReaderView {
  const lines = stripInvisible(text)
    .split('\n')
    .map(line => ({ text: line.trimEnd() === '--' ? line : line.trimEnd(), quoted: false }))
  return view(readerLines(lines), options)
}

/** The reader view of HTML: quote containers are known by their markup, the rest by their text. */
export function readHtmlMessage(html: string, options: ReaderOptions = {}): ReaderView {
  const document = readHtml(html)
  const { lines } = renderTree(document.root, { mode: 'plain', links: 'none', width: 0, charsMax: charsMax })
  const visible = lines.map(line => ({ ...line, text: stripInvisible(line.text).replace(/\u00a0/g, ' ') }))
  return view(readerLines(visible), options)
}

const charsMax = 1024 * 1024

function view(all: ReaderLine[], { without = [] }: ReaderOptions): ReaderView {
  const lines = all.slice(0, linesMax)
  const does = (stage: Stage): boolean => stages.includes(stage) && !without.includes(stage)
  // A footer or notice that a server added stands below the quote; it must not make the quote look answered.
  const hides = (): void => {
    if (does('footer')) removeFooters(lines, 'footer', isBulkFooter)
    if (does('boilerplate')) removeFooters(lines, 'boilerplate', isLegalNotice)
  }
  hides()
  const quotes = does('quotes') ? removeQuotes(lines) : []
  hides()
  const signature = does('signature') ? removeSignature(lines) : null
  hides()
  const kept = [...lines.filter(line => line.removedBy === undefined), ...all.slice(linesMax)]
  return {
    content: collapsed(kept.map(line => line.text)),
    original: all.map(line => line.text).join('\n'),
    quotes,
    signature,
    removed: rangesOf(lines),
    linesOriginal: all.length,
    linesKept: kept.length,
  }
}

/** At most two blank lines in a row, none around. */
function collapsed(lines: readonly string[]): string {
  return lines
    .join('\n')
    .replace(/\n{4,}/g, '\n\n\n')
    .replace(/^\n+|\s+$/g, '')
}

function rangesOf(lines: readonly ReaderLine[]): RemovedLines[] {
  const ranges: { stage: Stage; start: number; end: number }[] = []
  lines.forEach((line, index) => {
    const last = ranges.at(-1)
    if (line.removedBy === undefined) return
    if (last !== undefined && last.end === index && last.stage === line.removedBy) last.end = index + 1
    else ranges.push({ stage: line.removedBy, start: index, end: index + 1 })
  })
  return ranges
}
