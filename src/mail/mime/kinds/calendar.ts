/** What tells an invite from a file of dates; reading the calendar itself is not done here. */
export interface CalendarFacts {
  readonly part: string
  /** iTIP method (RFC 5546): REQUEST, REPLY, CANCEL, ...; null when it is only published data. */
  readonly method: string | null
  readonly uid: string | null
  readonly summary: string | null
  readonly location: string | null
}

const charactersMax = 256 * 1024

export function readCalendar(part: string, declaredMethod: string | undefined, text: string): CalendarFacts {
  const clipped = text.slice(0, charactersMax).replace(/\r?\n[ \t]/g, '')
  const method = declaredMethod ?? /^METHOD:\s*([A-Za-z-]{1,40})/m.exec(clipped)?.[1]
  return {
    part,
    method: method === undefined || method === '' ? null : method.toUpperCase(),
    uid: property(clipped, 'UID'),
    summary: property(clipped, 'SUMMARY'),
    location: property(clipped, 'LOCATION'),
  }
}

/** The first such property of the first event; parameters are passed over, escapes (RFC 5545 §3.3.11) undone. */
function property(text: string, name: string): string | null {
  const event = Math.max(0, text.search(/^BEGIN:V(?:EVENT|TODO)/m))
  const match = new RegExp(`^${name}(?:;[^:\\r\\n]{0,300})?:(.{0,1000})`, 'm').exec(text.slice(event))
  const value = match?.[1]?.trim()
  if (value === undefined || value === '') return null
  return value.replace(/\\([nN,;\\])/g, (_, character: string) => (character.toLowerCase() === 'n' ? ' ' : character))
}
