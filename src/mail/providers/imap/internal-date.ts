const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const pattern = /^[ 0]?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/

/** `17-Jul-1996 02:44:25 -0700` (RFC 3501 date-time) in ms since the epoch; undefined when it is none. */
export function parseInternalDate(text: string): number | undefined {
  const found = pattern.exec(text)
  if (found === null) return undefined
  const [, day, name = '', year, hour, minute, second, sign, zoneHours, zoneMinutes] = found
  const month = months.findIndex(known => known.toLowerCase() === name.toLowerCase())
  if (month < 0) return undefined
  const at = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second))
  const zoneMs = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000
  return sign === '-' ? at + zoneMs : at - zoneMs
}

export function formatInternalDate(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = String(date.getUTCDate()).padStart(2, ' ')
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  return `${day}-${months[date.getUTCMonth()]}-${String(date.getUTCFullYear()).padStart(4, '0')} ${time} +0000`
}

/** `17-Jul-1996`, for SEARCH. */
export function formatSearchDate(at: number): string {
  const date = new Date(at)
  return `${date.getUTCDate()}-${months[date.getUTCMonth()]}-${date.getUTCFullYear()}`
}
