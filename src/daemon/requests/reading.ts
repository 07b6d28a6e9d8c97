import * as v from 'valibot'
import * as shape from './shapes.ts'
import { request } from './spec.ts'

const query = v.pipe(v.string(), v.maxLength(4_000))
/** The zone in which the query's days are meant, as in `Europe/Berlin`; that of the daemon when left out. */
const zone = v.optional(v.pipe(v.string(), v.maxLength(60)))
const accounts = v.optional(shape.accounts)
const view = v.optional(v.picklist(['reader', 'text', 'markdown', 'html', 'headers']), 'reader')
const narrowed = [{ accounts: 'narrowed', field: 'accounts' }] as const

/** A page of bytes: 1 MB of a message as base64 stays far below the largest frame. */
export const pageBytesMax = 1024 * 1024
const bytesPage = {
  offset: v.optional(shape.count, 0),
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(pageBytesMax)), pageBytesMax),
}
const bytes = v.object({ size: shape.count, offset: shape.count, base64: v.string() })

export const readingRequests = {
  'mail.search': request({
    summary: 'Messages that match a query, a page at a time; the newest first unless another order is asked for.',
    params: v.strictObject({
      query,
      accounts,
      zone,
      sort: v.optional(v.picklist(['newest', 'oldest', 'relevance'])),
      limit: shape.limit(1_000, 50),
      cursor: v.optional(shape.cursor),
    }),
    result: v.object({
      items: v.array(shape.message),
      next_cursor: v.nullable(v.string()),
      warnings: v.array(shape.diagnostic),
    }),
    capability: 'read',
    scope: narrowed,
    readsContent: true,
    outsideEffect: false,
  }),
  'mail.count': request({
    summary: 'How many messages match; beyond 10,000 a lower bound.',
    params: v.strictObject({ query, accounts, zone }),
    result: v.object({ total: shape.count, is_lower_bound: v.boolean(), warnings: v.array(shape.diagnostic) }),
    capability: 'read',
    scope: narrowed,
    readsContent: false,
    outsideEffect: false,
  }),
  'mail.group': request({
    summary: 'Matches counted by sender, list, label or month, the largest group first.',
    params: v.strictObject({
      query,
      accounts,
      zone,
      by: v.picklist(['from', 'list', 'label', 'month']),
      limit: shape.limit(1_000, 20),
    }),
    result: v.object({
      groups: v.array(
        v.object({ name: v.string(), count: shape.count, unread: shape.count, oldest: v.string(), newest: v.string() }),
      ),
      warnings: v.array(shape.diagnostic),
    }),
    capability: 'read',
    scope: narrowed,
    readsContent: true,
    outsideEffect: false,
  }),
  'mail.list': request({
    summary: 'Messages by their ids, in that order; those that are not here are named in `missing`.',
    params: v.strictObject({ ids: v.pipe(v.array(shape.messageId), v.maxLength(1_000)) }),
    result: v.object({ items: v.array(shape.message), missing: v.array(v.string()) }),
    capability: 'read',
    scope: [{ accounts: 'referenced', by: 'messages', field: 'ids' }],
    readsContent: true,
    outsideEffect: false,
  }),
  'mail.threads': request({
    summary: 'Threads, those with the newest mail first.',
    params: v.strictObject({
      accounts,
      label: v.optional(v.strictObject({ account: shape.name, key: v.pipe(v.string(), v.maxLength(1_000)) })),
      limit: shape.limit(1_000, 50),
      cursor: v.optional(shape.cursor),
    }),
    result: v.object({
      items: v.array(
        v.object({
          id: v.string(),
          account: v.string(),
          subject: v.string(),
          participants: v.array(shape.address),
          messages: shape.count,
          unread: shape.count,
          last_date: v.string(),
          snippet: v.string(),
        }),
      ),
      next_cursor: v.nullable(v.string()),
    }),
    capability: 'read',
    scope: narrowed,
    readsContent: true,
    outsideEffect: false,
  }),
  'mail.thread': request({
    summary: 'The messages of a thread in reading order, by its id or that of any message in it.',
    params: v.strictObject({ id: shape.threadId }),
    result: v.object({ thread_id: v.string(), items: v.array(shape.threadMessage) }),
    capability: 'read',
    scope: [{ accounts: 'referenced', by: 'thread', field: 'id' }],
    readsContent: true,
    outsideEffect: false,
  }),
  'mail.read': request({
    summary: 'One message as text: what its author wrote, or all of it, or its headers.',
    params: v.strictObject({
      id: shape.messageId,
      view,
      /** UTF-16 units of the body. */
      chars_max: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)), 200_000),
    }),
    result: v.object({
      message: shape.message,
      body: v.string(),
      is_truncated: v.boolean(),
      headers: v.array(v.object({ name: v.string(), value: v.string() })),
      lines_folded: shape.count,
      hidden_characters: shape.count,
      attachments: v.array(shape.attachment),
    }),
    capability: 'read',
    scope: [{ accounts: 'referenced', by: 'messages', field: 'id' }],
    readsContent: true,
    outsideEffect: false,
  }),
  'mail.raw': request({
    summary: 'The source of a message, byte for byte, a page at a time.',
    params: v.strictObject({ id: shape.messageId, ...bytesPage }),
    result: bytes,
    capability: 'attachments',
    scope: [{ accounts: 'referenced', by: 'messages', field: 'id' }],
    readsContent: true,
    outsideEffect: false,
  }),
  'mail.attachments': request({
    summary: 'The attachments of a message: names, types, sizes.',
    params: v.strictObject({ id: shape.messageId }),
    result: v.object({ items: v.array(shape.attachment) }),
    capability: 'read',
    scope: [{ accounts: 'referenced', by: 'messages', field: 'id' }],
    readsContent: true,
    outsideEffect: false,
  }),
  'mail.attachment': request({
    summary: 'The bytes of one attachment, decoded, a page at a time.',
    params: v.strictObject({ id: shape.messageId, part: v.pipe(v.string(), v.maxLength(100)), ...bytesPage }),
    result: bytes,
    capability: 'attachments',
    scope: [{ accounts: 'referenced', by: 'messages', field: 'id' }],
    readsContent: true,
    outsideEffect: false,
  }),
  'mail.labels': request({
    summary: 'Labels and folders with their counts.',
    params: v.strictObject({ accounts }),
    result: v.object({ items: v.array(shape.label) }),
    capability: 'read',
    scope: narrowed,
    // Names that a stranger's words may have been put into.
    readsContent: true,
    outsideEffect: false,
  }),
  'saved.list': request({
    summary: 'Saved searches, with how much is unread in each.',
    params: v.strictObject({ accounts, zone }),
    result: v.object({
      items: v.array(
        v.object({
          name: v.string(),
          query: v.string(),
          sort: v.picklist(['newest', 'oldest', 'relevance']),
          account: v.nullable(v.string()),
          unread: v.nullable(shape.count),
        }),
      ),
    }),
    capability: 'read',
    scope: narrowed,
    // Names that a stranger's words may have been put into.
    readsContent: true,
    outsideEffect: false,
  }),
}
