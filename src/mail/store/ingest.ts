import { err, ok, type Result } from '#base/result.ts'
import { threadNodes } from '../thread/index.ts'
import { integer } from './database.ts'
import { type StoreError, storeError } from './errors.ts'
import { flagsOf, isUnread } from './flags.ts'
import type { Segment } from './fts/index.ts'
import type { MessageId } from './ids.ts'
import type { LabelRow } from './label-rows.ts'
import { mergePlacement } from './merge.ts'
import { insertMessage } from './message-rows.ts'
import { freeId, secondOf } from './place-in-time.ts'
import { removeRaws } from './raw-removal.ts'
import { type RawIds, storeRaws } from './raw-rows.ts'
import type { SealedBatch, SealedMessage } from './seal.ts'
import { threadBySubject } from './subject-threads.ts'
import type { Writing } from './writing.ts'

export interface Ingested {
  readonly id: MessageId
  /**
   * `stored`: new. `known`: it was here with all that came now. `changed`: it was here and gained a label, a place,
   * a flag or its raw bytes. `needs_raw`: its bytes were thought to be here, and are not: hand them over.
   */
  readonly outcome: 'stored' | 'known' | 'changed' | 'needs_raw'
}

const batchMessagesMax = 20_000

/**
 * Takes in a batch, all of it or nothing; once this returns, it survives a crash. Outcomes are in the batch's order.
 * The same mail again, from whatever folder, is the same message.
 */
export function ingest(writing: Writing, batch: SealedBatch): Result<readonly Ingested[], StoreError> {
  return writing.transaction(() => ingestWithin(writing, batch))
}

/** The same within a transaction of the caller, who rolls it back after an error. */
export function ingestWithin(writing: Writing, batch: SealedBatch): Result<readonly Ingested[], StoreError> {
  if (batch.messages.length > batchMessagesMax) {
    return err(storeError('batch_invalid', `a batch holds at most ${batchMessagesMax} messages`))
  }
  const invalid = findInvalid(batch)
  if (invalid !== undefined) return err(storeError('batch_invalid', invalid))
  const { arrivals, repeats, outcomes } = sortOut(writing, batch)
  const segment = fittingSegment(batch, arrivals)
  if (segment !== undefined) writing.index.addSegment(segment)
  for (const arrival of arrivals) {
    store(writing, arrival)
    outcomes[arrival.at] = { id: arrival.id, outcome: 'stored' }
  }
  for (const repeat of repeats) {
    const hasChanged = mergePlacement(writing, repeat)
    outcomes[repeat.at] = { id: repeat.id, outcome: hasChanged ? 'changed' : 'known' }
  }
  // Bytes that came with a message known by its place or its provider's id, and that it did not need.
  removeRaws(
    writing.statements,
    repeats.flatMap(({ raw }) => (raw?.isNew === true ? raw.id : [])),
  )
  return ok(outcomes)
}

interface Sorted {
  /** New messages, in the order of their ids: that of all tables that they go to. */
  readonly arrivals: readonly Arrival[]
  readonly repeats: readonly Repeat[]
  /** One for each message of the batch; those that are neither of the above lack their bytes. */
  readonly outcomes: Ingested[]
}

function sortOut(writing: Writing, batch: SealedBatch): Sorted {
  const raws = storeRaws(writing, batch)
  const arrivals: Arrival[] = []
  const repeats: Repeat[] = []
  const arriving = new Map<string, Arrival>()
  const taken = new Set<MessageId>()
  for (const [at, message] of batch.messages.entries()) {
    const account = writing.account(message.incoming.account)
    const raw = raws[at] ?? null
    if (raw === null && message.raw !== undefined) continue
    const names = identities(message, account, raw)
    const twin = names.map(name => arriving.get(name)).find(found => found !== undefined)
    const existing = twin?.id ?? findMessage(writing, { message, account, raw })
    if (existing !== undefined) repeats.push({ at, id: existing, message, account, raw })
    else {
      const arrival = { at, message, account, raw, ...placeInTime(writing, message, taken) }
      arrivals.push(arrival)
      for (const name of names) arriving.set(name, arrival)
    }
  }
  arrivals.sort((one, other) => one.id - other.id)
  return { arrivals, repeats, outcomes: batch.messages.map(() => ({ id: 0, outcome: 'needs_raw' })) }
}

