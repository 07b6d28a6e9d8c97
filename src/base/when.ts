import { err, ok, type Result } from './result.ts'

export interface WhenOptions {
  /** ms since the epoch. */
  readonly now: number
  /** The person's zone, an IANA name. */
  readonly timeZone: string
}

/** What can be written, for help and for refusals. */
export const whenForms = 'in 3h, tonight, tomorrow 9:00, monday, weekend, 17:30, 2026-03-01 9:00, or RFC 3339'

const textMax = 60
const morning = { hour: 8, minute: 0 }
const evening = { hour: 20, minute: 0 }
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

interface TimeOfDay {
  readonly hour: number
  readonly minute: number
}

/**
 * A moment that lies ahead, as a person writes it, in the person's zone: the ninth hour of tomorrow is nine by the
 * clock on the wall, whatever the clock does that night. The error says what is wrong, in words.
 */
export function parseWhen(written: string, options: WhenOptions): Result<number, string> {
  const text = written.trim().toLowerCase().replace(/\s+/g, ' ')
  if (text === '' || text.length > textMax) return err(`no time: write it as ${whenForms}`)
  const at = span(text, options) ?? absolute(written.trim(), options) ?? relativeDay(text, options)
  if (at === undefined) return err(`"${text}" is no time: write it as ${whenForms}`)
  return at > options.now ? ok(at) : err(`"${text}" is past`)
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, min: 60_000, h: 3_600_000 }

/** Hours are hours; days and weeks are the same time of day by the calendar. */
function span(text: string, options: WhenOptions): number | undefined {
  const found = /^(?:in )?(\d{1,4}) ?(m|min|h|d|w)(?:inutes?|ours?|ays?|eeks?)?$/.exec(text)
  if (found === null) return undefined
  const [, digits = '', unit = ''] = found
  const amount = Number(digits)
  const ms = unitMs[unit]
  if (ms !== undefined) return options.now + amount * ms
  return zoned(options).add({ days: unit === 'w' ? amount * 7 : amount }).epochMilliseconds
}

function absolute(text: string, { timeZone }: WhenOptions): number | undefined {
  const withZone = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)$/.exec(text)
  const local = /^(\d{4}-\d\d-\d\d)(?:[Tt ](.+))?$/.exec(text)
  try {
    if (withZone !== null) return Temporal.Instant.from(text).epochMilliseconds
    if (local === null) return undefined
    const [, day = '', time] = local
    const clock = time === undefined ? morning : timeOf(time.toLowerCase())
    return clock === undefined ? undefined : at(Temporal.PlainDate.from(day), clock, timeZone)
  } catch {
    return undefined // the thirtieth of February
  }
}

function relativeDay(text: string, options: WhenOptions): number | undefined {
  const today = zoned(options).toPlainDate()
  const ofDay = (days: number, clock: TimeOfDay) => at(today.add({ days }), clock, options.timeZone)
  const bare = timeOf(text)
  if (bare !== undefined) return later(ofDay(0, bare), ofDay(1, bare), options)
  if (text === 'tonight') return later(ofDay(0, evening), ofDay(1, evening), options)
  const [word = '', ...rest] = text.split(' ')
  const clock = rest.length === 0 ? morning : timeOf(rest.join(' ').replace(/^at /, ''))
  if (text === 'next week') return ofDay(daysUntil(1, today), morning)
  if (clock === undefined) return undefined
  if (word === 'today') return rest.length === 0 ? undefined : ofDay(0, clock)
  if (word === 'tomorrow') return ofDay(1, clock)
  if (word === 'weekend') return ofDay(daysUntil(6, today), clock)
  const weekday = weekdays.findIndex(name => name === word || name.slice(0, 3) === word)
  return weekday < 0 ? undefined : ofDay(daysUntil(weekday + 1, today), clock)
}

/** The next such day; on a Monday "monday" is in a week. */
function daysUntil(weekday: number, today: Temporal.PlainDate): number {
  return ((weekday - today.dayOfWeek + 6) % 7) + 1
}

function later(first: number, second: number, { now }: WhenOptions): number {
  return first > now ? first : second
}

/** `9`, `9:30`, `17.30`, `9am`, `5:15 pm`. */
function timeOf(text: string): TimeOfDay | undefined {
  const found = /^(\d{1,2})(?:[:.](\d\d))?(?: ?(am|pm))?$/.exec(text)
  if (found === null) return undefined
  const [, hours = '', minutes = '0', half] = found
  const minute = Number(minutes)
  const given = Number(hours)
  if (half !== undefined && (given < 1 || given > 12)) return undefined
  const hour = half === undefined ? given : (given % 12) + (half === 'pm' ? 12 : 0)
  return hour <= 23 && minute <= 59 ? { hour, minute } : undefined
}

/** An hour that the clock leaves out is the one after it (RFC 5545, 3.3.5). */
function at(date: Temporal.PlainDate, time: TimeOfDay, timeZone: string): number {
  return date.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds
}

function zoned({ now, timeZone }: WhenOptions): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone)
}
