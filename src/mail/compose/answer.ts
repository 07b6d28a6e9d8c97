import type { Identity } from '#config/index.ts'
import { type Address, type ParsedMessage, safeFileName } from '../mime/index.ts'
import { stripInvisible } from '../render/index.ts'
import type { DraftContent } from './draft.ts'
import { formatMailbox, type Mailbox, mailboxOf, sameMailbox } from './mailbox.ts'
import { forwardedMark } from './markdown.ts'

export type AnswerKind = 'reply' | 'reply-all' | 'forward'

export interface AnswerInput {
  readonly kind: AnswerKind
  /** The message that is answered or passed on, with the store's id. */
  readonly original: { readonly id: string; readonly parsed: ParsedMessage }
  /** Addresses of the account, its own first. */
  readonly identities: readonly [Identity, ...Identity[]]
  readonly timeZone: string
  readonly quote: 'bottom' | 'top' | 'none'
  readonly signature: boolean
  /** The person's text; empty where an editor will be opened. */
  readonly text: string
}

const quoteCharactersMax = 200_000
const referencesMax = 50

/** Pure: a draft that answers a message, or passes it on. Files of a forwarded message are added by the caller. */
export function answer(input: AnswerInput): DraftContent {
  const { kind, original, identities } = input
  const { parsed } = original
  const identity = identityFor(parsed, identities)
  const isOwn = (email: string) => identities.some(own => sameMailbox(own.email, email))
  const isFromMe = parsed.from.some(({ email }) => isOwn(email))
  const people = kind === 'forward' ? { to: [], cc: [] } : recipients(kind, { parsed, isOwn, isFromMe })
  return {
    from: identity.email,
    to: people.to,
    cc: people.cc,
    bcc: [],
    subject: `${kind === 'forward' ? 'Fwd' : 'Re'}: ${withoutPrefixes(parsed.subject)}`.trimEnd().slice(0, 900),
    body: bodyOf(input, identity),
    markup: true,
    files: [],
    answers: {
      kind,
      id: original.id,
      parent: idOf(parsed.messageId),
      references: referencesOf(parsed),
      sender: parsed.from[0]?.email ?? null,
      expected: kind === 'reply-all' ? [...people.to, ...people.cc].map(({ email }) => email) : [],
    },
  }
}

/** The address that the message was sent to, if it is one of ours: what a sender writes can choose among ours only. */
export function identityFor(parsed: ParsedMessage, identities: readonly [Identity, ...Identity[]]): Identity {
  const own = (email: string) => identities.find(identity => sameMailbox(identity.email, email))
  const fromMe = parsed.from.flatMap(({ email }) => own(email) ?? [])[0]
  if (fromMe !== undefined) return fromMe
  const delivered = parsed.deliveredTo.flatMap(email => own(email) ?? [])[0]
  if (delivered !== undefined) return delivered
  const addressed = new Set([...parsed.to, ...parsed.cc].flatMap(({ email }) => own(email) ?? []))
  const [only] = addressed
  return addressed.size === 1 && only !== undefined ? only : identities[0]
}

/** The address to write from to somebody new: one that is the default for any of them, else the account's own. */
export function identityTo(recipients: readonly Mailbox[], identities: readonly [Identity, ...Identity[]]): Identity {
  return identities.find(identity => isDefaultFor(identity, recipients)) ?? identities[0]
}

export function isDefaultFor({ defaultFor }: Identity, recipients: readonly Mailbox[]): boolean {
  return defaultFor.some(place => recipients.some(({ email }) => isAt(email.toLowerCase(), place.toLowerCase())))
}

function isAt(email: string, place: string): boolean {
  return place.includes('@') && !place.startsWith('@') ? email === place : email.endsWith(`@${place.replace(/^@/, '')}`)
}

interface Asked {
  readonly parsed: ParsedMessage
  readonly isOwn: (email: string) => boolean
  readonly isFromMe: boolean
}

function recipients(kind: 'reply' | 'reply-all', { parsed, isOwn, isFromMe }: Asked): { to: Mailbox[]; cc: Mailbox[] } {
  // An answer to one's own message goes on to those whom it went to.
  const back = isFromMe ? parsed.to : parsed.replyTo.length > 0 ? parsed.replyTo : parsed.from
  const to = distinct(back, isFromMe ? () => false : isOwn)
  const direct = to.length > 0 ? to : distinct(back, () => false)
  if (kind === 'reply') return { to: direct, cc: [] }
  const others = distinct(isFromMe ? parsed.cc : [...parsed.to, ...parsed.cc], isOwn)
  return { to: direct, cc: others.filter(({ email }) => !direct.some(known => sameMailbox(known.email, email))) }
}

