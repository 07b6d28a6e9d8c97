import { err, ok, type Result } from '#base/result.ts'
import { integer, type Row, text } from '../store/database.ts'
import { type StoreError, storeError } from '../store/errors.ts'
import { formatMessageId, type MessageId } from '../store/ids.ts'
import { labelsOf } from '../store/membership.ts'
import type { Writing } from '../store/writing.ts'
import { AccountsNow } from './accounts-now.ts'
import type { Change } from './change.ts'
import {
  type Decided,
  DecisionRecord,
  decideMessage,
  decisionMessagesMax,
  messageNow,
  type RefusedMessage,
  repeatOf,
} from './decide.ts'
import { isSoNow, putOffOf, waitingOf } from './fields.ts'
import { targetOf } from './targets.ts'

/** Plans live ten minutes: long enough to be read, short enough to be about the mail that was seen. */
export const planLifetimeMs = 10 * 60 * 1000
const refusedNamedMax = 1_000

export interface PlanRequest {
  /** Random: whoever does not know it cannot apply it. */
  readonly plan: string
  readonly changes: readonly Change[]
  readonly messages: readonly MessageId[]
  /** Who may apply it. */
  readonly caller: string
}

export interface Planned {
  readonly expiresAt: number
  readonly total: number
  readonly changed: number
  readonly refusedTotal: number
  readonly refused: readonly RefusedMessage[]
}

/** Freezes which messages a change is about, and the state that each has now. Nothing else changes. */
export function createPlan(writing: Writing, request: PlanRequest): Result<Planned, StoreError> {
  if (request.messages.length > decisionMessagesMax) {
    return err(storeError('limit_reached', `a plan names at most ${decisionMessagesMax} messages`))
  }
  return writing.transaction(() => {
    const { statements, clock } = writing
    const createdAt = clock.now()
    const expiresAt = createdAt + planLifetimeMs
    statements.run(
      'INSERT INTO plans(id, changes, caller, created_at, expires_at) VALUES (?, ?, ?, ?, ?)',
      request.plan,
      JSON.stringify(request.changes),
      request.caller,
      createdAt,
      expiresAt,
    )
    const accounts = new AccountsNow(writing, false)
    const messages = [...new Set(request.messages)]
    const refused: RefusedMessage[] = []
    let refusedTotal = 0
    let changed = 0
    for (const id of messages) {
      statements.run(
        'INSERT INTO plan_items(plan_id, message_id, state) VALUES (?, ?, ?)',
        request.plan,
        id,
        stateOf(writing, id),
      )
      const rehearsed = rehearse(writing, accounts, id, request.changes)
      if (rehearsed.ok) changed += rehearsed.value ? 1 : 0
      else {
        refusedTotal++
        if (refused.length < refusedNamedMax) refused.push(rehearsed.error)
      }
    }
    return ok({ expiresAt, total: messages.length, changed, refusedTotal, refused })
  })
}

function rehearse(
  writing: Writing,
  accounts: AccountsNow,
  id: MessageId,
  changes: readonly Change[],
): Result<boolean, RefusedMessage> {
  const account = accounts.of(id)
  if (account === undefined) {
    return err({ id: formatMessageId(id), code: 'message_unknown', message: 'there is no such message' })
  }
  const before = putOffOf(writing, id)
  let wouldChange = false
  for (const change of changes) {
    const outcome = targetOf(change, account.known, messageNow(writing, id, before))
    if (!outcome.ok) return err({ id: formatMessageId(id), ...outcome.error })
    const { fields, wakeAt } = outcome.value
    if (wakeAt !== undefined && wakeAt !== (before?.wakeAt ?? null)) wouldChange = true
    for (const { field, value, isHeld } of fields) {
      if (isSoNow(writing, id, field) !== value) wouldChange = true
      else if (isHeld !== true && waitingOf(writing, id, field)?.isHeld === true) wouldChange = true
    }
  }
  return ok(wouldChange)
}

export interface PlanApplication {
  readonly plan: string
  readonly caller: string
  readonly origin: string
}

/** Does what the plan says, once: applied again, it gives the first answer. Messages that changed since are refused as stale. */
export function applyPlan(writing: Writing, { plan, caller, origin }: PlanApplication): Result<Decided, StoreError> {
  return writing.transaction(() => {
    const { statements, clock } = writing
    const row = statements.one('SELECT changes, caller, expires_at FROM plans WHERE id = ?', plan)
    if (row === undefined || text(row, 1) !== caller) return err(storeError('plan_unknown', 'there is no such plan'))
    const clientKey = `plan ${plan}`
    const known = repeatOf(writing, clientKey, clientKey)
    if (known !== undefined) return known
    if (integer(row, 2) <= clock.now()) {
      return err(storeError('plan_expired', 'the plan is older than ten minutes: make it again'))
    }
    const changes: Change[] = JSON.parse(text(row, 0))
    const items = statements.all('SELECT message_id, state FROM plan_items WHERE plan_id = ?', plan)
    const record = new DecisionRecord(writing, {
      clientKey,
      digest: clientKey,
      changes,
      origin,
      requested: items.length,
    })
    const accounts = new AccountsNow(writing)
    for (const item of items) applyItem(writing, { accounts, decision: record.decision, changes }, { item, record })
    statements.run('UPDATE plans SET applied_by = ? WHERE id = ?', record.decision, plan)
    return ok(record.finish())
  })
}

function applyItem(
  writing: Writing,
  deciders: Parameters<typeof decideMessage>[1],
  { item, record }: { item: Row; record: DecisionRecord },
): void {
  const id = integer(item, 0)
  const isAsPlanned = stateOf(writing, id) === integer(item, 1)
  record.take(
    id,
    isAsPlanned
      ? decideMessage(writing, deciders, id)
      : { ok: false, code: 'stale', message: 'it changed since the plan was made' },
  )
}

/** Flags, labels and what it is put off to, in one number; 0 for a message that is not here. */
function stateOf(writing: Writing, id: MessageId): number {
  const row = writing.statements.one('SELECT flags FROM messages WHERE id = ?', id)
  if (row === undefined) return 0
  let bits = integer(row, 0) + 1
  const wakeAt = putOffOf(writing, id)?.wakeAt ?? 0
  for (const value of [wakeAt % 4294967296, ...labelsOf(writing, id).sort((one, other) => one - other)]) {
    bits = Math.imul(bits ^ value, 0x85ebca6b)
    bits ^= bits >>> 13
  }
  return bits >>> 0 || 1
}
