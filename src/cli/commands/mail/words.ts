import type { Address } from '#mail/store/index.ts'

const dayMs = 24 * 60 * 60 * 1000

/** The time today, the day this year, the date before; always the same width. */
export function shortDate(at: number, now: number): string {
  const date = new Date(at)
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const isRecent = now - at < dayMs && new Date(now).getDate() === date.getDate()
  return isRecent ? time.padStart(10) : day
}

/** A date for reading: `2026-03-02 10:00 +0100`, in the person's zone. */
export function longDate(at: number): string {
  const date = new Date(at)
  const offset = -date.getTimezoneOffset()
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())} ${zone}`
}

/** A name where there is one, else the address; never the name alone where it could pass for an address. */
export function whoIs(address: Address | undefined): string {
  if (address === undefined) return ''
  const { name, email } = address
  return name === null || name === '' || name.includes('@') ? email : name
}

export function fullAddress({ name, email }: Address): string {
  return name === null || name === '' ? email : `${name} <${email}>`
}

export function byteSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let size = bytes / 1024
  let unit = 0
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit++
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