function distinct(addresses: readonly Address[], without: (email: string) => boolean): Mailbox[] {
  const found = new Map<string, Mailbox>()
  for (const address of addresses) {
    const mailbox = mailboxOf(address)
    if (!mailbox.ok || without(mailbox.value.email)) continue
    const key = mailbox.value.email.toLowerCase()
    if (!found.has(key)) found.set(key, mailbox.value)
  }
  return [...found.values()]
}

const prefixes = /^(?:\s*(?:re|aw|sv|vs|antw|odp|fwd?|wg|tr|rv|enc)(?:\s*\[\d{1,4}\]|\s*\(\d{1,4}\))?\s*[:\uff1a])+\s*/i

export function withoutPrefixes(subject: string): string {
  return subject
    .replace(prefixes, '')
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .trim()
}

function bodyOf(input: AnswerInput, identity: Identity): string {
  const { kind, quote, text } = input
  const sign = input.signature ? signatureText(identity) : ''
  if (kind === 'forward') return `${text}\n${sign}\n${forwardedText(input)}`
  if (quote === 'none') return `${text}\n${sign}`
  const quoted = `${attribution(input)}\n${quoteText(input.original.parsed)}`
  return quote === 'bottom' ? `${text}\n${sign}\n${quoted}` : `${quoted}\n\n${text}\n${sign}`
}

/** Set off by the line that other programs know a signature by (RFC 3676 §4.3). */
export function signatureText({ signature }: Identity): string {
  return signature === null || signature.trim() === '' ? '' : `\n-- \n${signature.trimEnd()}\n`
}

function attribution({ original: { parsed }, timeZone }: AnswerInput): string {
  const [sender] = parsed.from
  const who = sender === undefined ? 'somebody' : one(sender.name ?? sender.email)
  return parsed.date === null ? `${who} wrote:` : `On ${localTime(parsed.date.at, timeZone)}, ${who} wrote:`
}

function quoteText(parsed: ParsedMessage): string {
  const lines = readable(parsed).split('\n')
  return lines.map(line => (line.startsWith('>') ? `>${line}` : line === '' ? '>' : `> ${line}`)).join('\n')
}

function forwardedText({ original: { parsed }, timeZone }: AnswerInput): string {
  const list = (addresses: readonly Address[]) => addresses.map(address => one(formatMailbox(address))).join(', ')
  const head = [
    forwardedMark,
    `From: ${list(parsed.from)}`,
    ...(parsed.date === null ? [] : [`Date: ${localTime(parsed.date.at, timeZone)}`]),
    `Subject: ${one(parsed.subject)}`,
    `To: ${list(parsed.to)}`,
    ...(parsed.cc.length > 0 ? [`Cc: ${list(parsed.cc)}`] : []),
  ]
  return `${head.join('\n')}\n\n${readable(parsed)}\n`
}

function readable(parsed: ParsedMessage): string {
  return stripInvisible(parsed.text ?? '')
    .slice(0, quoteCharactersMax)
    .replace(/\r/g, '')
    .trimEnd()
}

function one(text: string): string {
  return stripInvisible(text).replace(/\s+/g, ' ').trim()
}

function localTime(ms: number, timeZone: string): string {
  const at = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone)
  return `${at.toPlainDate()} at ${at.toPlainTime().toString({ smallestUnit: 'minute' })}`
}

function referencesOf(parsed: ParsedMessage): string[] {
  const chain = parsed.references.length > 0 ? parsed.references : parsed.inReplyTo.slice(0, 1)
  const ids = [...chain, parsed.messageId].flatMap(id => idOf(id) ?? [])
  const distinctIds = [...new Set(ids)]
  return distinctIds.length <= referencesMax
    ? distinctIds
    : [...distinctIds.slice(0, 1), ...distinctIds.slice(1 - referencesMax)]
}

/** An id of a stranger's making, if it may stand in a header of ours. */
function idOf(id: string | null): string | null {
  return id !== null && id.length <= 900 && /^[\x21-\x3b\x3d\x3f-\x7e]+$/.test(id) ? id : null
}

export function forwardedFileName(subject: string): string {
  return `${safeFileName(subject, 'message').slice(0, 100)}.eml`
}
