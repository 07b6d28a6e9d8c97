import { Buffer } from 'node:buffer'
import { type Charset, encodeIn } from './charsets.ts'
import { base64Lines, encodedText, extendedParameter, quotedPrintable } from './encode.ts'

export interface Mailbox {
  readonly name: string
  readonly email: string
}

/** A message before it is bytes. Bodies have LF line ends; all else is as in RFC 5322. */
export interface Letter {
  readonly messageId: string
  readonly at: number
  /** East of Greenwich. */
  readonly zoneMinutes: number
  readonly from: Mailbox
  readonly to: readonly Mailbox[]
  readonly cc?: readonly Mailbox[]
  readonly subject: string
  readonly references?: readonly string[]
  /** Fields as they are to stand in the message, without line end: whoever gives them has encoded them. */
  readonly before?: readonly string[]
  readonly fields?: readonly string[]
  readonly text?: string
  readonly html?: string
  readonly calendar?: { readonly method: string; readonly ics: string }
  /** Makes the whole a report (RFC 3462): its parts follow the text. */
  readonly report?: readonly File[]
  readonly files?: readonly File[]
  readonly charset?: Charset
  readonly transfer?: 'auto' | '8bit'
  readonly isFlowed?: boolean
}

export interface File {
  readonly name: string
  readonly type: string
  readonly bytes: Uint8Array
  /** Shown in the text, by this Content-ID. */
  readonly cid?: string
  /** Goes in as it is: an attached message, a part of a report. */
  readonly isText?: boolean
}

export function buildLetter(letter: Letter): Uint8Array {
  const whole = [...headOf(letter), bodyOf(letter)].join('\r\n')
  return Buffer.from(whole.endsWith('\r\n') ? whole : `${whole}\r\n`, 'latin1')
}

function headOf(letter: Letter): string[] {
  const { references = [], cc = [], charset = 'utf-8' } = letter
  const people = (list: readonly Mailbox[]) => list.map(each => mailboxText(each, charset)).join(',\r\n ')
  return [
    ...(letter.before ?? []),
    `Date: ${dateText(letter.at, letter.zoneMinutes)}`,
    `From: ${people([letter.from])}`,
    ...(letter.to.length === 0 ? [] : [`To: ${people(letter.to)}`]),
    ...(cc.length === 0 ? [] : [`Cc: ${people(cc)}`]),
    `Subject: ${encodedText(letter.subject, charset, text => encodeIn(charset, text))}`,
    `Message-ID: <${letter.messageId}>`,
    ...(references.length === 0
      ? []
      : [`In-Reply-To: <${references.at(-1)}>`, `References: ${references.map(id => `<${id}>`).join('\r\n ')}`]),
    ...(letter.fields ?? []),
    'MIME-Version: 1.0',
  ]
}

export function mailboxText({ name, email }: Mailbox, charset: Charset = 'utf-8'): string {
  if (name === '') return email
  if (!/^[\x20-\x7e]*$/.test(name)) {
    return `${encodedText(name, charset, text => encodeIn(charset, text))} <${email}>`
  }
  return `${/^[\w !'-]+$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`} <${email}>`
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export function dateText(at: number, zoneMinutes: number): string {
  const local = new Date(at + zoneMinutes * 60_000)
  const two = (value: number) => String(value).padStart(2, '0')
  const ahead = Math.abs(zoneMinutes)
  const zone = `${zoneMinutes < 0 ? '-' : '+'}${two(Math.floor(ahead / 60))}${two(ahead % 60)}`
  const time = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`
  return `${days[local.getUTCDay()]}, ${local.getUTCDate()} ${months[local.getUTCMonth()]} ${local.getUTCFullYear()} ${time} ${zone}`
}

