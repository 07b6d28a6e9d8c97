import { headerLabels, originalMessage, wroteWords } from './languages.ts'
import { endOfKept, isBlank, type ReaderLine, removeFrom } from './lines.ts'

export interface Quote {
  /** Who is quoted, when the line above says so. */
  readonly author: string | null
  readonly text: string
}

/**
 * Removes the quote that ends the message, and the lines that introduce it. Quotes with text of the sender below them
 * stay: there the sender answers point by point, and the answer makes no sense without them.
 */
export function removeQuotes(lines: readonly ReaderLine[]): Quote[] {
  const end = endOfKept(lines)
  const block = headerBlockStart(lines, end)
  const start = block ?? trailingQuoteStart(lines, end)
  if (start === undefined || start >= end) return []
  const first = introductionStart(lines, start)
  if (!removeFrom(lines, first, lines.length, 'quotes')) return []
  const introduction = lines
    .slice(first, block === undefined ? start : start + introductionLinesMax)
    .map(line => line.text.slice(0, introductionLengthMax))
  const text = lines
    .slice(start, end)
    .map(line => line.text.replace(/^\s{0,3}> ?/, ''))
    .join('\n')
    .trim()
  return [{ author: authorOf(introduction), text }]
}

const introductionLinesMax = 4
/** A longer line is prose, whatever it begins with; the patterns below are not made for it. */
const introductionLengthMax = 300
const headerLinesMax = 8

/** Where quoted lines begin that reach to the end, only blank ones and attributions of inner quotes between them. */
function trailingQuoteStart(lines: readonly ReaderLine[], end: number): number | undefined {
  let start: number | undefined
  for (let index = end - 1; index >= 0; index--) {
    const line = lines[index]
    if (line === undefined) break
    if (line.quoted) start = index
    else if (!isBlank(line) && !isSeparator(line.text)) {
      const attribution = attributionStart(lines, index)
      if (attribution === undefined) break
      index = attribution
    }
  }
  return start
}

/** The first line of a header block (`From: … Sent: … Subject: …`) or separator that nothing of the sender follows. */
function headerBlockStart(lines: readonly ReaderLine[], end: number): number | undefined {
  for (let index = 0; index < end; index++) {
    const line = lines[index]
    if (line === undefined || line.quoted) continue
    if (isOriginalMessage(line.text) || isHeaderBlock(lines, index)) return index
  }
  return undefined
}

function introductionStart(lines: readonly ReaderLine[], start: number): number {
  let index = start
  while (index > 0 && isBlank(lines[index - 1])) index--
  const above = attributionStart(lines, index - 1)
  if (above !== undefined) index = above
  while (index > 0 && isBlank(lines[index - 1])) index--
  if (index > 0 && isSeparator(lines[index - 1]?.text ?? '')) index--
  return index
}

/** Scripts without blanks between words have no boundary before the verb either. */
const unspaced = new Set(['ja', 'zh', 'ko'])

function wroteIn(languages: (language: string) => boolean): string {
  const chosen = Object.entries(wroteWords).filter(([language]) => languages(language))
  return chosen.flatMap(([, words]) => words.map(escaped)).join('|')
}

const wrote = new RegExp(
  String.raw`(?:^|[\s,>)"“:\d\]])(?:${wroteIn(language => !unspaced.has(language))})(?![\p{L}])|${wroteIn(language => unspaced.has(language))}`,
  'iu',
)
const attributionLinesMax = 3

/** First line of an attribution that ends on line `last`; long ones are wrapped over up to three lines. */
function attributionStart(lines: readonly ReaderLine[], last: number): number | undefined {
  let text = ''
  for (let index = last; index > last - attributionLinesMax && index >= 0; index--) {
    const line = lines[index]
    if (line === undefined || isBlank(line) || line.quoted !== (lines[last]?.quoted ?? false)) return undefined
    text = `${line.text.trim()} ${text}`.trim()
    if (text.length > introductionLengthMax) return undefined
    // `<ann@example.org> wrote:` is the rest of a line that began with a date.
    if (isAttributionText(text) && (/\d/.test(text) || !/\d/.test(lines[index - 1]?.text ?? ''))) return index
  }
  return undefined
}

