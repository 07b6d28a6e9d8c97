import * as v from 'valibot'
import * as shape from './shapes.ts'
import { request } from './spec.ts'

const server = v.nullable(
  v.object({
    host: v.string(),
    port: shape.count,
    tls: v.picklist(['implicit', 'starttls', 'none']),
    login: v.boolean(),
  }),
)

export const accountRequests = {
  'account.list': request({
    summary: 'The accounts of the settings, and those of them that cannot be used, with the reason.',
    params: v.strictObject({ accounts: v.optional(shape.accounts) }),
    result: v.object({
      items: v.array(
        v.object({
          account: v.string(),
          email: v.string(),
          addresses: v.array(v.string()),
          provider: v.nullable(v.string()),
          enabled: v.boolean(),
          imap: server,
          smtp: server,
        }),
      ),
      refused: v.array(v.object({ account: v.string(), key: v.string(), line: shape.count, message: v.string() })),
    }),
    capability: 'status',
    scope: [{ accounts: 'narrowed', field: 'accounts' }],
    readsContent: false,
    outsideEffect: false,
  }),
  'account.reload': request({
    summary: 'Reads the settings again: accounts that came are begun with, those that went are let go.',
    params: v.strictObject({
      /** This one has another password now: whatever waited for that goes on. */
      account: v.optional(v.nullable(shape.name), null),
    }),
    result: v.object({ accounts: v.array(v.string()), refused: shape.count }),
    capability: 'admin',
    scope: [{ accounts: 'named', field: 'account' }],
    readsContent: false,
    outsideEffect: false,
  }),
}
