import { err, ok, type Result } from '#base/result.ts'
import type { DeliveryResult, Place } from '../providers/delivery.ts'
import { integer } from '../store/database.ts'
import { type StoreError, storeError } from '../store/errors.ts'
import { ownFlags } from '../store/flags.ts'
import type { MessageId } from '../store/ids.ts'
import { labelsOf, stateOf } from '../store/membership.ts'
import { noteIfHomeless } from '../store/server-state.ts'
import type { Writing } from '../store/writing.ts'
import { forgetWaiting, setField, waitingOf } from './fields.ts'
import type { Taken, TakenField } from './take.ts'

export interface Settled {
  readonly applied: number
  readonly failed: readonly { readonly decision: number; readonly message: MessageId; readonly code: string }[]
  /** Messages that are as the provider knows them again. */
  readonly reverted: readonly MessageId[]
  /** Messages that have no place left: their provider has to be asked where they are. */
  readonly lost: readonly MessageId[]
}

/** Writes down what became of deliveries. What was decided meanwhile stays to be delivered. */
export function settleDeliveries(
  writing: Writing,
  account: string,
  deliveries: readonly { readonly taken: Taken; readonly result: DeliveryResult }[],
): Result<Settled, StoreError> {
  return writing.transaction(() => {
    const number = writing.statements.one('SELECT id FROM accounts WHERE name = ?', account)
    if (number === undefined) return err(storeError('account_unknown', `there is no account "${account}"`))
    const settling = new Settling(writing, integer(number, 0))
    for (const { taken, result } of deliveries) settling.settle(taken, result)
    return ok(settling.summary())
  })
}

class Settling {
  readonly #writing: Writing
  readonly #account: number
  #applied = 0
  readonly #failed: { decision: number; message: MessageId; code: string }[] = []
  readonly #reverted: MessageId[] = []
  readonly #lost: MessageId[] = []

  constructor(writing: Writing, account: number) {
    this.#writing = writing
    this.#account = account
  }

  settle(taken: Taken, result: DeliveryResult): void {
    const id = taken.change.message
    // Removed meanwhile: its outbox went with it.
    if (this.#writing.statements.one('SELECT 1 FROM messages WHERE id = ?', id) === undefined) return
    switch (result.outcome) {
      case 'applied':
        this.#apply(taken, result.places ?? [])
        break
      case 'gone':
        this.#lose(taken)
        break
      case 'refused':
        this.#takeBack(taken, 'failed', result.code)
        break
      case 'later':
        break
    }
  }

  summary(): Settled {
    return { applied: this.#applied, failed: this.#failed, reverted: this.#reverted, lost: this.#lost }
  }

  #apply({ change, fields }: Taken, places: readonly Place[]): void {
    const id = change.message
    this.#applied++
    // Without a word on where it is now, it is still known by where it was: the next sync finds it gone from there.
    if (places.length > 0) this.#movePlaces(id, change.leaveFolders, places)
    this.#expect({ change, fields }, places)
    for (const sent of fields) {
      const waiting = waitingOf(this.#writing, id, sent.field)
      if (waiting === undefined) continue
      if (waiting.wanted === sent.wanted) forgetWaiting(this.#writing, id, sent.field)
      else {
        this.#writing.statements.run(
          'UPDATE outbox SET base = ?, is_tried = 0 WHERE message_id = ? AND field = ?',
          sent.wanted ? 1 : 0,
          id,
          sent.field,
        )
      }
    }
    for (const decision of decisionsOf(fields)) this.#mark(decision, id, 'applied', null)
  }

  /**
   * It is not where it was. What was wanted of its place is void, unless it was handed over before: then that was us.
   * Flags and labels wait for the message to be found again.
   */
  #lose(taken: Taken): void {
    const isFolder = ({ field }: TakenField) => field > 0 && this.#writing.labels.byId(field).kind === 'folder'
    const id = taken.change.message
    for (const { field, decision } of taken.fields.filter(each => !isFolder(each))) {
      this.#writing.statements.run(
        'UPDATE outbox SET is_held = 2 WHERE message_id = ? AND field = ? AND decision_id = ? AND is_held = 0',
        id,
        field,
        decision,
      )
    }
    const places = { ...taken, fields: taken.fields.filter(isFolder) }
    if (taken.wasTried) this.#apply(places, [])
    else this.#takeBack(places, 'dropped', 'gone')
  }

