import type { AgeUnit, Day } from '../language/index.ts'

/** What "now" and "today" mean to a query. */
export interface Moment {
  /** ms since 1970. */
  readonly now: number
  /** IANA name of the person's time zone; a function is asked only by a query that names a day. */
  readonly timeZone: string | (() => string)
}

/** From the first second on, and up to but without the last, in seconds since 1970. */
export interface Seconds {
  readonly from: number
  readonly until: number
}

/** A span of the local calendar. Days begin when the zone says so: around clock changes they have 23 or 25 hours. */
export function spanOf(day: Day, moment: Moment): Seconds {
  const today = zoned(moment).toPlainDate()
  switch (day.kind) {
    case 'today':
      return between(today, today.add({ days: 1 }), moment)
    case 'yesterday':
      return between(today.subtract({ days: 1 }), today, moment)
    case 'this-week': {
      const monday = today.subtract({ days: today.dayOfWeek - 1 })
      return between(monday, monday.add({ days: 7 }), moment)
    }
    case 'this-month': {
      const first = today.with({ day: 1 })
      return between(first, first.add({ months: 1 }), moment)
    }
    case 'year': {
      const first = Temporal.PlainDate.from({ year: day.year, month: 1, day: 1 })
      return between(first, first.add({ years: 1 }), moment)
    }
    case 'month': {
      const first = Temporal.PlainDate.from({ year: day.year, month: day.month, day: 1 })
      return between(first, first.add({ months: 1 }), moment)
    }
    case 'day': {
      const first = Temporal.PlainDate.from({ year: day.year, month: day.month, day: day.day })
      return between(first, first.add({ days: 1 }), moment)
    }
    case 'instant':
      return { from: day.second, until: day.second + 1 }
  }
}

/** The second from which mail is newer than an age. Days and longer are counted in local midnights. */
export function ageStart(amount: number, unit: AgeUnit, moment: Moment): number {
  if (unit === 'min' || unit === 'h') return Math.floor(moment.now / 1000) - amount * (unit === 'h' ? 3600 : 60)
  const days = Math.min(amount * daysIn[unit], ageDaysMax)
  return startOf(zoned(moment).toPlainDate().subtract({ days }), moment)
}

const daysIn = { d: 1, w: 7, m: 30, y: 365 } as const
/** Further back than any mail, and still a date that the calendar knows. */
const ageDaysMax = 400_000

/** The first second of each local month in which mail of this span may lie, newest last. */
export function monthStarts(span: Seconds, moment: Moment): { name: string; from: number }[] {
  const first = Temporal.Instant.fromEpochMilliseconds(span.from * 1000)
    .toZonedDateTimeISO(zoneOf(moment))
    .toPlainDate()
  const months: { name: string; from: number }[] = []
  for (let month = first.with({ day: 1 }); months.length < monthsMax; month = month.add({ months: 1 })) {
    const from = startOf(month, moment)
    if (from >= span.until) break
    months.push({ name: month.toString().slice(0, 7), from })
  }
  return months
}

const monthsMax = 12 * 8_100

function between(from: Temporal.PlainDate, until: Temporal.PlainDate, moment: Moment): Seconds {
  return { from: startOf(from, moment), until: startOf(until, moment) }
}

function startOf(date: Temporal.PlainDate, moment: Moment): number {
  return Math.floor(date.toZonedDateTime(zoneOf(moment)).epochMilliseconds / 1000)
}

function zoned(moment: Moment): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(moment.now).toZonedDateTimeISO(zoneOf(moment))
}

function zoneOf({ timeZone }: Moment): string {
  return typeof timeZone === 'string' ? timeZone : timeZone()
}