/** `On 2 March 2026, Ann <a@b> wrote:`: the verb, a colon at the end, and a date, an address or a name before it. */
function isAttributionText(text: string): boolean {
  if (!/[:：]\s*$/.test(text) && !/[\s,>](?:wrote|writes)[.…]?$/i.test(text)) return false
  if (!wrote.test(text)) return false
  return /\d|@/.test(text) || /^\p{Lu}[^.!?]{1,80}$/u.test(text)
}

const dashes = /^[\s>]*[-_=*]{2,}\s*(.{1,60}?)\s*[-_=*]{2,}\s*$/
const originals = new Set(originalMessage)

function isOriginalMessage(text: string): boolean {
  if (text.length > introductionLengthMax) return false
  const inside = dashes.exec(text)?.[1]
  return inside !== undefined && originals.has(inside.toLowerCase().replace(/[:：]$/, ''))
}

/** A line of underscores is what Outlook draws above the block. */
function isSeparator(text: string): boolean {
  return text.length <= introductionLengthMax && (/^\s*_{10,}\s*$/.test(text) || isOriginalMessage(text))
}

interface Labels {
  readonly from: RegExp
  readonly others: readonly RegExp[]
}

const labels: readonly Labels[] = Object.values(headerLabels).map(([from, sent, to, subject]) => ({
  from: label(from),
  others: [label(sent), label(to), label(subject)],
}))

function label(words: string): RegExp {
  return new RegExp(String.raw`^[\s>*]*(?:${words})\s*\*{0,2}\s*[:：]`, 'iu')
}

/** Whether a header block of one language begins here: who it is from, and two of when, to whom and about what. */
function isHeaderBlock(lines: readonly ReaderLine[], index: number): boolean {
  const text = lines[index]?.text ?? ''
  if (text.length > introductionLengthMax || !/[:：]/.test(text)) return false
  return labels.some(({ from, others }) => {
    if (!from.test(text)) return false
    const next = lines.slice(index + 1, index + headerLinesMax).map(line => line.text.slice(0, introductionLengthMax))
    return others.filter(other => next.some(line => other.test(line))).length >= 2
  })
}

function authorOf(introduction: readonly string[]): string | null {
  for (const line of introduction) {
    const from = labels.map(each => each.from.exec(line)).find(match => match !== null)
    if (from !== undefined && from !== null) return clean(line.slice(from[0].length))
  }
  const text = introduction.join(' ')
  const match = wrote.exec(text)
  if (match === null) return null
  const named = /((?:\p{Lu}[\p{L}'’.-]*\s+){0,3}\p{Lu}[\p{L}'’.-]*),?"?\s*[<(]{1,2}[^<>()\s]+@/u.exec(text)?.[1]
  const name = named?.replace(/^[AP]M\s+/, '') ?? lastWords(text.slice(0, match.index))
  return name === undefined ? (/[^\s<>(),:]+@[^\s<>(),:]+/.exec(text)?.[0] ?? null) : clean(name)
}

/** The name that stands last before the verb, after a comma, a time or a colon. */
function lastWords(text: string): string | undefined {
  return /(?:^|[,\d:]\s+)(\p{Lu}[\p{L}'’.-]*(?:\s+\p{Lu}[\p{L}'’.-]*){0,3})\s*$/u.exec(text)?.[1]
}

function clean(text: string): string | null {
  const name = text.replace(/[<[(][^<>[\]()]*@[^<>[\]()]*[>\])]/g, '').replace(/^[\s"“*:,]+|[\s"”*:,]+$/g, '')
  return name === '' ? null : name
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
