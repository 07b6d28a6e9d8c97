import type { DatabaseSync } from 'node:sqlite'
import { type Clock, systemClock } from '#base/clock.ts'
import { err, ok, type Result } from '#base/result.ts'
import { type Decided, type DecisionRequest, decide } from '../outbox/decide.ts'
import { applyPlan, createPlan, type PlanApplication, type Planned, type PlanRequest } from '../outbox/plan.ts'
import { dropDecision, noteFailure, noteSuccess, type Settled, settleDeliveries } from '../outbox/settle.ts'
import { type Taken, takeDeliveries } from '../outbox/take.ts'
import type { Delivered } from '../outbox/targets.ts'
import { type UndoRequest, undo } from '../outbox/undo.ts'
import { forgetOldDecisions, mutedAmong, type Woken, wakeSnoozed } from '../outbox/wake.ts'
import type { DeliveryResult } from '../providers/delivery.ts'
import { removeLabelOf, setAddresses, setDelivery, setLabels } from './accounts.ts'
import {
  changeFlags,
  changeLabels,
  type Expunged,
  type FlagChange,
  forgetPlaces,
  type LabelChange,
  removeMessages,
} from './changes.ts'
import { openForWriting, settleForWriting } from './database.ts'
import { fromException, type StoreError } from './errors.ts'
import type { MessageId } from './ids.ts'
import type { IncomingLabel } from './incoming.ts'
import { type Ingested, ingest } from './ingest.ts'
import { inspect, migrate } from './migrations.ts'
import { type Rederived, rederiveMessages, resetIndex } from './rederive.ts'
import {
  deleteSavedSearch,
  orderSavedSearches,
  renameSavedSearch,
  type SavedSearch,
  saveSearch,
} from './saved-searches.ts'
import type { SealedBatch } from './seal.ts'
import { type Tended, type TendOptions, tend } from './tend.ts'
import { Writing } from './writing.ts'

/**
 * The one that writes. There may be one in a process; a second process that writes waits its turn. Every method is
 * one transaction: done and durable, or not done at all.
 */
export class MailWriter {
  readonly #writing: Writing

  private constructor(writing: Writing) {
    this.#writing = writing
  }

  /** Opens the store, makes it if there is none, and brings it to the newest schema. */
  static open(path: string, clock: Clock = systemClock): Result<MailWriter, StoreError> {
    let database: DatabaseSync | undefined
    try {
      database = openForWriting(path)
      const opened = settle(database, path, clock)
      if (!opened.ok) database.close()
      return opened.ok ? ok(new MailWriter(new Writing(database, clock))) : opened
    } catch (thrown) {
      database?.close()
      return err(fromException(thrown))
    }
  }

  ingest(batch: SealedBatch): Result<readonly Ingested[], StoreError> {
    return ingest(this.#writing, batch)
  }

  changeFlags(ids: readonly MessageId[], change: FlagChange): Result<readonly MessageId[], StoreError> {
    return changeFlags(this.#writing, ids, change)
  }

  changeLabels(ids: readonly MessageId[], change: LabelChange): Result<readonly MessageId[], StoreError> {
    return changeLabels(this.#writing, ids, change)
  }

  forgetPlaces(gone: Expunged): Result<readonly MessageId[], StoreError> {
    return forgetPlaces(this.#writing, gone)
  }

  remove(ids: readonly MessageId[]): Result<{ removed: number }, StoreError> {
    return removeMessages(this.#writing, ids)
  }

  rederive(batch: readonly Rederived[]): Result<{ rederived: number }, StoreError> {
    return rederiveMessages(this.#writing, batch)
  }

  resetIndex(): Result<undefined, StoreError> {
    return resetIndex(this.#writing)
  }

  setAddresses(account: string, addresses: readonly string[]): Result<undefined, StoreError> {
    return setAddresses(this.#writing, account, addresses)
  }

  setLabels(account: string, labels: readonly IncomingLabel[]): Result<undefined, StoreError> {
    return setLabels(this.#writing, account, labels)
  }

  /** The ids of messages that have no label any more. */
  removeLabel(account: string, key: string): Result<readonly MessageId[], StoreError> {
    return removeLabelOf(this.#writing, account, key)
  }

  saveSearch(search: SavedSearch, mode: 'add' | 'replace'): Result<undefined, StoreError> {
    return saveSearch(this.#writing, search, mode)
  }

  renameSavedSearch(from: string, to: string): Result<undefined, StoreError> {
    return renameSavedSearch(this.#writing, from, to)
  }

  deleteSavedSearch(name: string): Result<undefined, StoreError> {
    return deleteSavedSearch(this.#writing, name)
  }

  orderSavedSearches(names: readonly string[]): Result<undefined, StoreError> {
    return orderSavedSearches(this.#writing, names)
  }

  /** Whether a provider has to be told of what is decided about an account's mail, and in which way. */
  setDelivery(account: string, delivery: Delivered): Result<undefined, StoreError> {
    return setDelivery(this.#writing, account, delivery)
  }

  decide(request: DecisionRequest): Result<Decided, StoreError> {
    return decide(this.#writing, request)
  }

  undo(request: UndoRequest): Result<Decided, StoreError> {
    return undo(this.#writing, request)
  }

  createPlan(request: PlanRequest): Result<Planned, StoreError> {
    return createPlan(this.#writing, request)
  }

  applyPlan(application: PlanApplication): Result<Decided, StoreError> {
    return applyPlan(this.#writing, application)
  }

  takeDeliveries(account: string, limit: number): Result<readonly Taken[], StoreError> {
    return takeDeliveries(this.#writing, account, limit)
  }

  settleDeliveries(
    account: string,
    deliveries: readonly { readonly taken: Taken; readonly result: DeliveryResult }[],
  ): Result<Settled, StoreError> {
    return settleDeliveries(this.#writing, account, deliveries)
  }

  noteDeliveryFailure(
    account: string,
    failure: { code: string; message: string },
  ): Result<{ readonly attempts: number }, StoreError> {
    return noteFailure(this.#writing, account, failure)
  }

  noteDeliverySuccess(account: string): Result<undefined, StoreError> {
    return noteSuccess(this.#writing, account)
  }

  dropDecision(decision: number): Result<{ readonly ids: readonly MessageId[] }, StoreError> {
    return dropDecision(this.#writing, decision)
  }

  wakeSnoozed(): Result<readonly Woken[], StoreError> {
    return wakeSnoozed(this.#writing)
  }

  mutedAmong(ids: readonly MessageId[]): Result<readonly MessageId[], StoreError> {
    return mutedAmong(this.#writing, ids)
  }

  forgetOldDecisions(): Result<{ readonly forgotten: number }, StoreError> {
    return forgetOldDecisions(this.#writing)
  }

  /** Housekeeping for idle time; what is left is done at the next call. */
  tend(options: TendOptions): Result<Tended, StoreError> {
    return tend(this.#writing, options)
  }

  close(): void {
    if (this.#writing.database.isOpen) this.#writing.database.close()
  }
}

function settle(database: DatabaseSync, path: string, clock: Clock): Result<unknown, StoreError> {
  const inspected = inspect(database)
  if (!inspected.ok) return inspected
  settleForWriting(database, path)
  return migrate(database, clock.now())
}
