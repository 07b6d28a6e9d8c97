import * as v from 'valibot'
import { ITEM_STATES } from '#mail/outbox/index.ts'
import { change, labelText } from './change.ts'
import * as shape from './shapes.ts'
import { request } from './spec.ts'

/** A decision names so many messages at most; more are several decisions. */
export const decisionMessagesMax = 100_000

const query = v.pipe(v.string(), v.maxLength(4_000))

/** Which messages: by ids, or all that match at the moment when the request arrives. Nothing is left out silently. */
export const selection = v.variant('by', [
  v.strictObject({
    by: v.literal('ids'),
    ids: v.pipe(v.array(shape.messageId), v.minLength(1), v.maxLength(decisionMessagesMax)),
  }),
  v.strictObject({
    by: v.literal('query'),
    query,
    accounts: v.optional(shape.accounts),
    zone: v.optional(v.pipe(v.string(), v.maxLength(60))),
    /** Refuses, and changes nothing, when more match. */
    max: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(decisionMessagesMax))),
  }),
])

const changes = v.pipe(v.array(change), v.minLength(1), v.maxLength(8))
const planId = v.pipe(v.string(), v.regex(/^p[0-9a-z]{12}$/, 'no plan id'))
const decisionId = v.pipe(v.number(), v.integer(), v.minValue(1))
const selected = [{ accounts: 'referenced', by: 'selection', field: 'selection' }] as const
const byChange = { of: 'change', field: 'changes', among: ['organize', 'trash'] } as const

const refusal = v.object({ id: v.string(), code: v.string(), message: v.string() })

/** What became of a decision. `refused` names the first 1,000; `changed + unchanged + refused_total = requested`. */
export const decided = v.object({
  decision_id: shape.count,
  /** The client key had been used for the same decision: this is its first answer. */
  is_repeat: v.boolean(),
  requested: shape.count,
  changed: shape.count,
  /** They were so already. */
  unchanged: shape.count,
  refused_total: shape.count,
  refused: v.array(refusal),
  /** Of the changed ones, how many a provider has yet to be told. */
  pending: shape.count,
  undo_until: v.string(),
})

const itemState = v.picklist(ITEM_STATES)

