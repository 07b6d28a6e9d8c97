import { err, ok, type Result } from '#base/result.ts'
import { heedsLabel, leftFolder, shieldFlags } from '../outbox/shield.ts'
import { integer, optionalInteger, type Statements } from './database.ts'
import { type StoreError, storeError } from './errors.ts'
import { isUnread, ownFlags } from './flags.ts'
import type { MessageId } from './ids.ts'
import type { IncomingLabel } from './incoming.ts'
import { addLabel, labelsOf, refreshFlags, removeLabel, stateOf, updateFlags } from './membership.ts'
import { removeRaws } from './raw-removal.ts'
import type { Writing } from './writing.ts'

export interface FlagChange {
  /** Bits of `FLAG` to set and to clear; only read, starred, draft and answered can be. */
  readonly set: number
  readonly clear: number
}

export interface LabelChange {
  readonly add: readonly IncomingLabel[]
  /** Labels by the account's own key for them. */
  readonly remove: readonly string[]
}

/**
 * What a provider says, as opposed to what the person decides (`decide`): a decision that is not delivered yet stays.
 * The ids of messages that changed; an id that is not here refuses the whole call.
 */
export function changeFlags(
  writing: Writing,
  ids: readonly MessageId[],
  { set, clear }: FlagChange,
): Result<readonly MessageId[], StoreError> {
  return writing.transaction(() => {
    const missing = firstMissing(writing.statements, ids)
    if (missing !== undefined) return err(missing)
    return ok(
      ids.filter(id => {
        const said = (stateOf(writing, id).flags & ownFlags & ~clear) | (set & ownFlags)
        return updateFlags(writing, id, shieldFlags(writing, id, said, set | clear))
      }),
    )
  })
}

export function changeLabels(
  writing: Writing,
  ids: readonly MessageId[],
  { add, remove }: LabelChange,
): Result<readonly MessageId[], StoreError> {
  return writing.transaction(() => {
    const missing = firstMissing(writing.statements, ids)
    if (missing !== undefined) return err(missing)
    return ok(ids.filter(id => changeLabelsOf(writing, id, { add, remove })))
  })
}

function changeLabelsOf(writing: Writing, id: MessageId, { add, remove }: LabelChange): boolean {
  const { statements, labels } = writing
  const account = integer(statements.one('SELECT account_id FROM messages WHERE id = ?', id), 0)
  let hasChanged = false
  for (const key of remove) {
    const label = statements.one('SELECT id FROM labels WHERE account_id = ? AND key = ?', account, key)
    if (label === undefined || !heedsLabel(writing, id, integer(label, 0), false)) continue
    if (removeLabel(writing, id, integer(label, 0))) hasChanged = true
  }
  const { flags } = stateOf(writing, id)
  for (const each of add) {
    const label = labels.ensure(account, each).id
    if (heedsLabel(writing, id, label, true) && addLabel(writing, { id, flags }, label)) hasChanged = true
  }
  return refreshFlags(writing, id) || hasChanged
}

export interface Expunged {
  readonly account: string
  /** The folder's key. */
  readonly mailbox: string
  /** Only places of this validity, or all that are older when the server began a new one. */
  readonly uidvalidity: number
  readonly uids: readonly number[] | 'all'
}

/**
 * Places that are gone from the server. A message that has no other place in the folder loses the folder; the result
 * names those that are left without any label, which the caller may remove or find again elsewhere.
 */
export function forgetPlaces(writing: Writing, gone: Expunged): Result<readonly MessageId[], StoreError> {
  return writing.transaction(() => {
    const { statements } = writing
    const account = writing.account(gone.account)
    const label = statements.one('SELECT id FROM labels WHERE account_id = ? AND key = ?', account, gone.mailbox)
    if (label === undefined) return err(storeError('label_unknown', 'there is no such folder'))
    const labelId = integer(label, 0)
    const homeless: MessageId[] = []
    for (const id of takePlaces(statements, labelId, gone)) {
      const other = statements.one('SELECT 1 FROM locations WHERE label_id = ? AND message_id = ?', labelId, id)
      if (other !== undefined) continue
      if (leftFolder(writing, id, labelId)) removeLabel(writing, id, labelId)
      removeGuesses(writing, id)
      refreshFlags(writing, id)
      if (labelsOf(writing, id).length === 0) homeless.push(id)
    }
    return ok(homeless)
  })
}

/**
 * Folders that we think the message is in, because we moved it there and the server did not say where to. Now that it
 * is gone from where it was, the folder itself has to show it.
 */
function removeGuesses(writing: Writing, id: MessageId): void {
  const rows = writing.statements.all(
    `SELECT l.id FROM message_labels ml JOIN labels l ON l.id = ml.label_id JOIN accounts a ON a.id = l.account_id
     WHERE ml.message_id = ?1 AND l.kind = 'folder' AND a.delivery = 'folders'
     AND NOT EXISTS (SELECT 1 FROM locations p WHERE p.label_id = l.id AND p.message_id = ?1)
     AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.message_id = ?1 AND o.field = l.id)`,
    id,
  )
  for (const row of rows) removeLabel(writing, id, integer(row, 0))
}

function takePlaces(statements: Statements, label: number, { uidvalidity, uids }: Expunged): MessageId[] {
  const taken = new Set<MessageId>()
  if (uids === 'all') {
    const found = statements.all(
      'SELECT message_id FROM locations WHERE label_id = ? AND uidvalidity = ?',
      label,
      uidvalidity,
    )
    for (const row of found) taken.add(integer(row, 0))
    statements.run('DELETE FROM locations WHERE label_id = ? AND uidvalidity = ?', label, uidvalidity)
    return [...taken]
  }
  for (const uid of uids) {
    const found = statements.one(
      'SELECT message_id FROM locations WHERE label_id = ? AND uidvalidity = ? AND uid = ?',
      label,
      uidvalidity,
      uid,
    )
    if (found === undefined) continue
    taken.add(integer(found, 0))
    statements.run('DELETE FROM locations WHERE label_id = ? AND uidvalidity = ? AND uid = ?', label, uidvalidity, uid)
  }
  return [...taken]
}

/** Deletes messages with all that hangs on them; raw bytes go when no other message has them. Unknown ids are passed over. */
export function removeMessages(writing: Writing, ids: readonly MessageId[]): Result<{ removed: number }, StoreError> {
  return writing.transaction(() => {
    const removed = ids.flatMap(id => removeMessage(writing, id) ?? [])
    removeRaws(
      writing.statements,
      removed.flatMap(({ raw }) => raw ?? []),
    )
    return ok({ removed: removed.length })
  })
}

function removeMessage(writing: Writing, id: MessageId): { raw: number | null } | undefined {
  const { statements, threads } = writing
  const row = statements.one('SELECT thread_id, flags, from_id, raw_id FROM messages WHERE id = ?', id)
  if (row === undefined) return undefined
  for (const label of labelsOf(writing, id)) removeLabel(writing, id, label)
  writing.index.remove(id)
  statements.run('DELETE FROM messages WHERE id = ?', id)
  threads.leave(integer(row, 0), { isUnread: isUnread(integer(row, 1)), sender: optionalInteger(row, 2) })
  return { raw: optionalInteger(row, 3) }
}

function firstMissing(statements: Statements, ids: readonly MessageId[]): StoreError | undefined {
  for (const id of ids) {
    if (statements.one('SELECT 1 FROM messages WHERE id = ?', id) === undefined) {
      return storeError('message_unknown', 'a message of the list is not in the store')
    }
  }
  return undefined
}
