import { randomBytes } from 'node:crypto'
import { err, ok, type Result } from '#base/result.ts'
import { accountOutboxes, type Change, type Decided } from '#mail/outbox/index.ts'
import { formatMessageId, type MailReader, type MessageId, type StoreError } from '#mail/store/index.ts'
import { eventIdsMax } from '../events/table.ts'
import type { Caller, Core, Part } from '../part.ts'
import { toWire } from '../parts/reading.ts'
import { fromStore, type RequestError } from '../protocol/errors.ts'
import type { changingRequests } from '../requests/changing.ts'
import type { Params } from '../requests/index.ts'
import { type Attached, Deliverer } from './deliverer.ts'
import { lookingHandlers } from './looking.ts'
import { messagesOf, wholeThreads } from './selection.ts'
import { changeFromWire, decidedToWire, fromInstant } from './wire.ts'

type Names = keyof typeof changingRequests

/** What other parts want of the outbox. */
export interface Outbox extends Part<Names> {
  /**
   * From now on an account's decisions are delivered by this provider. Whether there is anything to deliver the store
   * knows (`setDelivery`); without a provider attached it waits. Gives the way to detach it.
   */
  attach(account: string, provider: Attached): () => Promise<void>
  /** The account can be reached again, or has another password. */
  retry(account: string): void
  /** Mail that was just stored: what belongs to a muted thread goes out of the inbox. */
  arrived(ids: readonly MessageId[]): Promise<void>
}

const wakeCheckMs = 20_000
const deliverEveryMs = 60_000
const pruneMs = 60 * 60 * 1000
const sampleMessages = 8