export const changingRequests = {
  'mail.change': request({
    summary: 'Changes messages at once here, and at their providers as soon as they can be reached.',
    params: v.strictObject({ changes, selection, client_key: shape.clientKey }),
    result: decided,
    capability: byChange,
    scope: selected,
    readsContent: false,
    outsideEffect: true,
  }),
  'plan.create': request({
    summary: 'Resolves a change to a frozen list of messages, which can be applied within ten minutes.',
    params: v.strictObject({ changes, selection }),
    result: v.object({
      plan_id: v.string(),
      expires_at: v.string(),
      total: shape.count,
      /** Of the total, how many would change, and which cannot. */
      changed: shape.count,
      unchanged: shape.count,
      refused_total: shape.count,
      refused: v.array(refusal),
      /** The first messages, as lists show them. */
      sample: v.array(shape.message),
    }),
    // Nothing changes yet: what is planned is asked for when it is applied.
    capability: 'read',
    scope: selected,
    readsContent: true,
    outsideEffect: false,
  }),
  'plan.show': request({
    summary: 'A plan and the ids in it, a page at a time.',
    params: v.strictObject({ plan_id: planId, limit: shape.limit(10_000, 1_000), after: v.optional(shape.messageId) }),
    result: v.object({
      plan_id: v.string(),
      changes: v.array(change),
      expires_at: v.string(),
      applied_by: v.nullable(shape.count),
      total: shape.count,
      ids: v.array(v.string()),
      next_after: v.nullable(v.string()),
    }),
    capability: 'read',
    scope: [{ accounts: 'referenced', by: 'plan', field: 'plan_id' }],
    readsContent: false,
    outsideEffect: false,
  }),
  'plan.apply': request({
    summary: 'Does exactly what a plan says; messages that changed since are left alone and reported as `stale`.',
    params: v.strictObject({ plan_id: planId }),
    result: decided,
    capability: { of: 'plan', field: 'plan_id', among: ['organize', 'trash'] },
    scope: [{ accounts: 'referenced', by: 'plan', field: 'plan_id' }],
    readsContent: false,
    outsideEffect: true,
  }),
  'decision.undo': request({
    summary: 'Takes a decision of the last 24 hours back, the latest when none is named; later changes stay.',
    params: v.strictObject({ decision_id: v.optional(decisionId), client_key: shape.clientKey }),
    result: decided,
    capability: { of: 'decision', field: 'decision_id', among: ['organize', 'trash'] },
    scope: [{ accounts: 'referenced', by: 'decision', field: 'decision_id' }],
    readsContent: false,
    outsideEffect: true,
  }),
  'decision.list': request({
    summary: 'What was decided, the latest first.',
    params: v.strictObject({ limit: shape.limit(1_000, 50), before: v.optional(decisionId) }),
    result: v.object({
      items: v.array(
        v.object({
          decision_id: shape.count,
          decided_at: v.string(),
          undo_until: v.string(),
          changes: v.array(change),
          undoes: v.nullable(shape.count),
          messages: shape.count,
          states: v.record(itemState, shape.count),
        }),
      ),
    }),
    capability: 'read',
    scope: [{ accounts: 'all', why: 'one decision may name messages of several accounts' }],
    readsContent: false,
    outsideEffect: false,
  }),
  'decision.show': request({
    summary: 'What became of each message of a decision, a page at a time.',
    params: v.strictObject({
      decision_id: decisionId,
      limit: shape.limit(10_000, 1_000),
      after: v.optional(shape.messageId),
    }),
    result: v.object({
      items: v.array(v.object({ id: v.string(), state: itemState, code: v.nullable(v.string()) })),
      next_after: v.nullable(v.string()),
    }),
    capability: 'read',
    scope: [{ accounts: 'referenced', by: 'decision', field: 'decision_id' }],
    readsContent: false,
    outsideEffect: false,
  }),
  'outbox.list': request({
    summary: 'What providers have yet to be told, by account and decision, and why it has not been.',
    params: v.strictObject({ accounts: v.optional(shape.accounts) }),
    result: v.object({
      accounts: v.array(
        v.object({
          account: v.string(),
          pending: shape.count,
          attempts: shape.count,
          last_error: v.nullable(v.object({ code: v.string(), message: v.string(), at: v.string() })),
          /** Absent while it is being delivered, and when nothing waits. */
          next_try_at: v.nullable(v.string()),
        }),
      ),
      decisions: v.array(
        v.object({
          decision_id: shape.count,
          account: v.string(),
          decided_at: v.string(),
          changes: v.array(change),
          pending: shape.count,
          failed: shape.count,
        }),
      ),
    }),
    capability: 'read',
    scope: [{ accounts: 'narrowed', field: 'accounts' }],
    readsContent: false,
    outsideEffect: false,
  }),
  'outbox.retry': request({
    summary: 'Tries at once what waits for its next try.',
    params: v.strictObject({ accounts: v.optional(shape.accounts) }),
    result: v.object({ pending: shape.count }),
    capability: 'organize',
    scope: [{ accounts: 'narrowed', field: 'accounts' }],
    readsContent: false,
    outsideEffect: true,
  }),
  'outbox.drop': request({
    summary: 'Gives up what a decision has not delivered yet: here it becomes again what the provider knows.',
    params: v.strictObject({ decision_id: decisionId }),
    result: v.object({ dropped: shape.count }),
    capability: { of: 'decision', field: 'decision_id', among: ['organize', 'trash'] },
    scope: [{ accounts: 'referenced', by: 'decision', field: 'decision_id' }],
    readsContent: false,
    outsideEffect: false,
  }),
  'snooze.list': request({
    summary: 'Messages that come back later, the next first.',
    params: v.strictObject({ accounts: v.optional(shape.accounts), limit: shape.limit(1_000, 100) }),
    result: v.object({ items: v.array(v.object({ message: shape.message, wake_at: v.string() })) }),
    capability: 'read',
    scope: [{ accounts: 'narrowed', field: 'accounts' }],
    readsContent: true,
    outsideEffect: false,
  }),
  'saved.save': request({
    summary: 'Keeps a search under a name; dates like `newer_than:7d` stay relative.',
    params: v.strictObject({
      name: labelText,
      query,
      sort: v.optional(v.picklist(['newest', 'oldest', 'relevance']), 'newest'),
      account: v.optional(v.nullable(shape.name), null),
      replace: v.optional(v.boolean(), false),
    }),
    result: shape.done,
    capability: 'organize',
    scope: [{ accounts: 'named', field: 'account' }],
    readsContent: false,
    outsideEffect: false,
  }),
  'saved.rename': request({
    summary: 'Gives a saved search another name.',
    params: v.strictObject({ name: labelText, to: labelText }),
    result: shape.done,
    capability: 'organize',
    scope: [{ accounts: 'referenced', by: 'saved_search', field: 'name' }],
    readsContent: false,
    outsideEffect: false,
  }),
  'saved.delete': request({
    summary: 'Forgets a saved search; no mail is touched.',
    params: v.strictObject({ name: labelText }),
    result: shape.done,
    capability: 'organize',
    scope: [{ accounts: 'referenced', by: 'saved_search', field: 'name' }],
    readsContent: false,
    outsideEffect: false,
  }),
}
