import { type Answered, linksIn, normalLink, type Outgoing, type Recipient } from '#gate/index.ts'
import { readDraftContent } from '#mail/compose/index.ts'
import { draftById, type SendRow, sendById, sendBytes } from '#mail/drafts/index.ts'
import { authenticationOf } from '#mail/letter/authentication.ts'
import { readLetter } from '#mail/letter/index.ts'
import { parseMessage } from '#mail/mime/index.ts'
import { renderHtml, renderPlain } from '#mail/render/index.ts'
import { search } from '#mail/search/index.ts'
import { type ListedMessage, parseMessageId } from '#mail/store/index.ts'
import type { Core } from '../part.ts'
import { moment } from '../parts/reading.ts'
import type { ResultOf } from '../requests/index.ts'
import type { Correspondents } from '../sending/checks/index.ts'
import { lookAlike } from '../sending/checks/look-alike.ts'
import { correspondentsOf } from '../sending/correspondents.ts'
import { authorOf, isOwn } from './readings.ts'

/** How many of the person's own messages with the same host are looked into for a link. */
const ownMessagesMax = 50

/**
 * The facts of a message that is about to leave, from its frozen bytes: what a draft says of itself could be changed
 * between the look and the sending, the bytes cannot.
 */
export function outgoingOf(core: Core, sendId: number, despite?: unknown): Outgoing | undefined {
  const { statements } = core.reader
  const send = sendById(statements, sendId)
  const kept = send === undefined ? undefined : sendBytes(statements, sendId)
  if (send === undefined || kept === undefined) return undefined
  const message = parseMessage(kept.bytes)
  const html = message.html === null ? '' : renderHtml(message.html, { mode: 'markdown' }).text
  const text = `${message.text === null ? '' : renderPlain(message.text).text}\n${html}`
  const links = new Set([...linksIn(text), ...linksIn(message.html ?? '')])
  const draft = draftById(statements, send.draft)
  const answers = draft === undefined ? null : readDraftContent(draft.content).answers
  const answered = answers === null ? undefined : core.reader.message(answers.id)
  return {
    kind: answers === null ? 'new' : answers.kind === 'forward' ? 'forward' : 'reply',
    recipients: recipientsOf(core, send, answered),
    subject: message.subject,
    despite: Array.isArray(despite) ? despite.map(String) : [],
    text,
    links: [...links].map(url => ({ url, typedByPerson: isTyped(core, url) })),
    // Who chose a file is not kept: what an agent sends is an agent's choice.
    attachments: message.attachments.map(({ filename, size }) => {
      return { name: filename ?? '', sizeBytes: size, chosenBy: 'agent' as const }
    }),
    ...(answered === undefined ? {} : { answers: factsOfAnswered(core, answered) }),
  }
}

function recipientsOf(core: Core, { account, recipients }: SendRow, answered: ListedMessage | undefined): Recipient[] {
  const known = knownTo(core)
  const own = new Set(ownAddresses(core, account))
  const inThread = new Set(answered === undefined ? [] : peopleOf(core.reader.thread(answered.threadId) ?? []))
  return recipients.map(({ address: written }) => {
    const address = written.toLowerCase()
    const isKnown = known.sentTo(address) > 0
    const resembles = own.has(address) ? undefined : lookAlike(address, known)
    return {
      address,
      relation: own.has(address) ? 'self' : isKnown ? 'correspondent' : 'stranger',
      inThread: inThread.has(address),
      ...(resembles === undefined ? {} : { resembles }),
    }
  })
}

const correspondents = new WeakMap<Core, { readonly at: number; readonly value: Correspondents }>()
/** Somebody to whom the person wrote within this time may still count as a stranger: that holds, and never lets go. */
const correspondentsMs = 10_000

function knownTo(core: Core): Correspondents {
  const now = core.clock.monotonicMs()
  const known = correspondents.get(core)
  if (known !== undefined && now - known.at < correspondentsMs) return known.value
  const value = correspondentsOf(core.reader)
  correspondents.set(core, { at: now, value })
  return value
}

function ownAddresses({ reader, config }: Core, account: string): readonly string[] {
  const stored = reader.accounts().find(({ name }) => name === account)?.addresses ?? []
  const set = config.accounts.find(({ name }) => name === account)?.email
  return [...stored, ...(set === undefined ? [] : [set])].map(address => address.toLowerCase())
}

function peopleOf(messages: readonly ListedMessage[]): readonly string[] {
  return messages.flatMap(message => [
    authorOf(message),
    ...[...message.to, ...message.cc].map(({ email }) => email.toLowerCase()),
  ])
}

function factsOfAnswered(core: Core, message: ListedMessage): Answered {
  const author = authorOf(message)
  const id = parseMessageId(message.id)
  const raw = id === undefined ? undefined : core.reader.raw(id)
  if (raw?.ok !== true) return { author, replyTo: [author], authentication: 'none' }
  const { replyTo, authenticationResults } = parseMessage(raw.value)
  return {
    author,
    replyTo: replyTo.length === 0 ? [author] : replyTo.map(({ email }) => email.toLowerCase()),
    authentication: authenticationOf(authenticationResults),
  }
}

/** The person wrote the link by hand before: it stands in mail that they sent, outside of what they quoted. */
function isTyped(core: Core, link: string): boolean {
  const host = URL.parse(normalLink(link))?.hostname ?? ''
  if (host === '') return false
  const found = search(core.reader, `in:sent "${host.replaceAll('"', '')}"`, {
    ...moment(core, {}),
    limit: ownMessagesMax,
  })
  if (!found.ok) return false
  const wanted = normalLink(link)
  return found.value.messages.some(message => {
    const id = parseMessageId(message.id)
    const raw = id === undefined || !isOwn(core, message) ? undefined : core.reader.raw(id)
    return raw?.ok === true && linksIn(readLetter(raw.value, 'reader').body).some(each => normalLink(each) === wanted)
  })
}

/** What is known of a message beside what it says; undefined when it is not here. */
export function factsOf(core: Core, id: string): ResultOf<'mail.facts'> | undefined {
  const message = core.reader.message(id)
  if (message === undefined) return undefined
  const { author, replyTo, authentication } = factsOfAnswered(core, message)
  const known = knownTo(core)
  const own = isOwn(core, message)
  return {
    is_own: own,
    is_correspondent: known.sentTo(author) > 0,
    authentication,
    answers_go_elsewhere: replyTo.some(address => address !== author),
    resembles: own ? null : (lookAlike(author, known) ?? null),
  }
}
