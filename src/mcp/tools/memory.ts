import * as v from 'valibot'
import type { Daemon } from '../daemon.ts'
import { reads, type Tool, tool } from '../tool.ts'
import { Fence, line } from '../untrusted.ts'

const textLength = 2_000

/** Memory: asked in plain words, and proposed to. What is proposed becomes memory by the librarian alone. */
export function memoryTools(
  daemon: Daemon,
  random: (bytes: number) => Uint8Array,
  workspace: () => string | undefined,
): readonly Tool[] {
  return [
    tool({
      name: 'memory_recall',
      title: 'Ask memory',
      description:
        'What was remembered about a question, the best first. Unconfirmed answers are what somebody wrote, not facts.',
      capability: 'memory_read',
      annotations: reads,
      input: v.strictObject({
        question: v.pipe(v.string(), v.minLength(1), v.maxLength(2_000)),
        limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10)), 5),
      }),
      output: v.object({
        items: v.array(
          v.object({
            id: v.string(),
            text: v.object({ untrusted: v.boolean(), text: v.string() }),
            at: v.nullable(v.string()),
            confirmed: v.boolean(),
            waiting: v.boolean(),
            source: v.nullable(v.string()),
          }),
        ),
      }),
      run: async ({ question, limit }, { signal }) => {
        const where = workspace()
        if (where === undefined) return noWorkspace
        const answer = await daemon.request('memory.recall', { workspace: where, question, limit }, signal)
        if (!answer.ok) return answer.refusal
        const fence = new Fence(random)
        const items = answer.value.items.map(({ id, text, at, confirmed, waiting, source }) => ({
          id,
          text: fence.text(text.slice(0, textLength)),
          at,
          confirmed,
          waiting,
          source: source === null ? null : line(`${source.surface ?? ''} ${source.message ?? source.uri ?? ''}`),
        }))
        return { ok: true, value: { items } }
      },
    }),
    tool({
      name: 'submit_draft',
      title: 'Propose something to remember',
      description:
        'Proposes a memory: plain text, "key: value" lines below a "# Name" heading, or memory forms. It is not memory until the librarian takes it in.',
      capability: 'memory_draft',
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
      input: v.strictObject({
        text: v.pipe(v.string(), v.minLength(1), v.maxLength(100_000)),
        tags: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(100))), v.maxLength(20))),
      }),
      output: v.object({ draft_id: v.string(), state: v.string(), is_new: v.boolean() }),
      run: async ({ text, tags }, { signal }) => {
        const where = workspace()
        if (where === undefined) return noWorkspace
        const given = { workspace: where, text, ...(tags === undefined ? {} : { tags }) }
        const answer = await daemon.request('memory.draft', given, signal)
        if (!answer.ok) return answer.refusal
        const { id, state, is_new } = answer.value
        return { ok: true, value: { draft_id: id, state, is_new } }
      },
    }),
  ]
}

const noWorkspace = {
  ok: false,
  code: 'workspace_missing',
  message: 'There is no workspace here: the person starts postern mcp in a Git repository, or with --workspace DIR.',
} as const
