import type { DatabaseSync } from 'node:sqlite'
import { type Clock, systemClock } from '#base/clock.ts'
import { err, ok, type Result } from '#base/result.ts'
import {
  type Bounce,
  type Claimed,
  cancelSend,
  claimSend,
  type DraftSave,
  deleteDraft,
  noteCopy,
  noteEnding,
  noteTrouble,
  type PreparedSend,
  prepareSend,
  queueSend,
  type Resolution,
  recordBounce,
  recoverSends,
  resolveSend,
  type SendState,
  type Settlement,
  saveDraft,
  settleSend,
} from '../drafts/index.ts'
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
import {
  dropMailbox,
  type Expected,
  type KnownMailbox,
  removeHomeless,
  setMailboxes,
  settleExpected,
} from './mailboxes.ts'
import { inspect, migrate } from './migrations.ts'
import { type ArrivedPage, type TakenPages, takePages } from './pages.ts'
import { recount } from './recount.ts'
import { type Rederived, rederiveMessages, resetIndex } from './rederive.ts'
import {
  deleteSavedSearch,
  orderSavedSearches,
  renameSavedSearch,
  type SavedSearch,
  saveSearch,
} from './saved-searches.ts'
import type { SealedBatch } from './seal.ts'
import { SEGMENTS, settleSegments } from './segments.ts'
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

  /** Not one transaction, if all of them at once is not possible: those that it names are done and durable. */
  takePages(pages: readonly ArrivedPage[]): TakenPages {
    return takePages(this.#writing, pages)
  }

  setMailboxes(account: string, mailboxes: readonly KnownMailbox[]): Result<{ readonly renamed: number }, StoreError> {
    return setMailboxes(this.#writing, account, mailboxes)
  }

  dropMailbox(account: string, key: string): Result<undefined, StoreError> {
    return dropMailbox(this.#writing, account, key)
  }

  settleExpected(expected: readonly Expected[]): Result<undefined, StoreError> {
    return settleExpected(this.#writing, expected)
  }

  removeHomeless(account: string, ids: readonly MessageId[]): ReturnType<typeof removeHomeless> {
    return removeHomeless(this.#writing, account, ids)
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

  recount(): Result<{ corrected: number }, StoreError> {
    return recount(this.#writing)
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

  saveDraft(save: DraftSave): Result<{ id: number; revision: number }, StoreError> {
    return saveDraft(this.#writing, save)
  }

  deleteDraft(id: number): Result<undefined, StoreError> {
    return deleteDraft(this.#writing, id)
  }

  prepareSend(send: PreparedSend): Result<{ id: number }, StoreError> {
    return prepareSend(this.#writing, send)
  }

  queueSend(decision: Parameters<typeof queueSend>[1]): Result<{ state: SendState }, StoreError> {
    return queueSend(this.#writing, decision)
  }

  cancelSend(id: number): Result<undefined, StoreError> {
    return cancelSend(this.#writing, id)
  }

  claimSend(claim: { account: string; lateMaxMs: number }): Result<Claimed | null, StoreError> {
    return claimSend(this.#writing, claim)
  }

  noteEnding(id: number): Result<undefined, StoreError> {
    return noteEnding(this.#writing, id)
  }

  settleSend(settlement: Settlement): Result<{ state: SendState }, StoreError> {
    return settleSend(this.#writing, settlement)
  }

  noteTrouble(trouble: Parameters<typeof noteTrouble>[1]): Result<undefined, StoreError> {
    return noteTrouble(this.#writing, trouble)
  }

  resolveSend(resolution: { id: number; resolution: Resolution }): Result<{ state: SendState }, StoreError> {
    return resolveSend(this.#writing, resolution)
  }

  recoverSends(): Result<{ again: number; unknown: number }, StoreError> {
    return recoverSends(this.#writing)
  }

  noteCopy(id: number): Result<undefined, StoreError> {
    return noteCopy(this.#writing, id)
  }

  recordBounce(bounce: Bounce): Result<readonly number[], StoreError> {
    return recordBounce(this.#writing, bounce)
  }

  /** Very much mail comes: the index is merged by `tend` alone, until this is called with false or the store is opened anew. */
  expectMuch(isExpected: boolean): void {
    this.#writing.index.segmentsMax = isExpected ? SEGMENTS.bulk : SEGMENTS.usual
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
  const migrated = migrate(database, clock.now())
  if (migrated.ok) settleSegments(database)
  return migrated
}
