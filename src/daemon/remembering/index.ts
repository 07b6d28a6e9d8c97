import { join } from 'node:path'
import { instant } from '#base/instant.ts'
import { err, ok, type Result } from '#base/result.ts'
import { commitDirect } from '#librarian/direct.ts'
import { DraftQueue } from '#librarian/drafts/queue.ts'
import { lookupOf } from '#librarian/processors/bounded.ts'
import type { Recalled } from '#librarian/recall/recall.ts'
import { sealKeysOf } from '#memory/seal-key.ts'
import { Store, workspaceLogPath } from '#memory/store.ts'
import type { Gatekeeper } from '../gate/keeper.ts'
import type { Core, Part } from '../part.ts'
import { type RequestError, requestError } from '../protocol/errors.ts'
import type { ResultOf } from '../requests/index.ts'
import type { rememberingRequests } from '../requests/remembering.ts'
import { DirectWriters } from './direct-writers.ts'
import { draftsOf, OpenMemories } from './open-memory.ts'
import { episodes, query, recordNamed, sourceOf, status, verify } from './reading.ts'

type Names = keyof typeof rememberingRequests

/**
 * Memory for clients: reads it and takes proposals in. What a proposal may become the librarian decides, and only it
 * bounds that. An agent whose profile grants `memory_write`, which none of ours does, can also hold a memory and write
 * to it; what it writes is marked as an agent's. The surface is that of an agent whoever asks: a person has the command
 * line.
 */
export function rememberingPart(core: Core, keeper: Gatekeeper, random: (bytes: number) => Uint8Array): Part<Names> {
  const memories = new OpenMemories()
  const writers = new DirectWriters({
    openStore: log => Store.open(log, { now: core.clock.now(), keys: sealKeysOf(log), owner: 'postern mcp' }),
    monotonicMs: () => core.clock.monotonicMs(),
    after: (ms, work) => {
      const timer = setTimeout(work, ms)
      return () => clearTimeout(timer)
    },
  })
  const logOf = (workspace: string) => workspaceLogPath(join(core.paths.dataDir, 'memory'), workspace)
  return {
    name: 'remembering',
    handlers: {
      'memory.status': ({ workspace }) => {
        const memory = memories.get(logOf(workspace))
        return memory.ok ? ok(status(workspace, memory.value)) : memory
      },
      'memory.query': ({ workspace, query: text }, { caller }) => {
        const memory = memories.get(logOf(workspace))
        if (!memory.ok) return memory
        const found = query(memory.value, text)
        if (!found.ok) return found
        for (const { id, form, confirmed } of found.value.items)
          keeper.note(caller.identity, { id, text: form, confirmed })
        return found
      },
      'memory.record': ({ workspace, name }, { caller }) => {
        const memory = memories.get(logOf(workspace))
        if (!memory.ok) return memory
        const found = recordNamed(memory.value, name)
        if (found === undefined) return err(requestError('not_found', `there is no memory ${name}`))
        keeper.note(caller.identity, { id: found.id, text: found.form, confirmed: found.confirmed })
        return ok(found)
      },
      'memory.episodes': ({ workspace, limit, offset }) => {
        const memory = memories.get(logOf(workspace))
        return memory.ok ? ok(episodes(memory.value, { limit, offset })) : memory
      },
      'memory.verify': ({ workspace }) => {
        const memory = memories.get(logOf(workspace))
        return memory.ok ? verify(memory.value.log) : memory
      },
      'memory.recall': ({ workspace, question, limit }, { caller }) => {
        const memory = memories.get(logOf(workspace))
        if (!memory.ok) return memory
        const hits = memory.value.recall().ask({ question, limit })
        for (const { id, text, confirmed } of hits) keeper.note(caller.identity, { id, text, confirmed })
        return ok({ items: hits.map(toWire) })
      },
      'memory.draft': ({ workspace, text, tags }, { caller }) =>
        propose(logOf(workspace), { text, tags }, caller.identity.name),
      'memory.lease': ({ workspace, ttl_s: seconds }, { caller, signal }) => {
        const log = logOf(workspace)
        const opened = memories.get(log)
        if (!opened.ok) return opened
        const leased = writers.open(log, caller.connection, seconds * 1_000)
        if (leased.ok && signal.aborted) writers.release(log, caller.connection)
        return leased.ok ? ok({ expires_at: instant(core.clock.now() + seconds * 1_000) }) : leased
      },
      'memory.renew': ({ workspace, ttl_s: seconds }, { caller }) => {
        const renewed = writers.renew(logOf(workspace), caller.connection, seconds * 1_000)
        return renewed.ok ? ok({ expires_at: instant(core.clock.now() + seconds * 1_000) }) : renewed
      },
      'memory.write': ({ workspace, batch }, { caller }) => {
        const store = writers.store(logOf(workspace), caller.connection)
        if (!store.ok) return store
        const id = Buffer.from(random(16)).toString('hex')
        const agent = caller.identity.name ?? caller.identity.actor ?? null
        const done = commitDirect(store.value, { batch, agent, id, now: core.clock.now() })
        if (!done.ok) return err(requestError('params_invalid', `${done.error.code}: ${done.error.message}`))
        const { episode, committedAt, memoryCount } = done.value
        const name = lookupOf(store.value.pipeline)(episode)?.name ?? ''
        return ok({ episode_id: name, committed_at: instant(Number(committedAt)), memories: memoryCount })
      },
      'memory.release': ({ workspace }, { caller }) =>
        ok({ released: writers.release(logOf(workspace), caller.connection) }),
    },
    stop: async () => {
      writers.close()
      memories.close()
    },
  }

  function propose(
    log: string,
    { text, tags }: { readonly text: string; readonly tags: readonly string[] },
    agent: string | undefined,
  ): Result<ResultOf<'memory.draft'>, RequestError> {
    const queue = DraftQueue.open(draftsOf(log), { create: true })
    if (!queue.ok) return err(requestError('io_failed', queue.error.message))
    const given = { agent: agent ?? null, project: null, operator: null, provenance: 'mcp:', mail: null, tags, text }
    const submitted = queue.value.submit({ surface: 'mcp', ...given }, core.clock.now())
    if (!submitted.ok) {
      const { code, message } = submitted.error
      return err(requestError(code === 'queue_unusable' ? 'io_failed' : 'params_invalid', message))
    }
    const { draft, state, isNew } = submitted.value
    return ok({ id: draft.id, state, is_new: isNew })
  }
}

function toWire({ id, text, at, confirmed, waiting, records, source }: Recalled) {
  return {
    id,
    text,
    at: at === undefined ? null : instant(at),
    confirmed,
    waiting,
    records: [...records],
    source: sourceOf(source),
  }
}
