import * as v from 'valibot'

/**
 * What the daemon tells without being asked. An event says that something changed, not how it looks now: whoever
 * shows it reads it. Clients skip kinds that they do not know.
 */
const ids = v.array(v.string())
/** An event names so many messages at most; `total` is the truth. */
export const eventIdsMax = 500

export const events = {
  'messages.arrived': {
    summary: 'Mail was stored that was not here before.',
    data: v.object({ ids, total: v.number() }),
  },
  'messages.changed': {
    summary: 'Flags, labels or places of messages changed, here or at the provider.',
    data: v.object({ ids, total: v.number(), fields: v.array(v.picklist(['flags', 'labels'])) }),
  },
  'messages.removed': {
    summary: 'Messages are no longer here.',
    data: v.object({ ids, total: v.number() }),
  },
  'message.woke': {
    summary: 'A snoozed message is back.',
    data: v.object({ id: v.string() }),
  },
  'outbox.changed': {
    summary: 'More or less waits for an account than before.',
    data: v.object({ pending: v.number() }),
  },
  'decision.failed': {
    summary: 'A provider refused for good; here it is again as the provider knows it.',
    data: v.object({ decision_id: v.number(), failed: v.number(), code: v.string() }),
  },
  'approval.waiting': {
    summary: 'An agent asked for something on which a person decides.',
    data: v.object({ id: v.string(), request: v.string(), reasons: v.array(v.string()) }),
  },
  'draft.changed': {
    summary: 'A draft was kept.',
    data: v.object({ draft_id: v.number(), revision: v.number() }),
  },
  'send.changed': {
    summary: 'A message on its way out has come further, or was refused.',
    data: v.object({ send_id: v.number(), draft_id: v.number(), state: v.string() }),
  },
  'account.state': {
    summary: 'An account became ready, went offline, needs its password.',
    data: v.object({ state: v.string(), detail: v.nullable(v.string()) }),
  },
  'sync.progress': {
    summary: 'How far the fetching of an account is.',
    data: v.object({ done: v.number(), total: v.nullable(v.number()) }),
  },
  'events.lagged': {
    summary: 'This client read too slowly and missed events: what it shows may be old.',
    data: v.object({ skipped: v.number() }),
  },
  'daemon.stopping': { summary: 'The daemon ends.', data: v.object({}) },
} as const

export type EventKind = keyof typeof events
export type EventData<Kind extends EventKind> = v.InferOutput<(typeof events)[Kind]['data']>

const kinds: EventKind[] = []
for (const kind in events) if (isEventKind(kind)) kinds.push(kind)
export const EVENT_KINDS: readonly EventKind[] = kinds

export function isEventKind(kind: string): kind is EventKind {
  return Object.hasOwn(events, kind)
}