  /** Here it becomes again what the provider has; but what was decided later stays. */
  #takeBack({ change: { message: id }, fields }: Taken, state: 'failed' | 'dropped', code: string): void {
    for (const sent of fields) {
      const waiting = waitingOf(this.#writing, id, sent.field)
      if (waiting === undefined || waiting.decision !== sent.decision) continue
      forgetWaiting(this.#writing, id, sent.field)
      setField(this.#writing, id, { field: sent.field, value: waiting.base })
    }
    this.#reverted.push(id)
    for (const decision of decisionsOf(fields)) {
      this.#mark(decision, id, state, code)
      if (state === 'failed') this.#failed.push({ decision, message: id, code })
    }
    if (labelsOf(this.#writing, id).length === 0) this.#lost.push(id)
  }

  #mark(decision: number, id: MessageId, state: 'applied' | 'failed' | 'dropped', code: string | null): void {
    this.#writing.statements.run(
      `UPDATE decision_items SET state = ?1, code = ?2
       WHERE decision_id = ?3 AND message_id = ?4 AND state = 'pending'
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE message_id = ?4 AND decision_id = ?3)`,
      state,
      code,
      decision,
      id,
    )
  }

  /** Where the provider did not say that it is, it has to be seen. */
  #expect({ change, fields }: Pick<Taken, 'change' | 'fields'>, places: readonly Place[]): void {
    const to = change.enterFolder
    if (to === null || places.some(({ mailbox }) => mailbox === to.key)) return
    const { statements, labels } = this.#writing
    for (const { field, wanted } of fields) {
      if (field <= 0 || !wanted || labels.byId(field).kind !== 'folder') continue
      statements.run('INSERT OR IGNORE INTO sync_expected(message_id, label_id) VALUES (?, ?)', change.message, field)
    }
  }

  #movePlaces(id: MessageId, left: readonly string[], arrived: readonly Place[]): void {
    const { statements } = this.#writing
    for (const key of left) {
      statements.run(
        'DELETE FROM locations WHERE message_id = ? AND label_id = (SELECT id FROM labels WHERE account_id = ? AND key = ?)',
        id,
        this.#account,
        key,
      )
    }
    for (const { mailbox, uidvalidity, uid } of arrived) {
      statements.run(
        `INSERT OR REPLACE INTO locations(label_id, uidvalidity, uid, message_id, modseq, flags)
         SELECT id, ?, ?, ?, 0, ? FROM labels WHERE account_id = ? AND key = ?`,
        uidvalidity,
        uid,
        id,
        stateOf(this.#writing, id).flags & ownFlags,
        this.#account,
        mailbox,
      )
    }
    // Moved to where the provider did not say: it has to be seen there, or it is gone.
    if (left.length > 0 && arrived.length === 0) noteIfHomeless(this.#writing, id)
  }
}

function decisionsOf(fields: readonly TakenField[]): Set<number> {
  return new Set(fields.map(({ decision }) => decision))
}

/** Gives up what of a decision was not delivered yet. */
export function dropDecision(
  writing: Writing,
  decision: number,
): Result<{ readonly ids: readonly MessageId[] }, StoreError> {
  return writing.transaction(() => {
    const { statements } = writing
    if (statements.one('SELECT 1 FROM decisions WHERE id = ?', decision) === undefined) {
      return err(storeError('decision_unknown', `there is no decision ${decision}`))
    }
    const rows = statements.all(
      'SELECT message_id, field, base FROM outbox WHERE decision_id = ? AND is_held = 0',
      decision,
    )
    const ids = new Set<MessageId>()
    for (const row of rows) {
      const id = integer(row, 0)
      ids.add(id)
      forgetWaiting(writing, id, integer(row, 1))
      setField(writing, id, { field: integer(row, 1), value: integer(row, 2) === 1 })
    }
    statements.run("UPDATE decision_items SET state = 'dropped' WHERE decision_id = ? AND state = 'pending'", decision)
    return ok({ ids: [...ids] })
  })
}

/** Why nothing could be delivered to an account; counted until something can. */
export function noteFailure(
  writing: Writing,
  account: string,
  { code, message }: { readonly code: string; readonly message: string },
): Result<{ readonly attempts: number }, StoreError> {
  return writing.transaction(() => {
    const { statements, clock } = writing
    statements.run(
      `INSERT INTO deliveries(account_id, attempts, code, message, failed_at)
       SELECT id, 1, ?2, ?3, ?4 FROM accounts WHERE name = ?1
       ON CONFLICT(account_id) DO UPDATE SET attempts = attempts + 1, code = ?2, message = ?3, failed_at = ?4`,
      account,
      code,
      message.slice(0, 500),
      clock.now(),
    )
    const row = statements.one(
      'SELECT attempts FROM deliveries WHERE account_id = (SELECT id FROM accounts WHERE name = ?)',
      account,
    )
    return ok({ attempts: row === undefined ? 0 : integer(row, 0) })
  })
}

export function noteSuccess(writing: Writing, account: string): Result<undefined, StoreError> {
  return writing.transaction(() => {
    writing.statements.run(
      'DELETE FROM deliveries WHERE account_id = (SELECT id FROM accounts WHERE name = ?)',
      account,
    )
    return ok(undefined)
  })
}
