import type { Context } from './context.ts'
import { DefectLog } from './defect.ts'
import { type Address, readAddresses } from './header/address.ts'
import type { HeaderBlock } from './header/block.ts'
import { rawValue } from './header/block.ts'
import { type MessageDate, readDate } from './header/date.ts'
import { decodeHeader, decodePhrase } from './header/encoded-word.ts'
import { isOneClick, type ListHeaders, readListId, readListUris } from './header/list.ts'
import { readMessageId, readMessageIds } from './header/message-id.ts'

/** What the headers say of a message, apart from its structure. */
export interface Envelope {
  readonly from: readonly Address[]
  readonly sender: readonly Address[]
  readonly replyTo: readonly Address[]
  readonly to: readonly Address[]
  readonly cc: readonly Address[]
  readonly bcc: readonly Address[]
  /** Addresses of Delivered-To, X-Original-To and Envelope-To, as written. */
  readonly deliveredTo: readonly string[]
  /** Empty when there is none. */
  readonly subject: string
  readonly date: MessageDate | null
  /** From the topmost Received header, ms since the epoch: when the last server took it. */
  readonly receivedAt: number | null
  readonly messageId: string | null
  readonly inReplyTo: readonly string[]
  readonly references: readonly string[]
  readonly list: ListHeaders
  /** Raw values, topmost first. Only those of a server that the person trusts mean anything. */
  readonly authenticationResults: readonly string[]
  readonly contentLanguage: readonly string[]
  /** Sent to many: Precedence bulk, list or junk, List-Unsubscribe, Feedback-ID. */
  readonly isBulk: boolean
  readonly isList: boolean
  /** Sent by a program (RFC 3834 Auto-Submitted). */
  readonly isAuto: boolean
}

/** Fields that may occur once (RFC 5322 §3.6): a second one is how one reader is shown something else than another. */
const onlyOnce = new Set(['from', 'sender', 'reply-to', 'to', 'cc', 'bcc', 'subject', 'date', 'message-id'])
const repeatedMax = 50

export function readEnvelope(context: Context, block: HeaderBlock): Envelope {
  const first = firstValues(context, block)
  const text = (name: string): string => first.get(name) ?? ''
  const addresses = (name: string): Address[] => readAddresses(context, first.get(name))
  const from = addresses('from')
  if (from.length === 0) context.defects.add('from_missing')
  const uris = readListUris(first.get('list-unsubscribe'))
  const listId = first.get('list-id')
  const post = readListUris(first.get('list-post'))
  const precedence = text('precedence').trim().toLowerCase()
  const auto = text('auto-submitted').trim().toLowerCase()
  const { id, description } = listId === undefined ? { id: null, description: null } : readListId(context, listId)
  return {
    from,
    sender: addresses('sender'),
    replyTo: addresses('reply-to'),
    to: addresses('to'),
    cc: addresses('cc'),
    bcc: addresses('bcc'),
    deliveredTo: deliveredTo(context, block, first),
    subject: decodePhrase(context, text('subject')),
    date: readDate(context.defects, first.get('date')),
    receivedAt: receivedAt(first.get('received')),
    messageId: readMessageId(context, first.get('message-id')),
    inReplyTo: readMessageIds(context, first.get('in-reply-to')),
    references: readMessageIds(context, first.get('references')),
    list: { id, description, post, unsubscribe: uris, oneClick: isOneClick(first.get('list-unsubscribe-post'), uris) },
    authenticationResults: allValues(context, block, first, 'authentication-results'),
    contentLanguage: readLanguages(first.get('content-language')),
    isBulk: /^(?:bulk|list|junk)$/.test(precedence) || first.has('list-unsubscribe') || first.has('feedback-id'),
    isList: id !== null || post.length > 0 || first.has('mailing-list') || first.has('x-mailing-list'),
    isAuto: auto !== '' && !auto.startsWith('no'),
  }
}

function firstValues(context: Context, block: HeaderBlock): Map<string, string> {
  const first = new Map<string, string>()
  for (const field of block.fields) {
    if (field.known === '') continue
    if (!first.has(field.known)) first.set(field.known, rawValue(block, field))
    else if (onlyOnce.has(field.known)) {
      context.defects.add('header_duplicate', block.start + field.valueStart)
    }
  }
  return first
}

function allValues(context: Context, block: HeaderBlock, first: Map<string, string>, name: string): string[] {
  if (!first.has(name)) return []
  const values: string[] = []
  for (const field of block.fields) {
    if (field.known === name && values.length < repeatedMax) values.push(decodeHeader(context, rawValue(block, field)))
  }
  return values
}

const recipientFields = ['delivered-to', 'x-original-to', 'envelope-to']

function deliveredTo(context: Context, block: HeaderBlock, first: Map<string, string>): string[] {
  if (!recipientFields.some(name => first.has(name))) return []
  const found = new Set<string>()
  for (const name of recipientFields) {
    for (const value of allValues(context, block, first, name)) {
      if (value.includes('@')) found.add(value.startsWith('<') ? value.replace(/^<|>$/g, '') : value)
    }
  }
  return [...found]
}

/** A broken trace header is nobody's concern: its defects are not the message's. */
const unheard = new DefectLog(0)

function receivedAt(raw: string | undefined): number | null {
  const semicolon = raw?.lastIndexOf(';') ?? -1
  if (raw === undefined || semicolon < 0) return null
  return readDate(unheard, raw.slice(semicolon + 1).trim())?.at ?? null
}

function readLanguages(raw: string | undefined): string[] {
  if (raw === undefined) return []
  const tags = raw.replace(/\([^()]*\)/g, '').split(',')
  return tags.map(tag => tag.trim()).filter(tag => /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,8}$/.test(tag))
}