/** The Content-Type field, the blank line and what follows. */
function bodyOf(letter: Letter): string {
  const { files = [], report } = letter
  const inside = readable(letter)
  const embedded = files.filter(({ cid }) => cid !== undefined)
  const attached = files.filter(({ cid }) => cid === undefined)
  const related =
    embedded.length === 0 ? inside : multipart('related', 'r', letter, [inside, ...embedded.map(filePart)])
  if (report !== undefined) {
    return multipart('report; report-type=delivery-status', 'd', letter, [inside, ...report.map(filePart)])
  }
  return attached.length === 0 ? related : multipart('mixed', 'm', letter, [related, ...attached.map(filePart)])
}

function readable(letter: Letter): string {
  const { text, html, calendar } = letter
  const parts = [
    ...(text === undefined ? [] : [textPart(text, 'plain', letter)]),
    ...(html === undefined ? [] : [textPart(html, 'html', letter)]),
    ...(calendar === undefined ? [] : [calendarPart(calendar.method, calendar.ics)]),
  ]
  const [only = textPart('', 'plain', letter)] = parts
  return parts.length <= 1 ? only : multipart('alternative', 'a', letter, parts)
}

function multipart(kind: string, mark: string, { messageId }: Letter, parts: readonly string[]): string {
  const boundary = `=_${mark}_${messageId.replace(/[^\w]/g, '').slice(0, 24)}`
  const [type, ...parameters] = kind.split('; ')
  const declared = [`Content-Type: multipart/${type}`, ...parameters, `boundary="${boundary}"`].join(';\r\n ')
  return `${declared}\r\n\r\n${parts.map(part => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`
}

function textPart(text: string, subtype: 'plain' | 'html', letter: Letter): string {
  const charset = letter.charset ?? 'utf-8'
  const bytes = encodeIn(charset, text.replaceAll('\n', '\r\n'))
  const flowed = subtype === 'plain' && letter.isFlowed === true ? '; format=flowed' : ''
  const isAscii = /^[\x00-\x7f]*$/.test(bytes)
  const type = `Content-Type: text/${subtype}; charset=${isAscii && charset === 'utf-8' ? 'us-ascii' : charset}${flowed}`
  const isShort = longestLine(bytes) < lineBytesMax
  if (isAscii && isShort) return `${type}\r\nContent-Transfer-Encoding: 7bit\r\n\r\n${bytes}`
  if (letter.transfer === '8bit' && isShort) return `${type}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${bytes}`
  const high = bytes.match(/[\x80-\xff]/g)?.length ?? 0
  if (high * 3 > bytes.length) return `${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64Lines(bytes)}`
  return `${type}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${quotedPrintable(bytes)}`
}

/** RFC 5322 §2.1.1 allows 998. */
const lineBytesMax = 900

function longestLine(bytes: string): number {
  let longest = 0
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf('\n', start)
    const next = end < 0 ? bytes.length : end + 1
    longest = Math.max(longest, next - start)
    start = next
  }
  return longest
}

function calendarPart(method: string, ics: string): string {
  const type = `Content-Type: text/calendar; method=${method}; charset=utf-8`
  return `${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64Lines(encodeIn('utf-8', ics))}`
}

function filePart({ name, type, bytes, cid, isText }: File): string {
  const how = cid === undefined ? 'attachment' : 'inline'
  const disposition = `Content-Disposition: ${how};\r\n ${extendedParameter('filename', name)}`
  const id = cid === undefined ? '' : `Content-ID: <${cid}>\r\n`
  if (isText === true) {
    const shown = name === '' ? '' : `${disposition}\r\n`
    return `Content-Type: ${type}\r\n${shown}\r\n${Buffer.from(bytes).toString('latin1')}`
  }
  const named = /^[\x20-\x7e]*$/.test(name) ? `;\r\n ${extendedParameter('name', name)}` : ''
  return `Content-Type: ${type}${named}\r\n${disposition}\r\n${id}Content-Transfer-Encoding: base64\r\n\r\n${base64Lines(bytes)}`
}
