import { err, ok, type Result } from '#base/result.ts'
import { integer, type Row, text } from '../store/database.ts'
import { type StoreError, storeError } from '../store/errors.ts'
import { formatMessageId, type MessageId } from '../store/ids.ts'
import { labelsOf } from '../store/membership.ts'
import type { Writing } from '../store/writing.ts'
import { AccountsNow } from './accounts-now.ts'
import { type Change, type ChangeRefusal, type FieldChange, formatFields } from './change.ts'
import {
  allWaiting,
  type Deciding,
  decideField,
  endPuttingOff,
  markOvertaken,
  type PutOff,
  putOff,
  putOffOf,
} from './fields.ts'
import { type MessageNow, type Target, targetOf } from './targets.ts'

export interface DecisionRequest {
  readonly changes: readonly Change[]
  readonly messages: readonly MessageId[]
  /** The same key again is the same decision, and gives the first answer. */
  readonly clientKey: string
  /** Who decided, for the record: `human`, a profile's name. */
  readonly origin: string
}

/** What became of a decision. Of the refused messages the first 1,000 are named. */
export interface Decided {
  readonly decision: number
  readonly isRepeat: boolean
  readonly requested: number
  readonly changed: number
  readonly refusedTotal: number
  readonly refused: readonly RefusedMessage[]
  /** Messages of it that a provider has yet to be told of. */
  readonly pending: number
  readonly undoUntil: number
  /** Those that changed now: none for a repeated request. */
  readonly changedIds: readonly MessageId[]
}

export interface RefusedMessage {
  readonly id: string
  readonly code: ChangeRefusal
  readonly message: string
}

export const decisionMessagesMax = 100_000
export const undoWindowMs = 24 * 60 * 60 * 1000
const refusedNamedMax = 1_000

/** Changes messages here, and notes what their providers have to be told: all in one transaction. */
export function decide(writing: Writing, request: DecisionRequest): Result<Decided, StoreError> {
  if (request.messages.length > decisionMessagesMax) {
    return err(storeError('limit_reached', `a decision names at most ${decisionMessagesMax} messages`))
  }
  return writing.transaction(() => {
    const digest = digestOf(request)
    const known = repeatOf(writing, request.clientKey, digest)
    if (known !== undefined) return known
    const messages = [...new Set(request.messages)]
    const record = new DecisionRecord(writing, { ...request, digest, requested: messages.length })
    const accounts = new AccountsNow(writing)
    for (const id of messages) {
      record.take(id, decideMessage(writing, { accounts, decision: record.decision, changes: request.changes }, id))
    }
    return ok(record.finish())
  })
}

export type MessageOutcome =
  | {
      readonly ok: true
      readonly hasChanged: boolean
      readonly did: readonly FieldChange[]
      readonly state: 'local' | 'pending'
      /** When it would have come back, if this changed that. */
      readonly wakeBefore: number | null
    }
  | { readonly ok: false; readonly code: ChangeRefusal; readonly message: string }

interface Deciders {
  readonly accounts: AccountsNow
  readonly decision: number
  readonly changes: readonly Change[]
}

export function decideMessage(
  writing: Writing,
  { accounts, decision, changes }: Deciders,
  id: MessageId,
): MessageOutcome {
  const account = accounts.of(id)
  if (account === undefined) return { ok: false, code: 'message_unknown', message: 'there is no such message' }
  const { number, known } = account
  const deciding: Deciding = { id, account: number, delivery: known.delivery, decision }
  // All changes of a message or none: a label must not stay behind when the move that came with it is refused.
  const targets: Target[] = []
  const before = putOffOf(writing, id)
  for (const change of changes) {
    const outcome = targetOf(change, known, messageNow(writing, id, before))
    if (!outcome.ok) return { ok: false, ...outcome.error }
    targets.push(outcome.value)
  }
  const applied = new AppliedFields(writing, deciding)
  let wakeBefore: number | null = null
  for (const { fields, wakeAt } of targets) {
    const hid = applied.all(fields)
    if (wakeAt === undefined || wakeAt === (before?.wakeAt ?? null)) continue
    applied.touch()
    wakeBefore = before?.wakeAt ?? null
    if (wakeAt === null) endPuttingOff(writing, id)
    else putOff(writing, id, { wakeAt, hid: before?.hid ?? hid })
  }
  return applied.outcome(wakeBefore)
}

/** Applies fields one after another and keeps what that changed. */
export class AppliedFields {
  readonly #writing: Writing
  readonly #deciding: Deciding
  readonly #did = new Map<number, FieldChange>()
  readonly #overtaken = new Set<number>()
  #isTouched = false

  constructor(writing: Writing, deciding: Deciding) {
    this.#writing = writing
    this.#deciding = deciding
  }