/** By what a second copy in the same batch is known. */
function identities({ incoming: { provider } }: SealedMessage, account: number, raw: RawIds | null): string[] {
  const names: string[] = []
  if (raw !== null) names.push(`${account} raw ${raw.id}`)
  if (provider?.messageId !== undefined) names.push(`${account} provider ${provider.messageId}`)
  if (provider?.location !== undefined) {
    const { mailbox, uidvalidity, uid } = provider.location
    names.push(`${account} place ${uidvalidity} ${uid} ${mailbox}`)
  }
  return names
}

function findInvalid({ messages }: SealedBatch): string | undefined {
  for (const { incoming } of messages) {
    const { account, labels, provider } = incoming
    if (account === '') return 'a message names no account'
    const mailbox = provider?.location?.mailbox
    if (mailbox !== undefined && !labels.some(({ key }) => key === mailbox)) {
      return 'a message stands in a mailbox that is not among its labels'
    }
  }
  return undefined
}

interface Arrival {
  readonly at: number
  readonly message: SealedMessage
  readonly account: number
  readonly raw: RawIds | null
  readonly id: MessageId
  readonly second: number
}

interface Repeat {
  readonly at: number
  readonly id: MessageId
  readonly message: SealedMessage
  readonly account: number
  readonly raw: RawIds | null
}

function placeInTime(
  writing: Writing,
  message: SealedMessage,
  taken: Set<MessageId>,
): { id: MessageId; second: number } {
  const second = secondOf(message, writing.clock.now())
  const id = freeId(
    message,
    second,
    each => taken.has(each) || writing.statements.one('SELECT 1 FROM messages WHERE id = ?', each) !== undefined,
  )
  taken.add(id)
  return { id, second }
}

/**
 * The index of a batch as its worker made it, if all of its messages are new and have the ids that the worker thought
 * of: nearly always, where mail comes for the first time.
 */
function fittingSegment({ segment, messages }: SealedBatch, arrivals: readonly Arrival[]): Segment | undefined {
  if (segment === undefined || arrivals.length !== messages.length || segment.ids.length !== arrivals.length)
    return undefined
  return arrivals.every(({ id }, at) => segment.ids[at] === id) ? segment : undefined
}

/** The message that this is, by its place on the server, by the provider's name for it, or by its bytes. */
function findMessage(
  { statements, labels }: Writing,
  { message, account, raw }: Pick<Arrival, 'message' | 'account' | 'raw'>,
): MessageId | undefined {
  const { provider } = message.incoming
  if (provider?.location !== undefined) {
    const { mailbox, uidvalidity, uid } = provider.location
    const folder = message.incoming.labels.find(({ key }) => key === mailbox)
    if (folder !== undefined) {
      const row = statements.one(
        'SELECT message_id FROM locations WHERE label_id = ? AND uidvalidity = ? AND uid = ?',
        labels.ensure(account, folder).id,
        uidvalidity,
        uid,
      )
      if (row !== undefined) return integer(row, 0)
    }
  }
  if (provider?.messageId !== undefined) {
    const row = statements.one(
      'SELECT message_id FROM provider_ids WHERE account_id = ? AND provider_id = ?',
      account,
      provider.messageId,
    )
    if (row !== undefined) return integer(row, 0)
  }
  if (raw === null || raw.isNew) return undefined
  const row = statements.one('SELECT id FROM messages WHERE raw_id = ? AND account_id = ?', raw.id, account)
  return row === undefined ? undefined : integer(row, 0)
}

function store(writing: Writing, { message, account, raw, id, second }: Arrival): void {
  const { document, labels, flags: own, provider } = message.incoming
  const placements: LabelRow[] = labels.map(label => writing.labels.ensure(account, label))
  const flags = flagsOf(own, placements)
  const [author] = document.from
  const sender = author === undefined || author.email === '' ? null : writing.person(author)
  const names = { ...document, providerThreadId: provider?.threadId }
  const membership = { id, account, isUnread: isUnread(flags), sender }
  const thread = writing.threads.enter({ ...membership, nodes: threadNodes(account, names) })
  insertMessage(writing, { id, account, thread, flags, second, sender, raw: raw?.id ?? null, message })
  threadBySubject(writing, { id, account, thread, second, subject: message.subject, document, provider })
  mergePlacement(writing, { id, message, account, raw, written: flags })
}
