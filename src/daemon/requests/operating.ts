import * as v from 'valibot'
import { ACCOUNT_STATES } from '../account-states.ts'
import { EVENT_KINDS } from '../events/table.ts'
import * as shape from './shapes.ts'
import { request } from './spec.ts'

const nobody = (why: string) => [{ accounts: 'none', why }] as const

export const operatingRequests = {
  'daemon.ping': request({
    summary: 'Answers: the daemon is alive.',
    params: v.strictObject({}),
    result: shape.done,
    capability: 'status',
    scope: nobody('says nothing about mail'),
    readsContent: false,
    outsideEffect: false,
  }),
  'daemon.status': request({
    summary: 'What the daemon is doing: accounts, sync, outbox, snoozes, clients, memory.',
    params: v.strictObject({ accounts: v.optional(shape.accounts) }),
    result: v.object({
      version: v.string(),
      commit: v.string(),
      instance: v.string(),
      pid: shape.count,
      started_at: v.string(),
      uptime_ms: shape.count,
      memory_bytes: shape.count,
      connections: shape.count,
      messages: shape.count,
      unread: shape.count,
      snoozed: shape.count,
      next_wake_at: v.nullable(v.string()),
      accounts: v.array(
        v.object({
          name: v.string(),
          addresses: v.array(v.string()),
          /** Local mail, imported, has no provider. */
          is_remote: v.boolean(),
          /** `unattended`: nothing in this daemon serves it. */
          state: v.picklist(['local', 'unattended', ...ACCOUNT_STATES]),
          /** Why it is not ready, for a person. */
          detail: v.nullable(v.string()),
          synced_at: v.nullable(v.string()),
          progress: v.nullable(v.object({ done: shape.count, total: v.nullable(shape.count) })),
          pending: shape.count,
          failed: shape.count,
        }),
      ),
    }),
    capability: 'status',
    scope: [{ accounts: 'narrowed', field: 'accounts' }],
    readsContent: false,
    outsideEffect: false,
  }),
  'daemon.shutdown': request({
    summary: 'Ends the daemon once what is under way is done.',
    params: v.strictObject({}),
    result: shape.done,
    capability: 'admin',
    scope: nobody('concerns the process, not mail'),
    readsContent: false,
    outsideEffect: false,
  }),
  'events.subscribe': request({
    summary: 'From now on, or from an earlier event on, events come on this connection.',
    params: v.strictObject({
      kinds: v.optional(v.pipe(v.array(v.picklist(EVENT_KINDS)), v.maxLength(EVENT_KINDS.length))),
      accounts: v.optional(shape.accounts),
      /** The last event that the client has seen; those after it that are still kept come first. */
      since_seq: v.optional(shape.count),
    }),
    result: v.object({
      seq: shape.count,
      /** Events after `since_seq` are gone: what the client shows may be old. */
      has_gap: v.boolean(),
    }),
    capability: 'read',
    scope: [{ accounts: 'narrowed', field: 'accounts' }],
    readsContent: false,
    outsideEffect: false,
  }),
}
