import type { ClockTime } from '../canonical/record.ts'

const dayMs = 86_400_000
const dateLength = '2024-01-15'.length
/** A time of day is read from this many characters on: `2024-01-15T1:2:3ZZZZ` is long enough, without its Zs it is not. */
const lengthMin = '2024-01-15T10:00:00Z'.length

/**
 * Milliseconds of a date or a date with a time, always UTC; `undefined` unless it is a real one from 1970 on.
 *
 * The shape is as loose as the format's other readers take it: any number of `Z` at the end, a fraction of any length
 * (cut after milliseconds), digits without padding. The values are not: there is no 31 February and no 25 o'clock.
 */
export function instantOf(text: string): ClockTime | undefined {
  const days = daysOf(text)
  if (days === undefined) return undefined
  if (text.length === dateLength) return days * dayMs
  if (text.length < lengthMin || text[dateLength] !== 'T') return undefined
  const time = timeOfDay(text)
  return time === undefined ? undefined : days * dayMs + time
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar. */
function daysOf(text: string): number | undefined {
  const year = Number(text.slice(0, 4))
  const month = Number(text.slice(5, 7))
  const day = Number(text.slice(8, 10))
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  return Date.UTC(year, month - 1, day) / dayMs
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

function timeOfDay(text: string): number | undefined {
  let end = text.length
  while (text[end - 1] === 'Z') end--
  const time = text.slice(dateLength + 1, end)
  const point = time.indexOf('.')
  const fraction = point < 0 ? '0' : time.slice(point + 1)
  const parts = (point < 0 ? time : time.slice(0, point)).split(':', 4)
  if (parts.length !== 3 || !isDigits(fraction)) return undefined
  const hours = part(parts[0], 23)
  const minutes = part(parts[1], 59)
  const seconds = part(parts[2], 59)
  if (hours === undefined || minutes === undefined || seconds === undefined) return undefined
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
}

function part(text: string | undefined, max: number): number | undefined {
  if (text === undefined || !isDigits(text)) return undefined
  const value = Number(text)
  return value <= max ? value : undefined
}

function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text)
}
