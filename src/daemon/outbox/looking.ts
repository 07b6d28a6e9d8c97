import { instant } from '#base/instant.ts'
import { err, ok } from '#base/result.ts'
import {
  accountOutboxes,
  decisionItems,
  listDecisions,
  listSnoozed,
  showPlan,
  waitingDecisions,
} from '#mail/outbox/index.ts'
import { formatMessageId, parseMessageId } from '#mail/store/index.ts'
import type { Core, HandlersOf } from '../part.ts'
import { toWire } from '../parts/reading.ts'
import { requestError } from '../protocol/errors.ts'
import type { Deliverer } from './deliverer.ts'
import { changeToWire } from './wire.ts'

type Names = 'plan.show' | 'decision.list' | 'decision.show' | 'outbox.list' | 'snooze.list'

/** What was decided and what became of it, for those who look. */
export function lookingHandlers(core: Core, deliverer: (account: string) => Deliverer | undefined): HandlersOf<Names> {
  const { reader, clock } = core
  const { statements } = reader
  return {
    'plan.show': ({ plan_id: plan, limit, after }, { caller }) => {
      const facts = showPlan(statements, {
        plan,
        caller: caller.identity.actor ?? caller.identity.origin,
        limit,
        ...afterOf(after),
      })
      if (facts === undefined) return err(requestError('plan_unknown', 'there is no such plan'))
      const ids = facts.ids.map(formatMessageId)
      return ok({
        plan_id: plan,
        changes: facts.changes.map(changeToWire),
        expires_at: instant(facts.expiresAt),
        applied_by: facts.appliedBy,
        total: facts.total,
        ids,
        next_after: ids.length < limit ? null : (ids.at(-1) ?? null),
      })
    },
    'decision.list': ({ limit, before }) => {
      const items = listDecisions(statements, limit, before).map(facts => ({
        decision_id: facts.decision,
        decided_at: instant(facts.decidedAt),
        undo_until: instant(facts.undoUntil),
        changes: facts.changes.map(changeToWire),
        undoes: facts.undoes,
        messages: Object.values(facts.states).reduce((sum, each) => sum + each, 0),
        states: { ...facts.states },
      }))
      return ok({ items })
    },
    'decision.show': ({ decision_id: decision, limit, after }) => {
      const items = decisionItems(statements, decision, { limit, ...afterOf(after) })
      return ok({ items, next_after: items.length < limit ? null : (items.at(-1)?.id ?? null) })
    },
    'outbox.list': ({ accounts }) => {
      const isWanted = ({ account }: { readonly account: string }) =>
        accounts === undefined || accounts.includes(account)
      const now = clock.now()
      return ok({
        accounts: accountOutboxes(statements, now)
          .filter(each => each.isRemote && isWanted(each))
          .map(({ account, pending, attempts, lastError }) => {
            const nextTryAt = deliverer(account)?.nextTryAt
            return {
              account,
              pending,
              attempts,
              last_error: lastError === null ? null : { ...lastError, at: instant(lastError.at) },
              next_try_at: nextTryAt === undefined ? null : instant(nextTryAt),
            }
          }),
        decisions: waitingDecisions(statements, now)
          .filter(isWanted)
          .map(({ decision, account, decidedAt, changes, pending, failed }) => ({
            decision_id: decision,
            account,
            decided_at: instant(decidedAt),
            changes: changes.map(changeToWire),
            pending,
            failed,
          })),
      })
    },
    'snooze.list': ({ accounts, limit }) => {
      const snoozed = listSnoozed(statements, limit, accounts)
      const messages = new Map(reader.list(snoozed.map(({ id }) => id)).map(message => [message.id, toWire(message)]))
      return ok({
        items: snoozed.flatMap(({ id, wakeAt }) => {
          const message = messages.get(formatMessageId(id))
          return message === undefined ? [] : [{ message, wake_at: instant(wakeAt) }]
        }),
      })
    },
  }
}

function afterOf(after: string | undefined): { readonly after?: number } {
  const id = after === undefined ? undefined : parseMessageId(after)
  return id === undefined ? {} : { after: id }
}