/** Changes mail for clients: decisions, plans, undo, snoozes; delivers them to providers. */
export function outboxPart(core: Core): Outbox {
  const deliverers = new Map<string, Deliverer>()
  const { writer, reader, events } = core

  const tell = (ids: readonly MessageId[]) => {
    if (ids.length === 0) return
    for (const [account, changed] of byAccount(reader, ids)) {
      const named = changed.slice(0, eventIdsMax).map(formatMessageId)
      events.emit('messages.changed', { ids: named, total: changed.length, fields: ['flags', 'labels'] }, account)
      deliverers.get(account)?.wake()
    }
  }
  const answer = (decided: Result<Decided, StoreError>) => {
    if (!decided.ok) return err(fromStore(decided.error))
    tell(decided.value.changedIds)
    return ok(decidedToWire(decided.value))
  }
  const wakeDue = async () => {
    const woken = await writer.wakeSnoozed()
    if (!woken.ok) {
      core.log.warn('snooze.failed', { code: woken.error.code })
      return
    }
    for (const { id, account } of woken.value) events.emit('message.woke', { id }, account)
    const byAccount = Map.groupBy(woken.value, ({ account }) => account)
    for (const [account, messages] of byAccount) {
      const ids = messages.map(({ id }) => id).slice(0, eventIdsMax)
      events.emit('messages.changed', { ids, total: messages.length, fields: ['labels'] }, account)
    }
  }
  const snoozes = core.scheduler.every('snoozes', wakeCheckMs, wakeDue)
  core.scheduler.onWake(() => {
    snoozes.wake()
    for (const deliverer of deliverers.values()) deliverer.retry()
  })
  // What waited for a message to be found again, or was written by another process.
  core.scheduler.every('outbox', deliverEveryMs, () => {
    for (const deliverer of deliverers.values()) deliverer.wake()
  })
  core.scheduler.every('decisions', pruneMs, async () => {
    await writer.forgetOldDecisions()
  })

  return {
    name: 'outbox',
    handlers: {
      ...lookingHandlers(core, account => deliverers.get(account)),
      'mail.change': async ({ changes, selection, client_key: clientKey }, { caller }) => {
        const wanted = wantedOf(core, { changes, selection })
        if (!wanted.ok) return wanted
        return answer(await writer.decide({ ...wanted.value, clientKey, origin: originOf(caller) }))
      },
      'plan.create': async ({ changes, selection }, { caller }) => {
        const wanted = wantedOf(core, { changes, selection })
        if (!wanted.ok) return wanted
        const plan = `p${randomBytes(8).readBigUInt64BE().toString(36).padStart(13, '0').slice(-12)}`
        const planned = await writer.createPlan({ plan, ...wanted.value, caller: originOf(caller) })
        if (!planned.ok) return err(fromStore(planned.error))
        const { expiresAt, total, changed, refusedTotal, refused } = planned.value
        return ok({
          plan_id: plan,
          expires_at: fromInstant(expiresAt),
          total,
          changed,
          unchanged: total - changed - refusedTotal,
          refused_total: refusedTotal,
          refused: [...refused],
          sample: reader.list(wanted.value.messages.slice(0, sampleMessages)).map(toWire),
        })
      },
      'plan.apply': async ({ plan_id: plan }, { caller }) =>
        answer(await writer.applyPlan({ plan, caller: originOf(caller), origin: originOf(caller) })),
      'decision.undo': async ({ decision_id: decision, client_key: clientKey }, { caller }) => {
        const which = decision === undefined ? {} : { decision }
        return answer(await writer.undo({ ...which, clientKey, origin: originOf(caller) }))
      },
      'outbox.retry': ({ accounts }) => {
        for (const deliverer of deliverers.values()) {
          if (accounts === undefined || accounts.includes(deliverer.account)) deliverer.retry()
        }
        const waiting = accountOutboxes(reader.statements, core.clock.now()).filter(({ account }) => {
          return accounts === undefined || accounts.includes(account)
        })
        return ok({ pending: waiting.reduce((sum, { pending }) => sum + pending, 0) })
      },
      'outbox.drop': async ({ decision_id: decision }) => {
        const dropped = await writer.dropDecision(decision)
        if (!dropped.ok) return err(fromStore(dropped.error))
        tell(dropped.value.ids)
        return ok({ dropped: dropped.value.ids.length })
      },
      'saved.save': async ({ replace, ...search }) =>
        done(await writer.saveSearch(search, replace ? 'replace' : 'add')),
      'saved.rename': async ({ name, to }) => done(await writer.renameSavedSearch(name, to)),
      'saved.delete': async ({ name }) => done(await writer.deleteSavedSearch(name)),
    },
    start: wakeDue,
    stop: async () => {
      await Promise.all([...deliverers.values()].map(deliverer => deliverer.stop()))
    },
    attach(account, provider) {
      const deliverer = new Deliverer(core, { account, provider, random: Math.random })
      deliverers.set(account, deliverer)
      deliverer.wake()
      return async () => {
        if (deliverers.get(account) === deliverer) deliverers.delete(account)
        await deliverer.stop()
      }
    },
    retry(account) {
      deliverers.get(account)?.retry()
    },
    async arrived(ids) {
      const muted = await writer.mutedAmong(ids)
      if (!muted.ok || muted.value.length === 0) return
      const clientKey = `mute ${randomBytes(12).toString('hex')}`
      const decided = await writer.decide({
        changes: [{ action: 'mute' }],
        messages: muted.value,
        clientKey,
        origin: 'rule',
      })
      if (decided.ok) tell(decided.value.changedIds)
      else core.log.warn('mute.failed', { code: decided.error.code })
    },
  }
}

function byAccount({ statements }: MailReader, ids: readonly MessageId[]): Map<string, MessageId[]> {
  const rows = statements.all(
    `SELECT a.name, m.id FROM json_each(?) wanted CROSS JOIN messages m ON m.id = wanted.value
     JOIN accounts a ON a.id = m.account_id`,
    JSON.stringify(ids),
  )
  const grouped = new Map<string, MessageId[]>()
  for (const row of rows) {
    const known = grouped.get(String(row[0]))
    if (known === undefined) grouped.set(String(row[0]), [Number(row[1])])
    else known.push(Number(row[1]))
  }
  return grouped
}

function wantedOf(
  core: Core,
  { changes, selection }: Pick<Params<'mail.change'>, 'changes' | 'selection'>,
): Result<{ readonly changes: readonly Change[]; readonly messages: readonly MessageId[] }, RequestError> {
  const chosen = messagesOf(core, selection)
  if (!chosen.ok) return chosen
  const isAboutThreads = changes.some(({ action }) => action === 'mute' || action === 'unmute')
  const messages = isAboutThreads ? wholeThreads(core, chosen.value) : chosen.value
  return ok({ changes: changes.map(changeFromWire), messages })
}

/** Whose a plan or a decision is: an agent's token, and else what kind of caller it was. */
function originOf({ identity }: Caller): string {
  return identity.actor ?? identity.origin
}

function done(result: Result<unknown, StoreError>): Result<Record<string, never>, RequestError> {
  return result.ok ? ok({}) : err(fromStore(result.error))
}
