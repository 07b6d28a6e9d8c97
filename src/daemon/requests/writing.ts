import * as v from 'valibot'
import { draftContent } from '#mail/compose/draft.ts'
import * as shape from './shapes.ts'
import { request } from './spec.ts'

export const draftId = v.pipe(v.number(), v.integer(), v.minValue(1))
const sendId = v.pipe(v.number(), v.integer(), v.minValue(1))
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'is no digest'))
const ofDraft = [{ accounts: 'referenced', by: 'draft', field: 'draft_id' }] as const

/** An instant, or what a moment is called in the person's own time: resolved by the client, so it is an instant here. */
const at = v.optional(shape.instant)

const recipient = v.object({
  address: v.string(),
  state: v.picklist(['pending', 'taken', 'refused', 'delayed', 'bounced']),
  code: v.nullable(v.string()),
  detail: v.nullable(v.string()),
})

/** What became of a message that was decided on. */
export const send = v.object({
  send_id: shape.count,
  draft_id: shape.count,
  account: v.string(),
  message_id: v.string(),
  digest: v.string(),
  subject: v.string(),
  from: v.string(),
  state: v.picklist(['prepared', 'waiting', 'sending', 'ending', 'unknown', 'held', 'sent', 'failed', 'cancelled']),
  /** While it waits: when it leaves, or is tried again. */
  leaves_at: v.nullable(v.string()),
  attempts: shape.count,
  code: v.nullable(v.string()),
  detail: v.nullable(v.string()),
  settled_at: v.nullable(v.string()),
  copy: v.picklist(['none', 'wanted', 'filed']),
  recipients: v.array(recipient),
})

const draftEntries = {
  draft_id: shape.count,
  account: v.string(),
  revision: shape.count,
  created_at: v.string(),
  changed_at: v.string(),
  content: draftContent,
  /** The message of it that is on its way, or the last that was. */
  send: v.nullable(send),
}
export const draft = v.object(draftEntries)

const issue = v.object({ kind: v.string(), level: v.picklist(['block', 'warn']), message: v.string() })

export const writingRequests = {
  'draft.save': request({
    summary: 'Keeps a draft, or the next revision of one; a revision that somebody else changed meanwhile is refused.',
    params: v.strictObject({
      account: v.optional(shape.name),
      draft_id: v.optional(draftId),
      revision: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
      content: draftContent,
    }),
    result: v.object({ draft_id: shape.count, revision: shape.count, account: v.string() }),
    capability: 'draft',
    scope: [
      { accounts: 'named', field: 'account' },
      { accounts: 'referenced', by: 'draft', field: 'draft_id' },
      { accounts: 'referenced', by: 'answered', field: 'content' },
    ],
    readsContent: false,
    outsideEffect: false,
  }),
  'draft.answer': request({
    summary: 'Begins a draft that answers a message or passes it on, files of a forwarded message included.',
    params: v.strictObject({
      message_id: shape.messageId,
      kind: v.picklist(['reply', 'reply-all', 'forward']),
      text: v.optional(v.pipe(v.string(), v.maxLength(1_000_000)), ''),
      quote: v.optional(v.picklist(['bottom', 'top', 'none'])),
      signature: v.optional(v.boolean(), true),
      /** A forwarded message goes along as it came, as a file. */
      as_file: v.optional(v.boolean(), false),
      zone: v.optional(v.pipe(v.string(), v.maxLength(60)), 'UTC'),
    }),
    result: draft,
    capability: 'draft',
    scope: [{ accounts: 'referenced', by: 'messages', field: 'message_id' }],
    readsContent: true,
    outsideEffect: false,
  }),
  'draft.show': request({
    summary: 'A draft, and how far a message of it has come.',
    params: v.strictObject({ draft_id: draftId }),
    result: draft,
    capability: 'read',
    scope: ofDraft,
    readsContent: true,
    outsideEffect: false,
  }),
  'draft.list': request({
    summary: 'Drafts, the latest changed first, without their texts.',
    params: v.strictObject({ accounts: v.optional(shape.accounts), limit: shape.limit(1_000, 100) }),
    result: v.object({
      items: v.array(
        v.object({
          draft_id: shape.count,
          account: v.string(),
          revision: shape.count,
          changed_at: v.string(),
          to: v.array(shape.address),
          subject: v.string(),
          files: shape.count,
          send: v.nullable(send),
        }),
      ),
    }),
    capability: 'read',
    scope: [{ accounts: 'narrowed', field: 'accounts' }],
    readsContent: true,
    outsideEffect: false,
  }),
  'draft.delete': request({
    summary: 'Forgets a draft; one that is on its way out is refused.',
    params: v.strictObject({ draft_id: draftId }),
    result: shape.done,
    capability: 'draft',
    scope: ofDraft,
    readsContent: false,
    outsideEffect: false,
  }),
  'send.prepare': request({
    summary: 'Freezes a draft to the bytes that would leave, and says what is odd about it. Nothing is decided by it.',
    params: v.strictObject({
      draft_id: draftId,
      revision: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
      at,
      /** Seconds until it leaves, when no time is named; what the settings say when left out. */
      delay_s: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3600))),
      zone: v.optional(v.pipe(v.string(), v.maxLength(60)), 'UTC'),
    }),
    result: v.object({
      send_id: shape.count,
      /** Over the bytes and every recipient: what a decision is about. */
      digest: v.string(),
      message_id: v.string(),
      account: v.string(),
      from: v.string(),
      recipients: v.array(v.string()),
      subject: v.string(),
      size: shape.count,
      files: v.array(v.object({ name: v.string(), type: v.string(), size: shape.count })),
      has_html: v.boolean(),
      issues: v.array(issue),
      leaves_at: v.string(),
      delay_s: shape.count,
    }),
    capability: 'draft',
    scope: ofDraft,
    readsContent: true,
    outsideEffect: false,
  }),
  'send.queue': request({
    summary: 'Decides: exactly what has this digest leaves. Said again of the same message it changes nothing.',
    params: v.strictObject({
      send_id: sendId,
      digest,
      /** Every issue of level `block`, by its kind: whoever decides has seen them all. */
      despite: v.optional(v.pipe(v.array(shape.name), v.maxLength(50)), []),
    }),
    result: send,
    capability: 'send',
    scope: [{ accounts: 'referenced', by: 'send', field: 'send_id' }],
    readsContent: false,
    outsideEffect: true,
  }),
  'send.cancel': request({
    summary: 'Takes back what has not left yet: the draft can be changed again.',
    params: v.strictObject({ draft_id: draftId }),
    result: send,
    capability: 'draft',
    scope: ofDraft,
    readsContent: false,
    outsideEffect: false,
  }),
  'send.list': request({
    summary: 'What was decided to be sent, the latest first: what waits, what nobody knows about, what was sent.',
    params: v.strictObject({
      accounts: v.optional(shape.accounts),
      /** Only what waits, is held, failed or is not known. */
      open: v.optional(v.boolean(), false),
      limit: shape.limit(1_000, 100),
    }),
    result: v.object({ items: v.array(send) }),
    capability: 'read',
    scope: [{ accounts: 'narrowed', field: 'accounts' }],
    readsContent: true,
    outsideEffect: false,
  }),
  'send.resolve': request({
    summary: 'Says what became of a message that nobody knows about, or what shall become of one that was held.',
    params: v.strictObject({ draft_id: draftId, as: v.picklist(['sent', 'again', 'failed']) }),
    result: send,
    capability: 'send',
    scope: ofDraft,
    readsContent: false,
    outsideEffect: true,
  }),
}
