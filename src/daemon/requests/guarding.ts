import * as v from 'valibot'
import * as shape from './shapes.ts'
import { request } from './spec.ts'

const nobody = (why: string) => [{ accounts: 'none', why }] as const
const passphrase = v.pipe(v.string(), v.minLength(1), v.maxLength(256))
const agentName = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,39}$/i, 'is no name for an agent'))
const stagedId = v.pipe(v.string(), v.regex(/^[0-9a-f]{6}$/, 'is no id of an approval'))
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'is no digest'))

const agent = v.object({
  id: v.string(),
  name: v.string(),
  profile: v.string(),
  created_at: v.string(),
  expires_at: v.nullable(v.string()),
  revoked_at: v.nullable(v.string()),
  last_used_at: v.nullable(v.string()),
})

const stagedEntries = {
  id: v.string(),
  state: v.picklist(['waiting', 'approved', 'denied', 'expired', 'void', 'done', 'failed']),
  request: v.string(),
  reasons: v.array(v.string()),
  created_at: v.string(),
  expires_at: v.string(),
  decided_at: v.nullable(v.string()),
  /** What came of it, once it was carried out. */
  result: v.nullable(v.string()),
}
const staged = v.object({
  ...stagedEntries,
  agent: v.nullable(v.string()),
  profile: v.nullable(v.string()),
  digest: v.string(),
  title: v.string(),
  account: v.nullable(v.string()),
  lines: v.array(v.object({ name: v.string(), value: v.string() })),
  body: v.nullable(v.string()),
})

const entry = v.object({
  seq: shape.count,
  at: v.string(),
  tier: v.string(),
  /** Null once redacted, or when its time is over. */
  details: v.nullable(
    v.object({
      origin: v.string(),
      actor: v.nullable(v.string()),
      profile: v.nullable(v.string()),
      action: v.string(),
      verdict: v.string(),
      reason: v.nullable(v.string()),
      accounts: v.array(v.string()),
      targets: v.array(v.string()),
      counts: v.record(v.string(), v.number()),
    }),
  ),
  hash: v.string(),
})
const page = { limit: shape.limit(1_000, 50), before: v.optional(shape.count) }

