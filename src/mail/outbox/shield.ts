import { integer } from '../store/database.ts'
import type { MessageId } from '../store/ids.ts'
import type { Writing } from '../store/writing.ts'
import { setField } from './fields.ts'

/**
 * What a provider says meets what the person decided and the provider does not know yet: the decision wins until it is
 * delivered, and the provider's word is kept as what there is to return to. A provider that says what was decided
 * anyway (another client did the same) settles it.
 */

/** The own flags to write. @param about the bits that the provider spoke of; the others are as they were */
export function shieldFlags(writing: Writing, id: MessageId, said: number, about: number): number {
  const { statements } = writing
  const rows = statements.all('SELECT field, wanted FROM outbox WHERE message_id = ? AND field < 0', id)
  let flags = said
  for (const row of rows) {
    const bit = -integer(row, 0)
    const isWanted = integer(row, 1) === 1
    flags = isWanted ? flags | bit : flags & ~bit
    if ((about & bit) !== 0) hear(writing, id, { field: -bit, isSo: (said & bit) !== 0, isWanted })
  }
  return flags
}

/** Whether a label that the provider says the message has, or has not, is to be written so. */
export function heedsLabel(writing: Writing, id: MessageId, label: number, isSo: boolean): boolean {
  const row = writing.statements.one('SELECT wanted FROM outbox WHERE message_id = ? AND field = ?', id, label)
  if (row === undefined) return true
  hear(writing, id, { field: label, isSo, isWanted: integer(row, 0) === 1 })
  return false
}

/** A label is gone from the provider: what was wanted of it is void. */
export function labelGone(writing: Writing, label: number): void {
  const rows = writing.statements.all('SELECT message_id, decision_id FROM outbox WHERE field = ?', label)
  writing.statements.run('DELETE FROM outbox WHERE field = ?', label)
  for (const row of rows) settleItem(writing, integer(row, 0), integer(row, 1), 'dropped')
}

/** A message has been seen at a place that was not known: what waited for it can be delivered there. */
export function foundAgain({ statements }: Writing, id: MessageId): void {
  statements.run('UPDATE outbox SET is_held = 0 WHERE message_id = ? AND is_held = 2', id)
}

/**
 * A provider's word that a message is no longer in a folder. Somebody else moved or deleted it: if that is where a
 * decision wanted it moved away from, the decision about its place is void, and it is where they put it. Says whether
 * the label is to be taken away here too.
 */
export function leftFolder(writing: Writing, id: MessageId, label: number): boolean {
  const { statements, labels } = writing
  const row = statements.one('SELECT wanted FROM outbox WHERE message_id = ? AND field = ?', id, label)
  if (row === undefined) return true
  hear(writing, id, { field: label, isSo: false, isWanted: integer(row, 0) === 1 })
  if (integer(row, 0) === 1) return false
  const waiting = statements
    .all('SELECT field, wanted, decision_id FROM outbox WHERE message_id = ? AND field > 0 AND is_held = 0', id)
    .filter(each => labels.byId(integer(each, 0)).kind === 'folder')
  if (waiting.some(each => integer(each, 1) === 0)) return false // another copy is still to be moved there
  for (const each of waiting) {
    statements.run('DELETE FROM outbox WHERE message_id = ? AND field = ?', id, integer(each, 0))
    setField(writing, id, { field: integer(each, 0), value: false })
    settleItem(writing, id, integer(each, 2), 'dropped')
  }
  return false
}

function hear(
  writing: Writing,
  id: MessageId,
  { field, isSo, isWanted }: { field: number; isSo: boolean; isWanted: boolean },
): void {
  const { statements } = writing
  if (isSo !== isWanted) {
    statements.run('UPDATE outbox SET base = ? WHERE message_id = ? AND field = ?', isSo ? 1 : 0, id, field)
    return
  }
  const decision = integer(
    statements.one('SELECT decision_id FROM outbox WHERE message_id = ? AND field = ?', id, field),
    0,
  )
  statements.run('DELETE FROM outbox WHERE message_id = ? AND field = ?', id, field)
  settleItem(writing, id, decision, 'applied')
}

function settleItem({ statements }: Writing, id: MessageId, decision: number, state: 'applied' | 'dropped'): void {
  statements.run(
    `UPDATE decision_items SET state = ?3 WHERE decision_id = ?1 AND message_id = ?2 AND state = 'pending'
     AND NOT EXISTS (SELECT 1 FROM outbox WHERE message_id = ?2 AND decision_id = ?1)`,
    decision,
    id,
    state,
  )
}
