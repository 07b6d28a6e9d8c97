const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** An instant as the Date header writes it (RFC 5322 §3.3), with the offset that the zone has then. */
export function mailDate(ms: number, timeZone: string): string {
  const at = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = days[at.dayOfWeek - 1] ?? ''
  const month = months[at.month - 1] ?? ''
  const offset = at.offset.slice(0, 6).replace(':', '')
  return `${day}, ${at.day} ${month} ${at.year} ${two(at.hour)}:${two(at.minute)}:${two(at.second)} ${offset}`
}
