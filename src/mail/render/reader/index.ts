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
  const visible = stripInvisible(text)
  const count = countLines(visible)
  if (count > linesMax) return unread(visible, count)
  const lines = visible
    .split('\n')
    .map(line => ({ text: line.trimEnd() === '--' ? line : line.trimEnd(), quoted: false }))
  return view(readerLines(lines), options)
}

/** The reader view of HTML: quote containers are known by their markup, the rest by their text. */
export function readHtmlMessage(html: string, options: ReaderOptions = {}): ReaderView {
  const document = readHtml(html)
  const { lines } = renderTree(document.root, { mode: 'plain', links: 'none', width: 0, charsMax: charsMax })
  const visible = lines.map(line => ({ ...line, text: stripInvisible(line.text).replace(/\u00a0/g, ' ') }))
  if (visible.length > linesMax) return unread(visible.map(line => line.text).join('\n'), visible.length)
  return view(readerLines(visible), options)
}

const charsMax = 1024 * 1024

function view(lines: ReaderLine[], { without = [] }: ReaderOptions): ReaderView {
  const does = (stage: Stage): boolean => stages.includes(stage) && !without.includes(stage)
  // A footer or notice that a server added stands below the quote; it must not make the quote look answered.
  const foldFooters = (): void => {
    if (does('footer')) removeFooters(lines, 'footer', isBulkFooter)
    if (does('boilerplate')) removeFooters(lines, 'boilerplate', isLegalNotice)
  }
  foldFooters()
  const quotes = does('quotes') ? removeQuotes(lines) : []
  foldFooters()
  const signature = does('signature') ? removeSignature(lines) : null
  foldFooters()
  const kept = lines.filter(line => line.removedBy === undefined)
  return {
    content: collapsed(kept.map(line => line.text)),
    original: lines.map(line => line.text).join('\n'),
    quotes,
    signature,
    removed: rangesOf(lines),
    linesOriginal: lines.length,
    linesKept: kept.length,
  }
}

/** A log, not a letter: it is shown as it is. */
function unread(original: string, linesOriginal: number): ReaderView {
  const nothing = { quotes: [], signature: null, removed: [] }
  return { content: original, original, ...nothing, linesOriginal, linesKept: linesOriginal }
}

function countLines(text: string): number {
  let count = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

/** At most two blank lines in a row, none around. */
function collapsed(lines: readonly string[]): string {
  return lines
    .join('\n')
    .trimEnd()
    .replace(/^\n+/, '')
    .replace(/\n{4,}/g, '\n\n\n')
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
