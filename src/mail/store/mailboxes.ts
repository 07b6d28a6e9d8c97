import { ok, type Result } from '#base/result.ts'
import { removeMessages } from './changes.ts'
import { integer } from './database.ts'
import type { StoreError } from './errors.ts'
import type { MessageId } from './ids.ts'
import type { IncomingLabel } from './incoming.ts'
import { refreshFlags, removeLabel } from './membership.ts'
import { noteIfHomeless } from './server-state.ts'
import type { Writing } from './writing.ts'

export interface KnownMailbox extends IncomingLabel {
  readonly objectId: string | null
}

/**
 * The mailboxes that a provider has. One that bears the object id of one that is gone was renamed: it keeps its mail,
 * its cursor and its label. Those that are gone lose their mail to wherever else it lies.
 */
export function setMailboxes(
  writing: Writing,
  account: string,
  mailboxes: readonly KnownMailbox[],
): Result<{ readonly renamed: number }, StoreError> {
  return writing.transaction(() => {
    const { statements, labels } = writing
    const number = writing.account(account)
    let renamed = 0
    for (const mailbox of mailboxes) {
      if (mailbox.objectId !== null && renameByObject(writing, number, mailbox, mailboxes)) renamed++
      clearKeyword(writing, number, mailbox.key)
      const { id } = labels.ensure(number, mailbox)
      statements.run(
        `INSERT INTO sync_mailboxes(label_id, object_id, remaining) VALUES (?1, ?2, 0)
         ON CONFLICT(label_id) DO UPDATE SET object_id = ?2 WHERE object_id IS NOT ?2`,
        id,
        mailbox.objectId,
      )
    }
    return ok({ renamed })
  })
}

/** A keyword that is called like a folder that is new: whoever bore the keyword does not lie in the folder. */
function clearKeyword(writing: Writing, account: number, key: string): void {
  const { statements } = writing
  const row = statements.one(
    "SELECT id FROM labels WHERE account_id = ? AND key = ? AND kind = 'keyword'",
    account,
    key,
  )
  if (row === undefined) return
  const label = integer(row, 0)
  for (const borne of statements.all('SELECT message_id FROM message_labels WHERE label_id = ?', label)) {
    removeLabel(writing, integer(borne, 0), label)
  }
}

function renameByObject(
  writing: Writing,
  account: number,
  { key, objectId }: KnownMailbox,
  all: readonly KnownMailbox[],
): boolean {
  const { statements, labels } = writing
  const before = statements.one(
    'SELECT l.id, l.key FROM sync_mailboxes s JOIN labels l ON l.id = s.label_id WHERE l.account_id = ? AND s.object_id = ?',
    account,
    objectId,
  )
  const oldKey = before?.[1]
  if (oldKey === undefined || oldKey === key || all.some(other => other.key === oldKey)) return false
  if (statements.one('SELECT 1 FROM labels WHERE account_id = ? AND key = ?', account, key) !== undefined) return false
  statements.run('UPDATE labels SET key = ?, name = ? WHERE id = ?', key, key, integer(before, 0))
  labels.writeCounts()
  labels.clear()
  return true
}

/** A mailbox that is gone from the provider, with all places there; mail that lay only there becomes homeless. */
export function dropMailbox(writing: Writing, account: string, key: string): Result<undefined, StoreError> {
  return writing.transaction(() => {
    const { statements, labels } = writing
    const row = statements.one('SELECT id FROM labels WHERE account_id = ? AND key = ?', writing.account(account), key)
    if (row === undefined) return ok(undefined)
    const label = integer(row, 0)
    const ids = statements
      .all('SELECT DISTINCT message_id FROM locations WHERE label_id = ?', label)
      .map(found => integer(found, 0))
    statements.run('DELETE FROM locations WHERE label_id = ?', label)
    for (const id of ids) {
      removeLabel(writing, id, label)
      refreshFlags(writing, id)
      noteIfHomeless(writing, id)
    }
    statements.run('DELETE FROM sync_mailboxes WHERE label_id = ?', label)
    // Mail that did not come from there (imported, put there by a decision) keeps the label.
    if (statements.one('SELECT 1 FROM message_labels WHERE label_id = ? LIMIT 1', label) === undefined) {
      statements.run('DELETE FROM labels WHERE id = ?', label)
    }
    labels.writeCounts()
    labels.clear()
    return ok(undefined)
  })
}

export interface Expected {
  readonly message: MessageId
  readonly label: number
}

/**
 * Messages that should be in a folder because they were moved there, and were not seen there although it was looked
 * through since: whoever moved them last was not us.
 */
export function settleExpected(writing: Writing, expected: readonly Expected[]): Result<undefined, StoreError> {
  return writing.transaction(() => {
    const { statements } = writing
    for (const { message, label } of expected) {
      const taken = statements.run('DELETE FROM sync_expected WHERE message_id = ? AND label_id = ?', message, label)
      const where = [message, label] as const
      const isThere =
        taken === 0 ||
        statements.one('SELECT 1 FROM locations WHERE message_id = ? AND label_id = ?', ...where) !== undefined ||
        statements.one('SELECT 1 FROM outbox WHERE message_id = ? AND field = ?', ...where) !== undefined
      if (isThere) continue
      removeLabel(writing, message, label)
      refreshFlags(writing, message)
      noteIfHomeless(writing, message)
    }
    return ok(undefined)
  })
}

/**
 * Takes away those of `ids` that still have no place: their provider has deleted them. The caller has looked through
 * every mailbox since they were named homeless. Whatever the person decided about one keeps it until it is delivered.
 */
export function removeHomeless(
  writing: Writing,
  account: string,
  ids: readonly MessageId[],
): Result<{ readonly removed: readonly MessageId[] }, StoreError> {
  const listed = writing.transaction(() => {
    const { statements } = writing
    const number = writing.account(account)
    statements.run(
      'DELETE FROM sync_homeless WHERE EXISTS (SELECT 1 FROM locations p WHERE p.message_id = sync_homeless.message_id)',
    )
    return ok(
      ids.filter(
        id =>
          statements.one(
            `SELECT 1 FROM sync_homeless h JOIN messages m ON m.id = h.message_id
             WHERE h.message_id = ? AND m.account_id = ?
             AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.message_id = h.message_id AND o.is_held = 0)`,
            id,
            number,
          ) !== undefined,
      ),
    )
  })
  if (!listed.ok) return listed
  const removed = removeMessages(writing, listed.value)
  return removed.ok ? ok({ removed: listed.value }) : removed
}