  /** The labels that were hidden by this, to come back later. */
  all(fields: readonly FieldChange[]): number[] {
    const hid: number[] = []
    for (const change of fields) {
      const { hasChanged, overtaken } = decideField(this.#writing, this.#deciding, change)
      if (overtaken !== undefined) this.#overtaken.add(overtaken)
      if (!hasChanged) continue
      if (change.isHeld === true) hid.push(change.field)
      // Set and reset within one decision is no change; a decision that is undone inverts what is left.
      const earlier = this.#did.get(change.field)
      if (earlier !== undefined && earlier.value !== change.value) this.#did.delete(change.field)
      else this.#did.set(change.field, { field: change.field, value: change.value })
    }
    return hid
  }

  /** Something besides fields changed. */
  touch(): void {
    this.#isTouched = true
  }

  outcome(wakeBefore: number | null): MessageOutcome {
    const { id, decision } = this.#deciding
    markOvertaken(this.#writing, id, this.#overtaken)
    const did = [...this.#did.values()]
    const waits = allWaiting(this.#writing, id).some(each => each.decision === decision && !each.isHeld)
    const hasChanged = did.length > 0 || this.#isTouched
    return { ok: true, hasChanged, did, state: waits ? 'pending' : 'local', wakeBefore }
  }
}

export function messageNow(writing: Writing, id: MessageId, before: PutOff | undefined): MessageNow {
  const waiting = allWaiting(writing, id)
  const held = waiting.filter(({ isHeld, wanted }) => isHeld && !wanted)
  const entering = waiting.filter(({ isHeld, isTried, wanted }) => !isHeld && !isTried && wanted)
  const isLocal = integer(
    writing.statements.one(
      "SELECT a.delivery = 'none' FROM messages m JOIN accounts a ON a.id = m.account_id WHERE m.id = ?",
      id,
    ),
    0,
  )
  // What the provider has meanwhile taken out of the inbox does not come back to it.
  const hidden = (before?.hid ?? []).filter(label => isLocal === 1 || held.some(({ field }) => field === label))
  return {
    labels: new Set([...labelsOf(writing, id), ...hidden]),
    hidden,
    entering: new Set(entering.map(({ field }) => field)),
    now: writing.clock.now(),
  }
}

export interface NewDecision {
  readonly clientKey: string
  readonly digest: string
  readonly changes: readonly Change[]
  readonly origin: string
  readonly requested: number
  readonly undoes?: number
}

/** A decision being written down. */
export class DecisionRecord {
  readonly decision: number
  readonly #writing: Writing
  readonly #requested: number
  readonly #undoUntil: number
  readonly #changed: MessageId[] = []
  readonly #refused: RefusedMessage[] = []
  #refusedTotal = 0
  #pending = 0

  constructor(writing: Writing, { clientKey, digest, changes, origin, requested, undoes }: NewDecision) {
    this.#writing = writing
    this.#requested = requested
    const now = writing.clock.now()
    this.#undoUntil = now + undoWindowMs
    this.decision = writing.statements.insert(
      `INSERT INTO decisions(client_key, digest, changes, origin, decided_at, undo_until, undoes,
                             requested, changed, refused_total, refused)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '[]')`,
      clientKey,
      digest,
      JSON.stringify(changes),
      origin,
      now,
      this.#undoUntil,
      undoes ?? null,
      requested,
    )
  }

  take(id: MessageId, outcome: MessageOutcome): void {
    if (!outcome.ok) {
      this.#refusedTotal++
      const { code, message } = outcome
      if (this.#refused.length < refusedNamedMax) this.#refused.push({ id: formatMessageId(id), code, message })
      return
    }
    if (!outcome.hasChanged) return
    this.#changed.push(id)
    if (outcome.state === 'pending') this.#pending++
    this.#writing.statements.run(
      'INSERT INTO decision_items(decision_id, message_id, state, did, wake_before) VALUES (?, ?, ?, ?, ?)',
      this.decision,
      id,
      outcome.state,
      formatFields(outcome.did),
      outcome.wakeBefore,
    )
  }

  finish(): Decided {
    const refused = this.#refused
    this.#writing.statements.run(
      'UPDATE decisions SET changed = ?, refused_total = ?, refused = ? WHERE id = ?',
      this.#changed.length,
      this.#refusedTotal,
      JSON.stringify(refused),
      this.decision,
    )
    return {
      decision: this.decision,
      isRepeat: false,
      requested: this.#requested,
      changed: this.#changed.length,
      refusedTotal: this.#refusedTotal,
      refused,
      pending: this.#pending,
      undoUntil: this.#undoUntil,
      changedIds: this.#changed,
    }
  }
}

/** The first answer to the same request, or the refusal of another one under its key. */
export function repeatOf(writing: Writing, clientKey: string, digest: string): Result<Decided, StoreError> | undefined {
  const row = writing.statements.one(
    `SELECT id, digest, requested, changed, refused_total, refused, undo_until FROM decisions WHERE client_key = ?`,
    clientKey,
  )
  if (row === undefined) return undefined
  if (text(row, 1) !== digest) {
    return err(storeError('key_reused', 'this client key belongs to another decision'))
  }
  return ok(storedDecision(writing, row))
}

function storedDecision({ statements }: Writing, row: Row): Decided {
  const decision = integer(row, 0)
  const refused: RefusedMessage[] = JSON.parse(text(row, 5))
  const pending = statements.one(
    "SELECT count(*) FROM decision_items WHERE decision_id = ? AND state = 'pending'",
    decision,
  )
  return {
    decision,
    isRepeat: true,
    requested: integer(row, 2),
    changed: integer(row, 3),
    refusedTotal: integer(row, 4),
    refused,
    pending: integer(pending, 0),
    undoUntil: integer(row, 6),
    changedIds: [],
  }
}

/** 53 bits over what was asked: a key that is used again by mistake is noticed, an attack is not the concern. */
export function digestOf({
  changes,
  messages,
  origin,
}: Pick<DecisionRequest, 'changes' | 'messages' | 'origin'>): string {
  let high = 0x811c9dc5
  let low = 0x01000193
  const take = (value: number) => {
    high = Math.imul(high ^ value, 0x01000193) >>> 0
    low = Math.imul(low + value, 0x85ebca6b) >>> 0
    low ^= low >>> 15
  }
  for (const character of `${origin} ${JSON.stringify(changes)}`) take(character.codePointAt(0) ?? 0)
  for (const id of messages) {
    take(id % 4294967296)
    take(Math.floor(id / 4294967296))
  }
  return `${high.toString(16)}-${(low >>> 0).toString(16)}-${messages.length}`
}
