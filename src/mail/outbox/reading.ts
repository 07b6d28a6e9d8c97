import { integer, optionalInteger, type Row, type Statements, text } from '../store/database.ts'
import { formatMessageId, type MessageId } from '../store/ids.ts'
import type { Change } from './change.ts'

/** What of the outbox people and parts of the daemon look at. */

/** What became of a message of a decision; `local` has no provider that would have to be told. */
export const ITEM_STATES = ['local', 'pending', 'applied', 'failed', 'superseded', 'dropped', 'undone'] as const
export type ItemState = (typeof ITEM_STATES)[number]

export interface AccountOutbox {
  readonly account: string
  readonly isRemote: boolean
  /** Messages that the provider has yet to be told of. */
  readonly pending: number
  /** Messages whose change the provider refused within the last day. */
  readonly failed: number
  readonly attempts: number
  readonly lastError: { readonly code: string; readonly message: string; readonly at: number } | null
}

export function accountOutboxes(statements: Statements, now: number): AccountOutbox[] {
  const rows = statements.all(
    `SELECT a.name, a.delivery <> 'none',
       (SELECT count(DISTINCT message_id) FROM outbox o WHERE o.account_id = a.id AND o.is_held = 0),
       (SELECT count(*) FROM decision_items i JOIN decisions d ON d.id = i.decision_id
        JOIN messages m ON m.id = i.message_id
        WHERE i.state = 'failed' AND d.decided_at > ? AND m.account_id = a.id),
       coalesce(f.attempts, 0), f.code, f.message, f.failed_at
     FROM accounts a LEFT JOIN deliveries f ON f.account_id = a.id ORDER BY a.name`,
    now - 24 * 60 * 60 * 1000,
  )
  return rows.map(row => ({
    account: text(row, 0),
    isRemote: integer(row, 1) === 1,
    pending: integer(row, 2),
    failed: integer(row, 3),
    attempts: integer(row, 4),
    lastError: row[5] === null ? null : { code: text(row, 5), message: text(row, 6), at: integer(row, 7) },
  }))
}

export interface WaitingDecision {
  readonly decision: number
  readonly account: string
  readonly decidedAt: number
  readonly changes: readonly Change[]
  readonly pending: number
  readonly failed: number
}

const waitingDecisionsMax = 500

/** Decisions that are not delivered wholly, or were refused within the last day; the oldest first. */
export function waitingDecisions(statements: Statements, now: number): WaitingDecision[] {
  const rows = statements.all(
    `SELECT d.id, a.name, d.decided_at, d.changes,
       sum(i.state = 'pending'), sum(i.state = 'failed')
     FROM decision_items i JOIN decisions d ON d.id = i.decision_id JOIN messages m ON m.id = i.message_id
     JOIN accounts a ON a.id = m.account_id
     WHERE i.state = 'pending' OR (i.state = 'failed' AND d.decided_at > ?)
     GROUP BY d.id, a.id ORDER BY d.id LIMIT ${waitingDecisionsMax}`,
    now - 24 * 60 * 60 * 1000,
  )
  return rows.map(row => ({
    decision: integer(row, 0),
    account: text(row, 1),
    decidedAt: integer(row, 2),
    changes: changesFrom(row, 3),
    pending: integer(row, 4),
    failed: integer(row, 5),
  }))
}

export interface DecisionFacts {
  readonly decision: number
  readonly decidedAt: number
  readonly undoUntil: number
  readonly changes: readonly Change[]
  readonly undoes: number | null
  readonly states: Readonly<Partial<Record<ItemState, number>>>
}

export function listDecisions(statements: Statements, limit: number, before?: number): DecisionFacts[] {
  const rows = statements.all(
    'SELECT id, decided_at, undo_until, changes, undoes FROM decisions WHERE id < ? ORDER BY id DESC LIMIT ?',
    before ?? Number.MAX_SAFE_INTEGER,
    limit,
  )
  return rows.map(row => ({
    decision: integer(row, 0),
    decidedAt: integer(row, 1),
    undoUntil: integer(row, 2),
    changes: changesFrom(row, 3),
    undoes: optionalInteger(row, 4),
    states: statesOf(statements, integer(row, 0)),
  }))
}

