import { integer } from '../store/database.ts'
import type { MessageId } from '../store/ids.ts'
import type { Writing } from '../store/writing.ts'

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

function hear(
  { statements }: Writing,
  id: MessageId,
  { field, isSo, isWanted }: { field: number; isSo: boolean; isWanted: boolean },
): void {
  if (isSo !== isWanted) {
    statements.run('UPDATE outbox SET base = ? WHERE message_id = ? AND field = ?', isSo ? 1 : 0, id, field)
    return
  }
  const decision = integer(
    statements.one('SELECT decision_id FROM outbox WHERE message_id = ? AND field = ?', id, field),
    0,
  )
  statements.run('DELETE FROM outbox WHERE message_id = ? AND field = ?', id, field)
  statements.run(
    `UPDATE decision_items SET state = 'applied' WHERE decision_id = ?1 AND message_id = ?2 AND state = 'pending'
     AND NOT EXISTS (SELECT 1 FROM outbox WHERE message_id = ?2 AND decision_id = ?1)`,
    decision,
    id,
  )
}
