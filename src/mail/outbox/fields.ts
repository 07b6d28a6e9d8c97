import { integer, type Row, text } from '../store/database.ts'
import { ownFlags } from '../store/flags.ts'
import type { MessageId } from '../store/ids.ts'
import { addLabel, hideLabel, refreshFlags, stateOf, updateFlags } from '../store/membership.ts'
import type { Writing } from '../store/writing.ts'
import type { Field, FieldChange } from './change.ts'
import { type Delivered, localRoles } from './targets.ts'

/** What of one field the provider does not know yet. */
export interface Waiting {
  readonly field: Field
  readonly wanted: boolean
  /** What the provider has, as last seen. */
  readonly base: boolean
  readonly decision: number
  readonly isTried: boolean
  readonly isHeld: boolean
  /** The message is not where it was: nothing is delivered until a sync has found it. */
  readonly isLost: boolean
}

export function isSoNow({ statements }: Writing, id: MessageId, field: Field): boolean {
  if (field < 0) return (integer(statements.one('SELECT flags FROM messages WHERE id = ?', id), 0) & -field) !== 0
  return statements.one('SELECT 1 FROM message_labels WHERE label_id = ? AND message_id = ?', field, id) !== undefined
}

/** Changes it here; the places where the provider has the message stay. Says whether it was not so already. */
export function setField(writing: Writing, id: MessageId, { field, value }: FieldChange): boolean {
  if (field < 0) {
    const own = stateOf(writing, id).flags & ownFlags
    return updateFlags(writing, id, value ? own | -field : own & ~-field)
  }
  if (!value) {
    if (!hideLabel(writing, id, field)) return false
  } else {
    if (writing.statements.one('SELECT 1 FROM labels WHERE id = ?', field) === undefined) return false
    if (!addLabel(writing, { id, flags: stateOf(writing, id).flags }, field)) return false
  }
  refreshFlags(writing, id)
  return true
}

export interface Deciding {
  readonly id: MessageId
  readonly account: number
  readonly delivery: Delivered
  readonly decision: number
}

export interface DecidedField {
  readonly hasChanged: boolean
  /** The decision that had wanted this field otherwise, and whose wish is void now. */
  readonly overtaken?: number
}

/** One field as the person wants it: here at once, and into the outbox when a provider has to learn of it. */
export function decideField(writing: Writing, deciding: Deciding, change: FieldChange): DecidedField {
  const { id, account, decision } = deciding
  const { statements } = writing
  const { field, value } = change
  const waiting = waitingOf(writing, id, field)
  const isDelivered = deciding.delivery !== 'none' && isDeliverable(writing, field)
  const hasChanged = setField(writing, id, change)
  if (!hasChanged) {
    // Put off until now, and now meant for good: the provider has to be told.
    if (waiting?.isHeld !== true || change.isHeld === true || waiting.wanted !== value) return { hasChanged }
    statements.run(
      'UPDATE outbox SET is_held = 0, decision_id = ? WHERE message_id = ? AND field = ?',
      decision,
      id,
      field,
    )
    return { hasChanged: true, overtaken: waiting.decision }
  }
  if (!isDelivered) return { hasChanged }
  const isHeld = change.isHeld === true ? 1 : 0
  if (waiting === undefined) {
    statements.run(
      `INSERT INTO outbox(message_id, field, account_id, wanted, base, decision_id, is_held)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      id,
      field,
      account,
      value ? 1 : 0,
      value ? 0 : 1,
      decision,
      isHeld,
    )
    return { hasChanged }
  }
  // Wanted as the provider has it, and it was never told otherwise: there is nothing to say.
  if (value === waiting.base && !waiting.isTried) forgetWaiting(writing, id, field)
  else {
    statements.run(
      'UPDATE outbox SET wanted = ?, decision_id = ?, is_held = ? WHERE message_id = ? AND field = ?',
      value ? 1 : 0,
      decision,
      isHeld,
      id,
      field,
    )
  }
  return { hasChanged, overtaken: waiting.decision }
}

/** Decisions whose every wish for this message was overtaken before the provider heard of it. */
export function markOvertaken({ statements }: Writing, id: MessageId, decisions: Iterable<number>): void {
  for (const decision of decisions) {
    statements.run(
      `UPDATE decision_items SET state = 'superseded' WHERE decision_id = ?1 AND message_id = ?2 AND state = 'pending'
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE message_id = ?2 AND decision_id = ?1)`,
      decision,
      id,
    )
  }
}

export function waitingOf({ statements }: Writing, id: MessageId, field: Field): Waiting | undefined {
  const row = statements.one(`SELECT ${waitingColumns} FROM outbox WHERE message_id = ? AND field = ?`, id, field)
  return row === undefined ? undefined : waitingFrom(row)
}

export function allWaiting({ statements }: Writing, id: MessageId): Waiting[] {
  return statements.all(`SELECT ${waitingColumns} FROM outbox WHERE message_id = ?`, id).map(waitingFrom)
}

export function forgetWaiting({ statements }: Writing, id: MessageId, field: Field): void {
  statements.run('DELETE FROM outbox WHERE message_id = ? AND field = ?', id, field)
}

const waitingColumns = 'field, wanted, base, decision_id, is_tried, is_held'

function waitingFrom(row: Row): Waiting {
  return {
    field: integer(row, 0),
    wanted: integer(row, 1) === 1,
    base: integer(row, 2) === 1,
    decision: integer(row, 3),
    isTried: integer(row, 4) === 1,
    isHeld: integer(row, 5) === 1,
    isLost: integer(row, 5) === 2,
  }
}

function isDeliverable({ labels }: Writing, field: Field): boolean {
  return field < 0 || !localRoles.has(labels.byId(field).role ?? '')
}

export interface PutOff {
  readonly wakeAt: number
  /** The labels that it comes back under. */
  readonly hid: readonly number[]
}

export function putOffOf({ statements }: Writing, id: MessageId): PutOff | undefined {
  const row = statements.one('SELECT wake_at, hid FROM snoozes WHERE message_id = ?', id)
  if (row === undefined) return undefined
  const hid = text(row, 1)
  return { wakeAt: integer(row, 0), hid: hid === '' ? [] : hid.split(' ').map(Number) }
}

export function putOff({ statements }: Writing, id: MessageId, { wakeAt, hid }: PutOff): void {
  statements.run('INSERT OR REPLACE INTO snoozes(message_id, wake_at, hid) VALUES (?, ?, ?)', id, wakeAt, hid.join(' '))
}

export function endPuttingOff({ statements }: Writing, id: MessageId): void {
  statements.run('DELETE FROM snoozes WHERE message_id = ?', id)
}
