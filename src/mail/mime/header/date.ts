import type { DefectLog } from '../defect.ts'

export interface MessageDate {
  /** ms since the epoch. */
  readonly at: number
  /** The sender's offset from UTC in minutes; null when the header does not tell (`-0000`, RFC 5322 §3.3). */
  readonly zoneMinutes: number | null
}

const dateLengthMax = 200

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const weekday = String.raw`(?:[A-Za-z]{2,9}(?:\.,?|,|\s)\s*)?`
const time = String.raw`(\d{1,2})[:.](\d{2})(?:[:.](\d{1,2})(?:[.,]\d+)?)?\s*([AaPp][Mm])?`

/** `Tue, 2 Mar 2026 10:00:00 +0100`, with or without most of its parts. */
const standard = new RegExp(
  String.raw`^${weekday}(\d{1,2})[\s.-]*([A-Za-z]{3,9})\.?[\s,.-]+(\d{2,4}),?(?:\s+(?:at\s+)?${time})?\s*(.*)$`,
)
/** `Tue Mar  2 10:00:00 2026`, the zone before or after the year: what the C library prints. */
const asctime = new RegExp(
  String.raw`^${weekday}([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+${time}\s*([A-Za-z]{1,5}|[+-]\d{4})?\s+(\d{4})\s*(.*)$`,
)
/** `March 2, 2026 10:00 AM`. */
const american = new RegExp(
  String.raw`^${weekday}([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4}),?(?:\s+(?:at\s+)?${time})?\s*(.*)$`,
)
const iso = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*(.*)$/

interface Fields {
  readonly year: string
  readonly month: number
  readonly day: number
  readonly hour: string | undefined
  readonly minute: string | undefined
  readonly second: string | undefined
  readonly half: string | undefined
  readonly zone: string
}

/** Reads a Date header (RFC 5322 §3.3 and §4.3, ISO 8601, asctime); null, with a defect, when it tells no instant. */
export function readDate(defects: DefectLog, raw: string | undefined): MessageDate | null {
  if (raw === undefined || raw.trim() === '') {
    defects.add('date_missing')
    return null
  }
  const usual = readUsual(raw)
  if (usual !== undefined) return usual
  const clipped = raw.slice(0, dateLengthMax).replace(/\s+/g, ' ')
  const text = clipped
    .replace(/\([^()]*\)/g, ' ')
    .replace(/ +(,?)/g, '$1 ')
    .trim()
  const fields = fieldsOf(text)
  const date = fields === undefined ? null : instant(defects, fields, clipped)
  if (date === null) defects.add('date_malformed')
  return date
}

/**
 * `Mon, 2 Mar 2026 10:00:00 +0100 (CET)`: the form that nearly all mail has, read without a pattern.
 * Anything else, and anything that is out of range, is left to the patterns below.
 */
function readUsual(raw: string): MessageDate | undefined {
  if (raw.length > usualLengthMax) return undefined
  const comma = raw.indexOf(',')
  if (comma >= 0 && comma !== 3) return undefined
  let at = comma < 0 ? 0 : comma + 1
  while (raw.charCodeAt(at) === 0x20) at++
  const dayEnd = raw.indexOf(' ', at)
  const day = digits(raw, at, dayEnd)
  const month = monthNamed(raw.slice(dayEnd + 1, dayEnd + 4))
  // From here on every place is fixed: ` Mar 2026 10:00:00 +0100`.
  const year = digits(raw, dayEnd + 5, dayEnd + 9)
  const hour = digits(raw, dayEnd + 10, dayEnd + 12)
  const minute = digits(raw, dayEnd + 13, dayEnd + 15)
  const second = digits(raw, dayEnd + 16, dayEnd + 18)
  const sign = raw.charCodeAt(dayEnd + 19)
  const minutes = digits(raw, dayEnd + 20, dayEnd + 22) * 60 + digits(raw, dayEnd + 22, dayEnd + 24)
  for (const gap of [4, 9, 18]) if (raw.charCodeAt(dayEnd + gap) !== 0x20) return undefined
  for (const mark of [12, 15]) if (raw.charCodeAt(dayEnd + mark) !== 0x3a) return undefined
  const hasZone = sign === 0x2b || (sign === 0x2d && minutes > 0)
  if (!hasZone || !(minutes <= zoneMinutesMax) || !isZoneComment(raw.slice(dayEnd + 24))) return undefined
  if (
    month < 0 ||
    !(year >= 0) ||
    !(day >= 1 && day <= daysIn(year, month)) ||
    !(hour <= 23 && minute <= 59 && second <= 60)
  ) {
    return undefined
  }
  const zoneMinutes = sign === 0x2d ? -minutes : minutes
  return { at: Date.UTC(year, month, day, hour, minute, second) - zoneMinutes * 60_000, zoneMinutes }
}

/** The number between two offsets; NaN when anything but digits stands there, or nothing. */
function digits(text: string, start: number, end: number): number {
  let number = 0
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - 0x30
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    number = number * 10 + digit
  }
  return end > start ? number : Number.NaN
}

