import * as v from 'valibot'
import type { ParamsGiven } from '#daemon/requests/index.ts'
import type { Daemon } from '../daemon.ts'
import { type Annotations, type Tool, tool } from '../tool.ts'
import { line } from '../untrusted.ts'

const changing: Annotations = { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true }
const action = v.picklist([
  'archive',
  'trash',
  'spam',
  'read',
  'unread',
  'star',
  'unstar',
  'label',
  'unlabel',
  'move',
  'snooze',
  'mute',
])
type Change = ParamsGiven<'plan.create'>['changes'][number]

const outcome = v.object({
  decision_id: v.number(),
  requested: v.number(),
  changed: v.number(),
  refused: v.number(),
  undo_until: v.string(),
})

/** Changing mail in two steps: a plan that names every message, then exactly that. */
export function planTools(daemon: Daemon, random: (bytes: number) => Uint8Array): readonly Tool[] {
  return [
    tool({
      name: 'plan_create',
      title: 'Plan a change of mail',
      description:
        'Resolves a change to a frozen list of messages. Nothing changes until plan_apply; the plan lasts ten minutes.',
      capability: 'organize',
      annotations: { ...changing, openWorldHint: false },
      input: v.strictObject({
        action,
        value: v.optional(
          v.pipe(v.string(), v.maxLength(200), v.description('The label, the folder, or the instant to snooze until')),
        ),
        ids: v.optional(v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(1_000))),
        query: v.optional(v.pipe(v.string(), v.maxLength(2_000), v.description('All that match, instead of ids'))),
      }),
      output: v.object({
        plan_id: v.string(),
        total: v.number(),
        would_change: v.number(),
        expires_at: v.string(),
        sample: v.array(v.object({ id: v.string(), from: v.string(), subject: v.string() })),
      }),
      run: async ({ action: verb, value, ids, query }, { signal }) => {
        const change = changeOf(verb, value)
        if (change === undefined) return refusal(`${verb} needs a value`)
        if ((ids === undefined) === (query === undefined)) return refusal('give either ids or a query')
        const selection =
          ids === undefined ? ({ by: 'query', query: query ?? '' } as const) : ({ by: 'ids', ids } as const)
        const answer = await daemon.request('plan.create', { changes: [change], selection }, signal)
        if (!answer.ok) return answer.refusal
        const { plan_id, total, changed, expires_at, sample } = answer.value
        const items = sample.map(({ id, from, subject }) => ({
          id,
          from: line(from?.email ?? ''),
          subject: line(subject),
        }))
        return { ok: true, value: { plan_id, total, would_change: changed, expires_at, sample: items } }
      },
    }),
    tool({
      name: 'plan_apply',
      title: 'Carry a plan out',
      description: 'Does exactly what the plan says, where that is allowed; else it waits for the person',
      capability: 'organize',
      annotations: { ...changing, destructiveHint: true },
      input: v.strictObject({ plan_id: v.pipe(v.string(), v.maxLength(40)) }),
      output: v.object({ ...outcome.entries }),
      run: async ({ plan_id }, { signal }) => {
        const answer = await daemon.request('plan.apply', { plan_id }, signal)
        return answer.ok ? { ok: true, value: decided(answer.value) } : answer.refusal
      },
    }),
    tool({
      name: 'plan_undo',
      title: 'Take a change back',
      description: 'Takes back a change that you made in the last 24 hours',
      capability: 'organize',
      annotations: changing,
      input: v.strictObject({ decision_id: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
      output: v.object({ ...outcome.entries }),
      run: async ({ decision_id }, { signal }) => {
        const client_key = `mcp ${Buffer.from(random(12)).toString('hex')}`
        const answer = await daemon.request('decision.undo', { decision_id, client_key }, signal)
        return answer.ok ? { ok: true, value: decided(answer.value) } : answer.refusal
      },
    }),
  ]
}

function decided({
  decision_id,
  requested,
  changed,
  refused_total,
  undo_until,
}: {
  decision_id: number
  requested: number
  changed: number
  refused_total: number
  undo_until: string
}) {
  return { decision_id, requested, changed, refused: refused_total, undo_until }
}

function changeOf(verb: v.InferOutput<typeof action>, value: string | undefined): Change | undefined {
  switch (verb) {
    case 'archive':
    case 'trash':
    case 'spam':
    case 'mute':
      return { action: verb }
    case 'read':
    case 'unread':
      return { action: 'mark', read: verb === 'read' }
    case 'star':
    case 'unstar':
      return { action: 'star', starred: verb === 'star' }
    case 'label':
    case 'unlabel':
      return value === undefined ? undefined : { action: verb, label: value }
    case 'move':
      return value === undefined ? undefined : { action: 'move', folder: value }
    case 'snooze':
      return value === undefined ? undefined : { action: 'snooze', until: value }
  }
}

function refusal(message: string) {
  return { ok: false, code: 'params_invalid', message } as const
}
