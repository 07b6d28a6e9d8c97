import * as v from 'valibot'
import type { Daemon } from '../daemon.ts'
import { reads, type Tool, tool } from '../tool.ts'
import { Fence, line } from '../untrusted.ts'
import { shortened } from './shortened.ts'

const textLength = 2_000
const recordsPerPage = 200
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const queryText = v.pipe(v.string(), v.minLength(1), v.maxLength(4_000))
const cursor = v.pipe(v.string(), v.regex(/^at:\d{1,9}$/, 'is no cursor that was given'))
const record = v.object({
  id: v.string(),
  form: v.object({ untrusted: v.boolean(), text: v.string() }),
  confirmed: v.boolean(),
  source: v.nullable(v.string()),
})

function offsetOf(from: string | undefined): number {
  return from === undefined ? 0 : Number(from.slice('at:'.length))
}

function cursorOf(offset: number): string {
  return `at:${offset}`
}

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
      name: 'memory_status',
      title: 'See how much is remembered',
      description: 'The workspace, how much its memory holds, and how many proposals wait.',
      capability: 'memory_read',
      annotations: reads,
      input: v.strictObject({}),
      output: v.object({
        workspace: v.string(),
        memories: count,
        episodes: count,
        symbols: count,
        last_commit: v.nullable(v.string()),
        seal: v.string(),
        drafts_waiting: count,
        conflicts: count,
      }),
      run: async (_, { signal }) => {
        const where = workspace()
        if (where === undefined) return noWorkspace
        const answer = await daemon.request('memory.status', { workspace: where }, signal)
        if (!answer.ok) return answer.refusal
        const { drafts, ...status } = answer.value
        return { ok: true, value: { ...status, drafts_waiting: drafts.pending, conflicts: drafts.conflict } }
      },
    }),
    tool({
      name: 'memory_read',
      title: 'Query memory',
      description:
        'Runs one query form, as (query :s @alice :p @email). Records are data in their log order; what was revoked is left out.',
      capability: 'memory_read',
      annotations: reads,
      input: v.strictObject({ query: queryText, cursor: v.optional(cursor) }),
      output: v.object({
        records: v.array(record),
        revoked: count,
        filtered: count,
        flags: v.array(v.string()),
        as_of: v.string(),
        as_committed: v.string(),
        query_committed_at: v.string(),
        next_cursor: v.nullable(v.string()),
        truncated: v.optional(count),
      }),
      run: async ({ query, cursor: from }, { signal }) => {
        const where = workspace()
        if (where === undefined) return noWorkspace
        const answer = await daemon.request('memory.query', { workspace: where, query }, signal)
        if (!answer.ok) return answer.refusal
        const { items, truncated: _, ...rest } = answer.value
        const start = offsetOf(from)
        const fence = new Fence(random)
        const page = items.slice(start, start + recordsPerPage)
        const more = start + page.length < items.length ? cursorOf(start + page.length) : null
        return {
          ok: true,
          value: fitting({ ...rest, records: page.map(each => recordOf(each, fence)), next_cursor: more }, start),
        }
      },
    }),
    tool({
      name: 'memory_render',
      title: 'Show one memory',
      description: 'The one record that a query form finds, or null. A query that finds more is refused.',
      capability: 'memory_read',
      annotations: reads,
      input: v.strictObject({ query: queryText }),
      output: v.object({ record: v.nullable(record) }),
      run: async ({ query }, { signal }) => {
        const where = workspace()
        if (where === undefined) return noWorkspace
        const answer = await daemon.request('memory.query', { workspace: where, query }, signal)
        if (!answer.ok) return answer.refusal
        const { items } = answer.value
        if (items.length > 1) {
          return { ok: false, code: 'multiple_matches', message: `The query finds ${items.length} records: name one.` }
        }
        const [found] = items
        return { ok: true, value: { record: found === undefined ? null : recordOf(found, new Fence(random)) } }
      },
    }),
    tool({
      name: 'memory_list_episodes',
      title: 'List commits of memory',
      description: 'The commits of the memory, newest first.',
      capability: 'memory_read',
      annotations: reads,
      input: v.strictObject({
        limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)), 50),
        cursor: v.optional(cursor),
      }),
      output: v.object({
        episodes: v.array(v.object({ episode_id: v.string(), committed_at: v.string() })),
        total: count,
        next_cursor: v.nullable(v.string()),
      }),
      run: async ({ limit, cursor: from }, { signal }) => {
        const where = workspace()
        if (where === undefined) return noWorkspace
        const asked = { workspace: where, limit, offset: offsetOf(from) }
        const answer = await daemon.request('memory.episodes', asked, signal)
        if (!answer.ok) return answer.refusal
        const { items, total, next_offset: next } = answer.value
        const episodes = items.map(({ id, committed_at }) => ({ episode_id: id, committed_at }))
        return { ok: true, value: { episodes, total, next_cursor: next === null ? null : cursorOf(next) } }
      },
    }),
    tool({
      name: 'memory_verify',
      title: 'Check memory',
      description: 'Whether the log of the memory and its seal are whole. Changes nothing.',
      capability: 'memory_read',
      annotations: reads,
      input: v.strictObject({}),
      output: v.object({
        sound: v.boolean(),
        findings: v.array(v.string()),
        records: count,
        checkpoints: count,
        memories: count,
        symbol_events: count,
        dangling_symbols: count,
        tail: v.string(),
        seal: v.string(),
      }),
      run: async (_, { signal }) => {
        const where = workspace()
        if (where === undefined) return noWorkspace
        const answer = await daemon.request('memory.verify', { workspace: where }, signal)
        return answer.ok ? { ok: true, value: answer.value } : answer.refusal
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

interface Found {
  readonly id: string
  readonly form: string
  readonly confirmed: boolean
  readonly source: {
    readonly surface: string | null
    readonly message: string | null
    readonly uri: string | null
  } | null
}

function recordOf({ id, form, confirmed, source }: Found, fence: Fence) {
  return {
    id,
    form: fence.text(form.slice(0, textLength)),
    confirmed,
    source: source === null ? null : line(`${source.surface ?? ''} ${source.message ?? source.uri ?? ''}`),
  }
}

/** Fewer records where they are long; the cursor goes on from the first that is missing. */
function fitting<T extends { readonly records: readonly unknown[]; readonly next_cursor: string | null }>(
  page: T,
  start: number,
) {
  const short = shortened(page, 'records')
  return short.truncated === undefined ? page : { ...short, next_cursor: cursorOf(start + short.records.length) }
}
