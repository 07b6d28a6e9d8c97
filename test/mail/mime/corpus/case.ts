import { Buffer } from 'node:buffer'

/** A message made to show one thing, with what must come out of it. */
export interface Case {
  /** Also the name of its two files. */
  readonly name: string
  readonly raw: Buffer
  /** Fields of the JSON form that were worked out by hand from the RFCs; `defects` lists codes, all of them. */
  readonly expect: Expectation
}

export interface Expectation {
  readonly defects?: readonly string[]
  readonly [field: string]: unknown
}

const standardHeaders = [
  'From: Ann <ann@example.org>',
  'To: me@example.com',
  'Subject: Test',
  'Date: Mon, 2 Mar 2026 10:00:00 +0100',
  'Message-ID: <1@example.org>',
]

/** Joins lines with CRLF. Characters are bytes: write UTF-8 through `utf8`. */
export function lines(...parts: readonly (string | readonly string[])[]): string {
  return parts.flat().join('\r\n')
}

/** UTF-8 bytes as a one-byte string. */
export function utf8(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/**
 * A message with usual headers; those in `headers` replace the usual ones of the same name, and a name alone
 * (`Date`) takes it away.
 */
export function mail(headers: readonly string[], ...body: readonly (string | readonly string[])[]): Buffer {
  const nameOf = (header: string): string => (header.split(':', 1)[0] ?? '').trim().toLowerCase()
  const replaced = new Set(headers.map(nameOf))
  const kept = standardHeaders.filter(header => !replaced.has(nameOf(header)))
  const own = headers.filter(header => header.includes(':'))
  return raw(lines(kept, own, '', ...body))
}

/** Bytes exactly as written. */
export function raw(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

export function base64(text: string | Buffer): string[] {
  const encoded = Buffer.from(text).toString('base64')
  return encoded.match(/.{1,76}/g) ?? []
}
