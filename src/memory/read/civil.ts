import { normal, type U64 } from '../integer.ts'

const dayMs = 86_400_000n
const lastFourDigitMs = 253_402_300_799_999

/**
 * A time in the memory language: UTC, `2024-01-15T10:00:00Z`, with `.250` where there are milliseconds.
 *
 * A log may hold any time up to 2^64 - 2 ms. Years beyond 9999 are written with all their digits; the language itself
 * has four, so that such a line cannot be committed again, and says so rather than naming another time.
 */
export function civilTime(at: U64): string {
  const text = at <= lastFourDigitMs ? new Date(Number(at)).toISOString() : farTime(BigInt(at))
  return text.replace('.000Z', 'Z')
}

/** Days to a date of the proleptic Gregorian calendar, counted in eras of 400 years from 0000-03-01. */
function farTime(ms: bigint): string {
  const days = ms / dayMs + 719_468n
  const era = days / 146_097n
  const dayOfEra = days % 146_097n
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n
  const dayOfYear = Number(dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = normal(era * 400n + yearOfEra + (month <= 2 ? 1n : 0n))
  const time = new Date(Number(ms % dayMs)).toISOString().slice('1970-01-01'.length)
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}${time}`
}
