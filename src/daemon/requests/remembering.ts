import * as v from 'valibot'
import * as shape from './shapes.ts'
import { request } from './spec.ts'

const noMail = [{ accounts: 'none', why: 'memory belongs to a workspace, not to an account' }] as const
/** As `postern memory status` has it; the demo has one of its own. */
const workspace = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{64}|demo)$/, 'is no id of a workspace'))

/** A day at most. */
const leaseSeconds = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(86_400)), 1_800)

const source = v.object({
  draft: v.string(),
  surface: v.nullable(v.string()),
  uri: v.nullable(v.string()),
  message: v.nullable(v.string()),
  from: v.nullable(v.string()),
  authentication: v.nullable(v.string()),
  accepted_by: v.nullable(v.string()),
})

export const rememberingRequests = {
  'memory.recall': request({
    summary: 'What the memory of a workspace knows of a question, the best first, each with where it came from.',
    params: v.strictObject({
      workspace,
      question: v.pipe(v.string(), v.minLength(1), v.maxLength(2_000)),
      limit: shape.limit(50, 10),
    }),
    result: v.object({
      items: v.array(
        v.object({
          id: v.string(),
          text: v.string(),
          at: v.nullable(v.string()),
          /** Somebody trusted stands behind it. */
          confirmed: v.boolean(),
          /** Proposed, and not yet memory. */
          waiting: v.boolean(),
          records: v.array(v.string()),
          source: v.nullable(source),
        }),
      ),
    }),
    capability: 'memory_read',
    scope: noMail,
    // Each hit is told to the gate by itself: what a person confirmed taints nobody.
    readsContent: false,
    outsideEffect: false,
  }),
  'memory.status': request({
    summary: 'How much the memory of a workspace holds, and what waits to become part of it.',
    params: v.strictObject({ workspace }),
    result: v.object({
      workspace: v.string(),
      memories: shape.count,
      episodes: shape.count,
      symbols: shape.count,
      last_commit: v.nullable(v.string()),
      seal: v.picklist(['sealed', 'unsealed', 'behind']),
      drafts: v.object({ pending: shape.count, conflict: shape.count }),
    }),
    capability: 'memory_read',
    scope: noMail,
    readsContent: false,
    outsideEffect: false,
  }),
  'memory.query': request({
    summary: 'What one query form finds in the memory of a workspace, in the order of the log.',
    params: v.strictObject({ workspace, query: v.pipe(v.string(), v.minLength(1), v.maxLength(4_000)) }),
    result: v.object({
      items: v.array(
        v.object({ id: v.string(), form: v.string(), confirmed: v.boolean(), source: v.nullable(source) }),
      ),
      /** Left out since their source was taken back. */
      revoked: shape.count,
      /** Left out for the size of the answer. */
      truncated: shape.count,
      /** Left out by the query itself, where it asks for them to be told. */
      filtered: shape.count,
      flags: v.array(v.string()),
      as_of: v.string(),
      as_committed: v.string(),
      query_committed_at: v.string(),
    }),
    capability: 'memory_read',
    scope: noMail,
    // As above: each record is told to the gate by itself.
    readsContent: false,
    outsideEffect: false,
  }),
  'memory.record': request({
    summary: 'One memory by its name, as queries give it.',
    params: v.strictObject({
      workspace,
      name: v.pipe(v.string(), v.regex(/^__mem_\d{1,18}$/, 'is no name of a memory')),
    }),
    result: v.object({ id: v.string(), form: v.string(), confirmed: v.boolean(), source: v.nullable(source) }),
    capability: 'memory_read',
    scope: noMail,
    // As above: the record is told to the gate by itself.
    readsContent: false,
    outsideEffect: false,
  }),
  'memory.episodes': request({
    summary: 'The commits of the memory of a workspace, newest first.',
    params: v.strictObject({
      workspace,
      limit: shape.limit(1_000, 50),
      offset: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
    }),
    result: v.object({
      items: v.array(v.object({ id: v.string(), committed_at: v.string() })),
      total: shape.count,
      next_offset: v.nullable(shape.count),
    }),
    capability: 'memory_read',
    scope: noMail,
    readsContent: false,
    outsideEffect: false,
  }),
  'memory.verify': request({
    summary: 'Whether the log of the memory of a workspace and its seal are whole.',
    params: v.strictObject({ workspace }),
    result: v.object({
      sound: v.boolean(),
      findings: v.array(v.string()),
      records: shape.count,
      checkpoints: shape.count,
      memories: shape.count,
      symbol_events: shape.count,
      dangling_symbols: shape.count,
      tail: v.picklist(['clean', 'orphan', 'corrupt']),
      seal: v.picklist(['sealed', 'unsealed', 'broken']),
    }),
    capability: 'memory_read',
    scope: noMail,
    readsContent: false,
    outsideEffect: false,
  }),
  'memory.draft': request({
    summary: 'Proposes something to remember; the librarian decides what becomes of it.',
    params: v.strictObject({
      workspace,
      text: v.pipe(v.string(), v.minLength(1), v.maxLength(100_000)),
      tags: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(100))), v.maxLength(20)), []),
    }),
    result: v.object({ id: v.string(), state: v.string(), is_new: v.boolean() }),
    capability: 'memory_draft',
    scope: noMail,
    readsContent: false,
    outsideEffect: false,
  }),
  'memory.lease': request({
    summary: 'Holds the memory of a workspace for this connection alone, to write to it past the librarian.',
    params: v.strictObject({ workspace, ttl_s: leaseSeconds }),
    result: v.object({ expires_at: v.string() }),
    capability: 'memory_write',
    scope: noMail,
    readsContent: false,
    outsideEffect: false,
  }),
  'memory.renew': request({
    summary: 'Holds it for longer.',
    params: v.strictObject({ workspace, ttl_s: leaseSeconds }),
    result: v.object({ expires_at: v.string() }),
    capability: 'memory_write',
    scope: noMail,
    readsContent: false,
    outsideEffect: false,
  }),
  'memory.write': request({
    summary: 'Commits a batch of memory forms; its records count as an agent’s.',
    params: v.strictObject({ workspace, batch: v.pipe(v.string(), v.minLength(1), v.maxLength(400_000)) }),
    result: v.object({ episode_id: v.string(), committed_at: v.string(), memories: shape.count }),
    capability: 'memory_write',
    scope: noMail,
    readsContent: false,
    outsideEffect: false,
  }),
  'memory.release': request({
    summary: 'Lets go of the memory that this connection holds.',
    params: v.strictObject({ workspace }),
    result: v.object({ released: v.boolean() }),
    // Whoever may see memory may stop holding it: to let go is never refused.
    capability: 'memory_read',
    scope: noMail,
    readsContent: false,
    outsideEffect: false,
  }),
}
