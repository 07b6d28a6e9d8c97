/** An instant in the person's zone, with its offset: what they will read on the clock, and which clock it is. */
export function localTime(instant: string): string {
  const at = Temporal.Instant.from(instant).toZonedDateTimeISO(Temporal.Now.timeZoneId())
  return `${at.toPlainDate()} ${at.toPlainTime().toString({ smallestUnit: 'second' })} ${at.offset}`
}
