import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseWhen } from '../../src/base/when.ts'

const timeZone = 'Europe/Berlin'
/** Thursday, ten in the morning in Berlin. */
const now = Date.parse('2026-10-22T10:00:00+02:00')

function when(text: string, at = now): string | undefined {
  const parsed = parseWhen(text, { now: at, timeZone })
  return parsed.ok
    ? Temporal.Instant.fromEpochMilliseconds(parsed.value).toZonedDateTimeISO(timeZone).toString().slice(0, 22)
    : undefined
}

describe('a time that lies ahead', () => {
  test.each([
    ['in 3h', '2026-10-22T13:00:00+02'],
    ['90m', '2026-10-22T11:30:00+02'],
    ['in 2 days', '2026-10-24T10:00:00+02'],
    ['tonight', '2026-10-22T20:00:00+02'],
    ['tomorrow', '2026-10-23T08:00:00+02'],
    ['Tomorrow  9am', '2026-10-23T09:00:00+02'],
    ['tomorrow at 17:30', '2026-10-23T17:30:00+02'],
    ['monday', '2026-10-26T08:00:00+01'],
    ['thu 9:00', '2026-10-29T09:00:00+01'],
    ['weekend', '2026-10-24T08:00:00+02'],
    ['next week', '2026-10-26T08:00:00+01'],
    ['9:30', '2026-10-23T09:30:00+02'],
    ['17:30', '2026-10-22T17:30:00+02'],
    ['12am', '2026-10-23T00:00:00+02'],
    ['2026-12-01', '2026-12-01T08:00:00+01'],
    ['2026-12-01 14:15', '2026-12-01T14:15:00+01'],
    ['2026-12-01T14:15:00Z', '2026-12-01T15:15:00+01'],
  ])('%s', (text, expected) => {
    expect(when(text)).toBe(expected)
  })

  test('days are days of the calendar when the clock is set in between', () => {
    expect(when('in 1w')).toBe('2026-10-29T10:00:00+01')
    expect(when('in 168h')).toBe('2026-10-29T09:00:00+01')
  })

  test('an hour that the clock leaves out is the one after it', () => {
    expect(when('2027-03-28 2:30')).toBe('2027-03-28T03:30:00+02')
  })

  test.each([
    '',
    'yesterday',
    'today',
    'today 9:00',
    '2026-10-01',
    '2027-02-30',
    '25:00',
    '13pm',
    'in 0m',
    'soon',
    'x'.repeat(100),
  ])('not %j', text => {
    expect(when(text)).toBeUndefined()
  })

  test('any text is read without throwing, and never gives a time that is past', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const parsed = parseWhen(text, { now, timeZone })
        return !parsed.ok || parsed.value > now
      }),
    )
  })
})
