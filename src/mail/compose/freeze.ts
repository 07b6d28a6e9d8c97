import { createHash } from 'node:crypto'
import { err, ok, type Result } from '#base/result.ts'
import type { Identity } from '#config/index.ts'
import type { DraftContent } from './draft.ts'
import { mailDate } from './mail-date.ts'
import { domainPart, type Mailbox, mailboxOf, recipientsMax, sameMailbox } from './mailbox.ts'
import { markdownToHtml } from './markdown.ts'
import { mailboxField } from './write/header.ts'
import { buildMessage, type OutgoingFile } from './write/message.ts'

declare const frozen: unique symbol

/**
 * A message as it will leave, byte for byte, and to whom. Only {@link freeze} makes one, and nothing changes it: what
 * a person approved by its digest is what goes out, or nothing does.
 */
export interface FrozenDraft {
  readonly [frozen]: true
  /** Without angle brackets. */
  readonly messageId: string
  readonly envelope: Envelope
  readonly bytes: Uint8Array
  /** SHA-256 over envelope and bytes, hex. */
  readonly digest: string
  /** Not in the bytes: only the person's own copy names them. */
  readonly bcc: readonly Mailbox[]
}

/** Who is told to the server: each address once, those of Bcc included. */
export interface Envelope {
  readonly from: string
  readonly to: readonly string[]
}

export interface FreezeRefusal {
  readonly code:
    | 'recipient_missing'
    | 'from_not_owned'
    | 'address_invalid'
    | 'too_many_recipients'
    | 'message_too_large'
  readonly message: string
}

export interface FreezeInput {
  readonly content: DraftContent
  /** The addresses that the account may write from. */
  readonly identities: readonly Identity[]
  readonly files: readonly OutgoingFile[]
  readonly messageId: string
  /** What the Date header says: ms since 1970, in the person's zone. */
  readonly at: number
  readonly timeZone: string
  /** 128 random bits as hex. */
  readonly boundarySeed: string
}

/** What most servers take; Gmail takes 25 MB of files, which are 35 MB on the wire. */
export const messageBytesMax = 36 * 1024 * 1024

/** Pure: the bytes of a draft. The same input gives the same bytes. */
export function freeze(input: FreezeInput): Result<FrozenDraft, FreezeRefusal> {
  const { content } = input
  const identity = input.identities.find(({ email }) => sameMailbox(email, content.from))
  if (identity === undefined) {
    return err({ code: 'from_not_owned', message: `${content.from} is not an address of this account` })
  }
  const from = mailboxOf({ name: identity.name, email: identity.email })
  if (!from.ok) return from
  const to = recipientsOf(content)
  if (to.length === 0) return err({ code: 'recipient_missing', message: 'the message has no recipient' })
  if (to.length > recipientsMax) {
    return err({ code: 'too_many_recipients', message: `the message has more than ${recipientsMax} recipients` })
  }
  const bytes = buildMessage({
    from: from.value,
    to: content.to,
    cc: content.cc,
    subject: content.subject,
    messageId: input.messageId,
    date: mailDate(input.at, input.timeZone),
    inReplyTo: content.answers?.kind === 'forward' ? null : (content.answers?.parent ?? null),
    references: content.answers?.references ?? [],
    text: content.body,
    html: content.markup ? markdownToHtml(content.body) : null,
    files: input.files,
    boundarySeed: input.boundarySeed,
  })
  if (bytes.length > messageBytesMax) {
    return err({
      code: 'message_too_large',
      message: `the message has ${Math.ceil(bytes.length / 1e6)} MB: servers take 36 at most`,
    })
  }
  const envelope = { from: from.value.email, to }
  const digest = digestOf(envelope, bytes)
  return ok({ messageId: input.messageId, envelope, bytes, digest, bcc: content.bcc } as unknown as FrozenDraft)
}

/** Over exactly what is told to the server: the sender, every recipient in whatever order, the bytes. */
export function digestOf({ from, to }: Envelope, bytes: Uint8Array): string {
  const hash = createHash('sha256').update('postern outgoing message, version 1\n')
  hash.update(`${JSON.stringify([from, ...[...to].sort()])}\n`)
  return hash.update(bytes).digest('hex')
}

/** The copy that the person keeps: it says to whom it went, hidden recipients included. */
export function ownCopy({ bytes, bcc }: Pick<FrozenDraft, 'bytes' | 'bcc'>): Uint8Array {
  if (bcc.length === 0) return bytes
  return Buffer.concat([Buffer.from(mailboxField('Bcc', bcc), 'latin1'), bytes])
}

/** A Message-ID in the sender's domain; `uuid` is random. */
export function newMessageId(from: string, uuid: string): string {
  return `${uuid}@${domainPart(from).replace(/[[\]:]/g, '') || 'localhost'}`
}

function recipientsOf({ to, cc, bcc }: DraftContent): string[] {
  const seen = new Map([...to, ...cc, ...bcc].map(({ email }) => [email.toLowerCase(), email]))
  return [...seen.values()]
}