function isZoneComment(rest: string): boolean {
  return rest === '' || /^ ?\([A-Za-z]{1,9}\)$/.test(rest)
}

const usualLengthMax = 50

function fieldsOf(text: string): Fields | undefined {
  const a = standard.exec(text)
  if (a !== null) {
    return fields(a[3], monthNamed(a[2]), a[1], [a[4], a[5], a[6], a[7]], a[8])
  }
  const b = asctime.exec(text)
  if (b !== null) return fields(b[8], monthNamed(b[1]), b[2], [b[3], b[4], b[5], b[6]], b[7] ?? b[9])
  const c = american.exec(text)
  if (c !== null) return fields(c[3], monthNamed(c[1]), c[2], [c[4], c[5], c[6], c[7]], c[8])
  const d = iso.exec(text)
  if (d !== null) return fields(d[1], Number(d[2]) - 1, d[3], [d[4], d[5], d[6], undefined], d[7])
  return undefined
}

type Time = readonly [string | undefined, string | undefined, string | undefined, string | undefined]

function fields(year = '', month = -1, day = '', [hour, minute, second, half]: Time, zone = ''): Fields | undefined {
  return month < 0 ? undefined : { year, month, day: Number(day), hour, minute, second, half, zone: zone.trim() }
}

function monthNamed(name = ''): number {
  return months.indexOf(name.slice(0, 3).toLowerCase())
}

function instant(defects: DefectLog, fields: Fields, whole: string): MessageDate | null {
  const { day, month } = fields
  const year = fullYear(defects, fields.year)
  let hour = Number(fields.hour ?? 0)
  const minute = Number(fields.minute ?? 0)
  const second = Number(fields.second ?? 0)
  if (fields.hour === undefined) defects.add('date_obsolete')
  if (fields.half !== undefined) {
    if (hour < 1 || hour > 12) return null
    hour = (hour % 12) + (fields.half.toLowerCase() === 'pm' ? 12 : 0)
  }
  if (month > 11 || day < 1 || day > daysIn(year, month) || hour > 24 || minute > 59 || second > 60) return null
  if (hour === 24 && (minute > 0 || second > 0)) return null
  const zone = zoneMinutes(defects, fields.zone, whole)
  const local = Date.UTC(year, month, day, hour, minute, second)
  const at = local - (zone ?? 0) * 60_000
  return Number.isFinite(at) ? { at, zoneMinutes: zone } : null
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function daysIn(year: number, month: number): number {
  if (month === 1 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)) return 29
  return monthDays[month] ?? 0
}

/** RFC 5322 §4.3: two digits below 50 are this century, other two and three digits count from 1900. */
function fullYear(defects: DefectLog, digits: string): number {
  const year = Number(digits)
  if (digits.length >= 4) return year
  defects.add('date_obsolete')
  return digits.length === 2 && year < 50 ? 2000 + year : 1900 + year
}

/** Offsets in minutes. RFC 5322 §4.3 names the first line; the others are what mail programs write. */
const zones: Readonly<Record<string, number>> = {
  ...{ UT: 0, GMT: 0, Z: 0, EST: -300, EDT: -240, CST: -360, CDT: -300, MST: -420, MDT: -360, PST: -480, PDT: -420 },
  ...{ UTC: 0, WET: 0, WEST: 60, BST: 60, CET: 60, CEST: 120, MET: 60, MEST: 120, MEZ: 60, MESZ: 120, IST: 330 },
  ...{ EET: 120, EEST: 180, MSK: 180, MSD: 240, SAST: 120, PKT: 300, ICT: 420, WIB: 420, HKT: 480, SGT: 480 },
  ...{ AWST: 480, JST: 540, KST: 540, ACST: 570, AEST: 600, AEDT: 660, NZST: 720, NZDT: 780 },
  ...{ HST: -600, AKST: -540, AKDT: -480, AST: -240, ADT: -180, NST: -210, NDT: -150, BRT: -180, ART: -180, CLT: -240 },
}

const zoneMinutesMax = 15 * 60

function zoneMinutes(defects: DefectLog, zone: string, whole: string): number | null {
  const numeric = /^(?:GMT|UTC|UT)?\s*([+-])\s?(\d{1,2}):?(\d{2})?/i.exec(zone)
  if (numeric !== null) {
    const hours = Number(numeric[2])
    const minutes = hours * 60 + Number(numeric[3] ?? 0)
    if (minutes > zoneMinutesMax) {
      defects.add('date_zone_unknown')
      return null
    }
    if (numeric[1] === '-' && minutes === 0) return null
    return numeric[1] === '-' ? -minutes : minutes
  }
  // Without a zone of its own a comment may tell: `10:00:00 (CET)`.
  const name = (/^[A-Za-z]+/.exec(zone)?.[0] ?? /\(([A-Za-z]{1,5})\)\s*$/.exec(whole)?.[1] ?? '').toUpperCase()
  if (Object.hasOwn(zones, name)) {
    if (name !== 'GMT' && name !== 'UTC' && name !== 'Z') defects.add('date_obsolete')
    return zones[name] ?? 0
  }
  defects.add('date_zone_unknown')
  return null
}
