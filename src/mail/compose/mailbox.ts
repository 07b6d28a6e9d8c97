import { Buffer } from 'node:buffer'
import { domainToASCII } from 'node:url'
import { err, ok, type Result } from '#base/result.ts'
import { newContext } from '../mime/context.ts'
import { readAddresses } from '../mime/header/address.ts'
import { mimeLimits } from '../mime/limits.ts'
import type { Address } from '../store/index.ts'

/** One person or place that mail can be sent to; the address is ASCII, its domain in the form that DNS has. */
export interface Mailbox {
  readonly name: string | null
  readonly email: string
}

export interface MailboxRefusal {
  readonly code: 'address_invalid'
  readonly message: string
}

const listCharactersMax = 100_000
export const recipientsMax = 500
const nameCharactersMax = 200

/**
 * What a person typed as recipients: `Ann <ann@example.org>, bob@example.org`. Names may hold commas and quotes;
 * line breaks and other control characters are refused, because they end a header line.
 */
export function parseMailboxes(text: string): Result<readonly Mailbox[], MailboxRefusal> {
  if (text.length > listCharactersMax) return refuse('the list of recipients is too long')
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text)) return refuse('a recipient holds a line break or a control character')
  const bytes = Buffer.from(text, 'utf8')
  const context = newContext(bytes, bytes.toString('latin1'), mimeLimits)
  const mailboxes: Mailbox[] = []
  for (const address of readAddresses(context, context.text)) {
    const mailbox = mailboxOf(address)
    if (!mailbox.ok) return mailbox
    mailboxes.push(mailbox.value)
  }
  // The reader of mail makes the best of anything; here a wrong guess would send mail to a stranger.
  if (context.defects.list.length > 0) {
    return refuse(`"${text.slice(0, 80)}" cannot be read for certain: put quotes around a name with commas`)
  }
  return mailboxes.length > recipientsMax
    ? refuse(`more than ${recipientsMax} recipients in one message`)
    : ok(mailboxes)
}

/** An address as it came in mail, if mail can be sent to it. */
export function mailboxOf({ name, email }: Address): Result<Mailbox, MailboxRefusal> {
  const at = email.lastIndexOf('@')
  const local = email.slice(0, at)
  const domain = domainOf(email.slice(at + 1))
  if (at < 1 || domain === undefined) return refuse(`${shown(email, name)} is no address`)
  if (!/^[\x21-\x7e]{1,64}$/.test(local)) {
    return refuse(`${shown(email, name)}: letters beyond ASCII before the @ are not supported`)
  }
  const isPlain = /^[^\s"(),:;<>@[\]\\]+$/.test(local)
  const isQuoted = /^"(?:[^"\\<>]|\\[^<>])*"$/.test(local)
  if (!isPlain && !isQuoted) return refuse(`${shown(email, name)} is no address`)
  return ok({ name: tidyName(name), email: `${local}@${domain}` })
}

/** As people read it: `Ann Archer <ann@example.org>`. */
export function formatMailbox({ name, email }: Mailbox): string {
  if (name === null || name === '') return email
  const plain = /^[^\s"(),:;<>@[\]\\]+(?: [^\s"(),:;<>@[\]\\]+)*$/u.test(name)
  return `${plain ? name : `"${name.replace(/["\\]/g, '\\$&')}"`} <${email}>`
}

/** Whether two addresses are one mailbox: domains have no case, and local parts in practice neither. */
export function sameMailbox(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

export function domainPart(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1).toLowerCase()
}

function domainOf(text: string): string | undefined {
  if (/^\[[0-9a-fA-F.:IPv]{3,45}\]$/.test(text)) return text
  const ascii = domainToASCII(text.replace(/\.$/, ''))
  return /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(ascii)
    ? ascii
    : undefined
}

function tidyName(name: string | null): string | null {
  const tidy = (name ?? '')
    .replace(/[\x00-\x1f\x7f\u2028\u2029]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
  return tidy === '' ? null : tidy.slice(0, nameCharactersMax)
}

function shown(email: string, name: string | null): string {
  return `"${(email === '' ? (name ?? '') : email).slice(0, 80)}"`
}

function refuse(message: string): Result<never, MailboxRefusal> {
  return err({ code: 'address_invalid', message })
}
