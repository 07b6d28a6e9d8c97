/**
 * The times that a question names, so that what was said or happened then comes first. Only what names a time by
 * itself: `yesterday` in a question is about the moment of asking, and is left to whoever asks.
 */
export interface Span {
  readonly from: number
  /** Not included. */
  readonly to: number
  /** A day says more than a year: 1, 0.6, 0.3. */
  readonly weight: number
}

const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]
const monthName = months.map(name => `${name.slice(0, 3)}(?:${name.slice(3)})?`).join('|')
const dayMonthYear = new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? (${monthName})\\.?,? ((?:19|20)\\d\\d)\\b`, 'gi')
const monthDayYear = new RegExp(`\\b(${monthName})\\.? (\\d{1,2})(?:st|nd|rd|th)?,? ((?:19|20)\\d\\d)\\b`, 'gi')
const monthYear = new RegExp(`\\b(${monthName})\\.?,? ((?:19|20)\\d\\d)\\b`, 'gi')
const isoDay = /\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b/g
const year = /\b((?:19|20)\d\d)\b/g
const dayMs = 86_400_000
const spansMax = 8

export function spansIn(text: string): readonly Span[] {
  const spans: Span[] = []
  const add = (y: number, m: number, d: number | undefined) => {
    const from = Date.UTC(y, m, d ?? 1)
    const to = d === undefined ? Date.UTC(y, m + 1, 1) : from + dayMs
    if (Number.isFinite(from)) spans.push({ from, to, weight: d === undefined ? 0.6 : 1 })
  }
  for (const [, d, m = '', y] of text.matchAll(dayMonthYear)) add(Number(y), monthOf(m), Number(d))
  for (const [, m = '', d, y] of text.matchAll(monthDayYear)) add(Number(y), monthOf(m), Number(d))
  for (const [, y, m, d] of text.matchAll(isoDay)) add(Number(y), Number(m) - 1, Number(d))
  if (spans.length === 0) for (const [, m = '', y] of text.matchAll(monthYear)) add(Number(y), monthOf(m), undefined)
  if (spans.length === 0) {
    for (const [, y] of text.matchAll(year)) {
      spans.push({ from: Date.UTC(Number(y), 0, 1), to: Date.UTC(Number(y) + 1, 0, 1), weight: 0.3 })
    }
  }
  return spans.slice(0, spansMax)
}

/** 1 within, falling to 0 over two weeks beside a day or a month: what is told is told soon after. */
export function closeness(at: number, { from, to }: Span): number {
  if (at >= from && at < to) return 1
  const away = at < from ? from - at : at - to
  return Math.max(0, 1 - away / (14 * dayMs))
}

function monthOf(name: string): number {
  return months.findIndex(month => month.startsWith(name.slice(0, 3).toLowerCase()))
}
