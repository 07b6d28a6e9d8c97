import { err, ok, type Result } from '#base/result.ts'
import { integer, optionalInteger, type Row, text } from '../store/database.ts'
import { type StoreError, storeError } from '../store/errors.ts'
import type { MessageId } from '../store/ids.ts'
import type { Writing } from '../store/writing.ts'
import { AccountsNow } from './accounts-now.ts'
import { type FieldChange, parseFields } from './change.ts'
import { AppliedFields, type Decided, DecisionRecord, type MessageOutcome, repeatOf } from './decide.ts'
import { endPuttingOff, isSoNow, putOff, putOffOf } from './fields.ts'

export interface UndoRequest {
  /** When left out: the latest of the same origin that can be undone; nobody takes back by accident what another did. */
  readonly decision?: number
  readonly clientKey: string
  readonly origin: string
}

/**
 * Takes a decision back: a decision of its own, of which only that is inverted which still is as the first one left
 * it. What somebody changed later stays. Messages that could not be restored may be tried again.
 */
export function undo(writing: Writing, request: UndoRequest): Result<Decided, StoreError> {
  return writing.transaction(() => {
    const digest = `undo ${request.decision ?? 'latest'}`
    const known = repeatOf(writing, request.clientKey, digest)
    if (known !== undefined) return known
    const found = findUndoable(writing, request)
    if (!found.ok) return found
    const undoes = found.value
    const items = itemsOf(writing, undoes)
    if (items.length === 0) return err(storeError('undone_already', 'nothing of that decision is left to be undone'))
    const record = new DecisionRecord(writing, { ...request, digest, changes: [], requested: items.length, undoes })
    const accounts = new AccountsNow(writing)
    for (const item of items) {
      const outcome = restore(writing, accounts, record.decision, item)
      record.take(item.id, outcome)
      if (outcome.ok) markUndone(writing, undoes, item.id)
    }
    return ok(record.finish())
  })
}

interface Item {
  readonly id: MessageId
  readonly did: readonly FieldChange[]
  readonly wakeBefore: number | null
}

function findUndoable({ statements, clock }: Writing, { decision, origin }: UndoRequest): Result<number, StoreError> {
  const row =
    decision === undefined
      ? statements.one(
          `SELECT id, undo_until FROM decisions d WHERE undoes IS NULL AND origin = ? AND EXISTS
           (SELECT 1 FROM decision_items i WHERE i.decision_id = d.id AND ${undoable}) ORDER BY id DESC LIMIT 1`,
          origin,
        )
      : statements.one('SELECT id, undo_until FROM decisions WHERE id = ?', decision)
  if (row === undefined) return err(storeError('decision_unknown', 'there is no decision that could be undone'))
  if (integer(row, 1) <= clock.now()) return err(storeError('undo_expired', 'a decision can be undone for 24 hours'))
  return ok(integer(row, 0))
}

/** What failed or was given up has been taken back already. */
const undoable = "state IN ('local', 'pending', 'applied', 'superseded')"

function itemsOf({ statements }: Writing, decision: number): Item[] {
  const rows = statements.all(
    `SELECT message_id, did, wake_before FROM decision_items WHERE decision_id = ? AND ${undoable} ORDER BY message_id`,
    decision,
  )
  return rows.map((row: Row) => ({
    id: integer(row, 0),
    did: parseFields(text(row, 1)),
    wakeBefore: optionalInteger(row, 2),
  }))
}

function restore(writing: Writing, accounts: AccountsNow, decision: number, item: Item): MessageOutcome {
  const { id, did, wakeBefore } = item
  const account = accounts.of(id)
  if (account === undefined) return { ok: false, code: 'message_unknown', message: 'the message is no longer here' }
  const { number, known } = account
  const snoozed = known.labels.find(({ role }) => role === 'snoozed')?.id
  // It had been put off, and was called back: it is put off again, and out of the inbox for us alone.
  const isPutOffAgain =
    wakeBefore !== null &&
    wakeBefore > writing.clock.now() &&
    did.every(({ value, field }) => value || field === snoozed)
  const inverse = did
    .filter(({ field, value }) => isSoNow(writing, id, field) === value)
    .filter(({ field, value }) => value || field !== snoozed || isPutOffAgain)
    .map(({ field, value }): FieldChange => {
      return isPutOffAgain && value ? { field, value: false, isHeld: true } : { field, value: !value }
    })
  if (inverse.length === 0 && !isPutOffAgain) {
    return { ok: false, code: 'superseded', message: 'it was changed again since' }
  }
  const applied = new AppliedFields(writing, { id, account: number, delivery: known.delivery, decision })
  const before = putOffOf(writing, id)
  const hid = applied.all(inverse)
  if (isPutOffAgain) {
    putOff(writing, id, { wakeAt: wakeBefore, hid: before?.hid ?? hid })
    applied.touch()
  } else if (inverse.some(({ field, value }) => field === snoozed && !value)) endPuttingOff(writing, id)
  return applied.outcome(before?.wakeAt ?? null)
}

function markUndone({ statements }: Writing, decision: number, id: MessageId): void {
  statements.run("UPDATE decision_items SET state = 'undone' WHERE decision_id = ? AND message_id = ?", decision, id)
}
