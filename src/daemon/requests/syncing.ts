import * as v from 'valibot'
import * as shape from './shapes.ts'
import { request } from './spec.ts'

const hoursMs = 60 * 60 * 1000

export const syncingRequests = {
  'sync.start': request({
    summary: 'Looks for mail now; with `wait` it answers when all of it is here.',
    params: v.strictObject({ accounts: v.optional(shape.accounts), wait: v.optional(v.boolean(), false) }),
    result: v.object({
      accounts: v.array(
        v.object({
          name: v.string(),
          /** Without `wait`: it has begun. */
          outcome: v.picklist(['started', 'done', 'failed']),
          arrived: shape.count,
          changed: shape.count,
          removed: shape.count,
          code: v.nullable(v.string()),
          /** Why it failed, or which mailboxes could not be read, for a person. */
          detail: v.nullable(v.string()),
          /** The command that helps. */
          next: v.nullable(v.string()),
        }),
      ),
    }),
    capability: 'sync',
    scope: [{ accounts: 'narrowed', field: 'accounts' }],
    readsContent: false,
    outsideEffect: true,
    deadlineMs: 24 * hoursMs,
  }),
  'sync.status': request({
    summary: 'How far each mailbox of the accounts is known here.',
    params: v.strictObject({ accounts: v.optional(shape.accounts) }),
    result: v.object({
      accounts: v.array(
        v.object({
          name: v.string(),
          state: v.string(),
          detail: v.nullable(v.string()),
          synced_at: v.nullable(v.string()),
          progress: v.nullable(v.object({ done: shape.count, total: shape.count, eta_ms: v.nullable(shape.count) })),
          mailboxes: v.array(
            v.object({
              name: v.string(),
              role: v.nullable(v.string()),
              remaining: shape.count,
              synced_at: v.nullable(v.string()),
              /** Messages that could not be fetched: too large, unreadable. */
              skipped: shape.count,
              failure: v.nullable(v.string()),
            }),
          ),
        }),
      ),
    }),
    capability: 'status',
    scope: [{ accounts: 'narrowed', field: 'accounts' }],
    readsContent: false,
    outsideEffect: false,
  }),
}
