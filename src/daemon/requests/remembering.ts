import * as v from 'valibot'
import * as shape from './shapes.ts'
import { request } from './spec.ts'

const noMail = [{ accounts: 'none', why: 'memory belongs to a workspace, not to an account' }] as const
/** As `postern memory status` has it; the demo has one of its own. */
const workspace = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{64}|demo)$/, 'is no id of a workspace'))

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
}
