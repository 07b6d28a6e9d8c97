import { foundAgain, heedsLabel, shieldFlags } from '../outbox/shield.ts'
import { threadNodes } from '../thread/index.ts'
import { integer, optionalInteger } from './database.ts'
import { ownFlags } from './flags.ts'
import type { MessageId } from './ids.ts'
import type { ProviderIds } from './incoming.ts'
import { addLabel, stateOf, updateFlags } from './membership.ts'
import { rewriteMessage, THREADING } from './message-rows.ts'
import type { RawIds } from './raw-rows.ts'
import type { SealedMessage } from './seal.ts'
import { flagsAtServer, formatKeywords } from './server-state.ts'
import type { Writing } from './writing.ts'

export interface Placing {
  readonly id: MessageId
  readonly message: SealedMessage
  readonly account: number
  readonly raw: RawIds | null
  /** Its row was just written, with these flags. */
  readonly written?: number
}

/** Gives a message the labels, places and flags that it came with; says whether that changed anything. */
export function mergePlacement(writing: Writing, placing: Placing): boolean {
  const { id, message, account, written } = placing
  const flags = written ?? stateOf(writing, id).flags
  let hasChanged = fillRaw(writing, placing)
  for (const incoming of message.incoming.labels) {
    const label = writing.labels.ensure(account, incoming).id
    // What a file says at its second import is no news of a provider: it only adds.
    if (written === undefined && message.incoming.provider !== undefined && !heedsLabel(writing, id, label, true))
      continue
    if (addLabel(writing, { id, flags }, label)) hasChanged = true
  }
  if (message.incoming.provider !== undefined && place(writing, placing, message.incoming.provider)) hasChanged = true
  if (written !== undefined) return true
  return updateFlags(writing, id, mergedFlags(writing, placing)) || hasChanged
}

/** A provider knows the flags of its mail; a file that is imported again can only add to them. */
function mergedFlags(writing: Writing, { id, message }: Placing): number {
  const own = message.incoming.flags & ownFlags
  if (message.incoming.provider === undefined) return own | (stateOf(writing, id).flags & ownFlags)
  // One that lies in several folders is read when one of its copies is, whatever the order of their coming.
  const isPlaced = message.incoming.provider.location !== undefined
  return shieldFlags(writing, id, isPlaced ? flagsAtServer(writing, id) : own, ownFlags)
}

function place(writing: Writing, { id, message, account }: Placing, provider: ProviderIds): boolean {
  const { statements, labels } = writing
  let hasChanged = false
  if (provider.messageId !== undefined) {
    const added = statements.run(
      'INSERT OR IGNORE INTO provider_ids(account_id, provider_id, message_id) VALUES (?, ?, ?)',
      account,
      provider.messageId,
      id,
    )
    hasChanged = added > 0
  }
  const { location } = provider
  const folder = message.incoming.labels.find(({ key }) => key === location?.mailbox)
  if (location === undefined || folder === undefined) return hasChanged
  const written = statements.run(
    `INSERT INTO locations(label_id, uidvalidity, uid, message_id, modseq, flags, keywords) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT(label_id, uidvalidity, uid) DO UPDATE
     SET message_id = excluded.message_id, modseq = excluded.modseq, flags = excluded.flags, keywords = excluded.keywords
     WHERE message_id <> excluded.message_id OR modseq <> excluded.modseq OR flags <> excluded.flags
     OR keywords <> excluded.keywords`,
    labels.ensure(account, folder).id,
    location.uidvalidity,
    location.uid,
    id,
    location.modseq ?? 0n,
    message.incoming.flags & ownFlags,
    formatKeywords(message.incoming.labels),
  )
  if (written > 0) foundAgain(writing, id)
  return hasChanged || written > 0
}

/** The header came first, now the whole message is here. */
function fillRaw(writing: Writing, { id, message, account, raw, written }: Placing): boolean {
  if (written !== undefined || raw === null) return false
  const row = writing.statements.one('SELECT raw_id, thread_id, from_id FROM messages WHERE id = ?', id)
  if (row === undefined || row[0] !== null) return false
  rederive(writing, { id, account, message, raw: raw.id, thread: integer(row, 1), before: optionalInteger(row, 2) })
  return true
}

export interface Rederiving {
  readonly id: MessageId
  readonly account: number
  readonly message: SealedMessage
  readonly raw: number | null
  readonly thread: number
  /** The sender as the row has it. */
  readonly before: number | null
}

/** Everything that follows from the raw bytes, anew. */
export function rederive(writing: Writing, { id, account, message, raw, thread, before }: Rederiving): void {
  const { document, provider } = message.incoming
  const [author] = document.from
  const after = author === undefined || author.email === '' ? null : writing.person(author)
  rewriteMessage(writing, { id, account, sender: after, raw, message })
  if (before !== after) {
    if (before !== null) writing.threads.uncountSender(thread, before)
    if (after !== null) writing.threads.countSender(thread, after)
  }
  const threading = integer(writing.statements.one('SELECT threading FROM messages WHERE id = ?', id), 0)
  // Whoever derives anew from raw bytes does not know the provider's thread, and it still outranks the headers.
  const isNative = threading === THREADING.byProvider && provider?.threadId === undefined
  const names = isNative ? { messageId: document.messageId, inReplyTo: [], references: [] } : document
  writing.threads.connect(thread, threadNodes(account, { ...names, providerThreadId: provider?.threadId }))
}
