/** `2026-03-02T10:00:00+01:00`: the instant, and how late it was for the person. */
export function isoDate(at: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(timeZone)
    .toString({ timeZoneName: 'never', smallestUnit: 'second' })
}