function statesOf(statements: Statements, decision: number): Partial<Record<ItemState, number>> {
  const rows = statements.all(
    'SELECT state, count(*) FROM decision_items WHERE decision_id = ? GROUP BY state',
    decision,
  )
  return Object.fromEntries(rows.map(row => [stateFrom(row, 0), integer(row, 1)]))
}

export interface ItemFacts {
  readonly id: string
  readonly state: ItemState
  readonly code: string | null
}

export function decisionItems(
  statements: Statements,
  decision: number,
  { limit, after = 0 }: { readonly limit: number; readonly after?: MessageId },
): ItemFacts[] {
  const rows = statements.all(
    `SELECT message_id, state, code FROM decision_items WHERE decision_id = ? AND message_id > ?
     ORDER BY message_id LIMIT ?`,
    decision,
    after,
    limit,
  )
  return rows.map(row => ({
    id: formatMessageId(integer(row, 0)),
    state: stateFrom(row, 1),
    code: row[2] === null ? null : text(row, 2),
  }))
}

export interface Snoozed {
  readonly id: MessageId
  readonly wakeAt: number
}

export function listSnoozed(statements: Statements, limit: number, accounts?: readonly string[]): Snoozed[] {
  const scope = accounts === undefined ? '' : 'WHERE a.name IN (SELECT value FROM json_each(?))'
  const rows = statements.all(
    `SELECT s.message_id, s.wake_at FROM snoozes s JOIN messages m ON m.id = s.message_id
     JOIN accounts a ON a.id = m.account_id ${scope} ORDER BY s.wake_at, s.message_id LIMIT ?`,
    ...(accounts === undefined ? [] : [JSON.stringify(accounts)]),
    limit,
  )
  return rows.map(row => ({ id: integer(row, 0), wakeAt: integer(row, 1) }))
}

export interface SnoozeFacts {
  readonly total: number
  readonly nextWakeAt: number | null
}

export function snoozeFacts(statements: Statements): SnoozeFacts {
  const row = statements.one('SELECT count(*), min(wake_at) FROM snoozes')
  return { total: integer(row, 0), nextWakeAt: optionalInteger(row, 1) }
}

export interface PlanFacts {
  readonly changes: readonly Change[]
  readonly expiresAt: number
  readonly appliedBy: number | null
  readonly total: number
  readonly ids: readonly MessageId[]
}

export function showPlan(
  statements: Statements,
  { plan, caller, limit, after = 0 }: { plan: string; caller: string; limit: number; after?: MessageId },
): PlanFacts | undefined {
  const row = statements.one(
    `SELECT changes, expires_at, applied_by, (SELECT count(*) FROM plan_items WHERE plan_id = id) FROM plans
     WHERE id = ? AND caller = ?`,
    plan,
    caller,
  )
  if (row === undefined) return undefined
  const items = statements.all(
    'SELECT message_id FROM plan_items WHERE plan_id = ? AND message_id > ? ORDER BY message_id LIMIT ?',
    plan,
    after,
    limit,
  )
  return {
    changes: changesFrom(row, 0),
    expiresAt: integer(row, 1),
    appliedBy: optionalInteger(row, 2),
    total: integer(row, 3),
    ids: items.map(item => integer(item, 0)),
  }
}

function stateFrom(row: Row, column: number): ItemState {
  const found = ITEM_STATES.find(state => state === row[column])
  if (found === undefined) throw new TypeError('an item of unknown state')
  return found
}

/** Written by `decide` and `createPlan`, read back as they were. */
function changesFrom(row: Row, column: number): readonly Change[] {
  const changes: Change[] = JSON.parse(text(row, column))
  return changes
}
