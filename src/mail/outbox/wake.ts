import { ok, type Result } from '#base/result.ts'
import { integer } from '../store/database.ts'
import type { StoreError } from '../store/errors.ts'
import { formatMessageId, type MessageId } from '../store/ids.ts'
import type { Writing } from '../store/writing.ts'
import { AccountsNow } from './accounts-now.ts'
import { messageNow } from './decide.ts'
import { decideField, endPuttingOff, putOffOf } from './fields.ts'
import { targetOf } from './targets.ts'

const wokenMax = 1_000

export interface Woken {
  readonly id: string
  readonly account: string
}

/** Brings back what was put off until now: no decision, it was decided when it was put off. */
export function wakeSnoozed(writing: Writing): Result<readonly Woken[], StoreError> {
  return writing.transaction(() => {
    const due = writing.statements.all(
      `SELECT s.message_id, a.name FROM snoozes s JOIN messages m ON m.id = s.message_id
       JOIN accounts a ON a.id = m.account_id WHERE s.wake_at <= ? ORDER BY s.wake_at LIMIT ${wokenMax}`,
      writing.clock.now(),
    )
    const accounts = new AccountsNow(writing)
    for (const row of due) wake(writing, accounts, integer(row, 0))
    return ok(due.map(row => ({ id: formatMessageId(integer(row, 0)), account: String(row[1]) })))
  })
}

function wake(writing: Writing, accounts: AccountsNow, id: MessageId): void {
  const account = accounts.of(id)
  if (account === undefined) return
  const { number, known } = account
  const target = targetOf({ action: 'unsnooze' }, known, messageNow(writing, id, putOffOf(writing, id)))
  if (target.ok) {
    for (const change of target.value.fields) {
      decideField(writing, { id, account: number, delivery: known.delivery, decision: 0 }, change)
    }
  }
  endPuttingOff(writing, id)
}

/** Of messages that just arrived, those that belong to a thread which was muted. */
export function mutedAmong(writing: Writing, ids: readonly MessageId[]): Result<readonly MessageId[], StoreError> {
  return writing.attempt(() =>
    ids.filter(id => {
      const row = writing.statements.one(
        `SELECT 1 FROM messages a JOIN messages m ON m.thread_id = a.thread_id AND m.id <> a.id
         JOIN message_labels ml ON ml.message_id = m.id JOIN labels l ON l.id = ml.label_id
         WHERE a.id = ? AND l.role = 'muted' LIMIT 1`,
        id,
      )
      return row !== undefined
    }),
  )
}

const keptMs = 30 * 24 * 60 * 60 * 1000

/** Forgets decisions that are long delivered and cannot be undone, and plans that cannot be applied. */
export function forgetOldDecisions(writing: Writing): Result<{ readonly forgotten: number }, StoreError> {
  return writing.transaction(() => {
    const { statements, clock } = writing
    const before = clock.now() - keptMs
    const forgotten = statements.run(
      `DELETE FROM decisions WHERE decided_at < ? AND id NOT IN (SELECT decision_id FROM outbox)`,
      before,
    )
    statements.run('DELETE FROM plans WHERE expires_at < ?', clock.now() - 24 * 60 * 60 * 1000)
    return ok({ forgotten })
  })
}