export const guardingRequests = {
  'mail.facts': request({
    summary: 'What is known of a message beside what it says: who wrote it, and whether that was checked.',
    params: v.strictObject({ id: shape.messageId }),
    result: v.object({
      /** By the person's own hand. */
      is_own: v.boolean(),
      /** The person has written to its author before. */
      is_correspondent: v.boolean(),
      /** As the own server found it. */
      authentication: v.picklist(['pass', 'fail', 'none']),
      /** Reply-To names somebody else than the author. */
      answers_go_elsewhere: v.boolean(),
      /** A correspondent whom the author's address resembles. */
      resembles: v.nullable(v.string()),
    }),
    capability: 'read',
    scope: [{ accounts: 'referenced', by: 'messages', field: 'id' }],
    readsContent: false,
    outsideEffect: false,
  }),
  'session.show': request({
    summary: 'Who the caller is to the gate, and what it may do at most.',
    params: v.strictObject({}),
    result: v.object({
      origin: v.string(),
      agent: v.nullable(v.string()),
      profile: v.nullable(v.string()),
      accounts: v.array(v.string()),
      levels: v.record(v.string(), v.picklist(['allow', 'ask', 'deny'])),
    }),
    capability: 'status',
    scope: nobody('says only what the caller itself may do'),
    readsContent: false,
    outsideEffect: false,
  }),
  'session.note': request({
    summary: 'A face tells what else its agent has read, memory above all: it counts against what the agent sends.',
    params: v.strictObject({
      sources: v.pipe(
        v.array(
          v.strictObject({ id: shape.name, text: v.pipe(v.string(), v.maxLength(100_000)), confirmed: v.boolean() }),
        ),
        v.maxLength(200),
      ),
    }),
    result: shape.done,
    capability: 'status',
    scope: nobody('only takes away from what the caller may do'),
    readsContent: false,
    outsideEffect: false,
  }),
  'agent.add': request({
    summary: 'Lets an agent in under a profile; answers with its token, which is shown once.',
    params: v.strictObject({
      name: agentName,
      profile: shape.name,
      expires_days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3_650))),
      passphrase: v.optional(passphrase),
    }),
    result: v.object({ ...agent.entries, token: v.string() }),
    capability: 'admin',
    scope: nobody('concerns who may ask, not mail'),
    readsContent: false,
    outsideEffect: false,
  }),
  'agent.list': request({
    summary: 'The agents that were let in.',
    params: v.strictObject({}),
    result: v.object({ items: v.array(agent) }),
    capability: 'admin',
    scope: nobody('concerns who may ask, not mail'),
    readsContent: false,
    outsideEffect: false,
  }),
  'agent.revoke': request({
    summary: 'Ends what an agent may do, at once.',
    params: v.strictObject({ name: shape.name }),
    result: agent,
    capability: 'admin',
    scope: nobody('concerns who may ask, not mail'),
    readsContent: false,
    outsideEffect: false,
  }),
  'passphrase.set': request({
    summary: 'Sets the passphrase by which a person approves, or changes it.',
    params: v.strictObject({ next: v.pipe(passphrase, v.minLength(4)), current: v.optional(passphrase) }),
    result: shape.done,
    capability: 'admin',
    scope: nobody('concerns the person, not mail'),
    readsContent: false,
    outsideEffect: false,
  }),
  'passphrase.state': request({
    summary: 'Whether a passphrase is set.',
    params: v.strictObject({}),
    result: v.object({ is_set: v.boolean() }),
    capability: 'admin',
    scope: nobody('concerns the person, not mail'),
    readsContent: false,
    outsideEffect: false,
  }),
  'passphrase.check': request({
    summary: 'Whether whoever asks knows the passphrase; each wrong try makes the next one wait.',
    params: v.strictObject({ passphrase }),
    result: shape.done,
    capability: 'admin',
    scope: nobody('concerns the person, not mail'),
    readsContent: false,
    outsideEffect: false,
  }),
  'approval.list': request({
    summary: 'What agents asked for and a person decides, the latest first.',
    params: v.strictObject({
      state: v.optional(
        v.picklist(['waiting', 'approved', 'denied', 'expired', 'void', 'done', 'failed', 'all']),
        'waiting',
      ),
      limit: shape.limit(500, 100),
    }),
    result: v.object({ items: v.array(staged) }),
    capability: 'admin',
    scope: nobody('a person sees what waits for any account'),
    readsContent: true,
    outsideEffect: false,
  }),
  'approval.show': request({
    summary: 'One of them in full: exactly what would happen.',
    params: v.strictObject({ id: stagedId }),
    result: staged,
    capability: 'admin',
    scope: nobody('a person sees what waits for any account'),
    readsContent: true,
    outsideEffect: false,
  }),
  'approval.approve': request({
    summary: 'A person’s yes to exactly what has this digest; it is carried out at once.',
    params: v.strictObject({ id: stagedId, digest, passphrase }),
    result: staged,
    capability: 'admin',
    scope: nobody('only a person decides'),
    readsContent: true,
    outsideEffect: true,
    deadlineMs: 120_000,
  }),
  'approval.deny': request({
    summary: 'A person’s no; nothing happens.',
    params: v.strictObject({ id: stagedId }),
    result: staged,
    capability: 'admin',
    scope: nobody('only a person decides'),
    readsContent: true,
    outsideEffect: false,
  }),
  'approval.status': request({
    summary: 'What became of what the caller itself asked for.',
    params: v.strictObject({ id: v.optional(stagedId), limit: shape.limit(100, 20) }),
    result: v.object({ items: v.array(v.object(stagedEntries)) }),
    capability: 'status',
    scope: nobody('whoever asked sees the state of what they asked for, and no more'),
    readsContent: false,
    outsideEffect: false,
  }),
  'activity.list': request({
    summary: 'What was asked, decided and done, the latest first.',
    params: v.strictObject({
      agent: v.optional(shape.name),
      action: v.optional(shape.name),
      verdict: v.optional(v.picklist(['allow', 'stage', 'deny', 'effect'])),
      ...page,
    }),
    result: v.object({ items: v.array(entry), next_before: v.nullable(shape.count) }),
    capability: 'admin',
    scope: nobody('holds no content; a person sees all of it'),
    readsContent: false,
    outsideEffect: false,
  }),
  'activity.own': request({
    summary: 'The caller’s own activity.',
    params: v.strictObject(page),
    result: v.object({ items: v.array(entry), next_before: v.nullable(shape.count) }),
    capability: 'activity',
    scope: nobody('holds no content; only the caller’s own'),
    readsContent: false,
    outsideEffect: false,
  }),
  'activity.verify': request({
    summary: 'Follows the chain of the whole record.',
    params: v.strictObject({}),
    result: v.object({
      is_sound: v.boolean(),
      fault: v.nullable(v.string()),
      entries: shape.count,
      /** The newest entry's hash: written down elsewhere, it shows later that nothing was cut off. */
      head: v.string(),
    }),
    capability: 'admin',
    scope: nobody('holds no content'),
    readsContent: false,
    outsideEffect: false,
    deadlineMs: 300_000,
  }),
  'activity.redact': request({
    summary: 'Takes the details of one entry away; that there was one stays.',
    params: v.strictObject({ seq: v.pipe(shape.count, v.minValue(1)), passphrase: v.optional(passphrase) }),
    result: shape.done,
    capability: 'admin',
    scope: nobody('holds no content'),
    readsContent: false,
    outsideEffect: false,
  }),
}
