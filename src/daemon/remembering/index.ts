import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { instant } from '#base/instant.ts'
import { err, ok, type Result } from '#base/result.ts'
import { DraftQueue } from '#librarian/drafts/queue.ts'
import { type Recalled, recall } from '#librarian/recall/recall.ts'
import { MemoryReader } from '#memory/reader.ts'
import { sealKeysOf } from '#memory/seal-key.ts'
import { workspaceLogPath } from '#memory/store.ts'
import { storeErrorText } from '#memory/store-error.ts'
import type { Gatekeeper } from '../gate/keeper.ts'
import type { Core, Part } from '../part.ts'
import { type RequestError, requestError } from '../protocol/errors.ts'
import type { ResultOf } from '../requests/index.ts'
import type { rememberingRequests } from '../requests/remembering.ts'

type Names = keyof typeof rememberingRequests

/**
 * Memory for clients: reads it and takes proposals in. It never writes memory; the librarian does, and only it bounds
 * what a proposal may become. The surface is that of an agent whoever asks: a person has the command line.
 */
export function rememberingPart(core: Core, keeper: Gatekeeper): Part<Names> {
  const logOf = (workspace: string) => workspaceLogPath(join(core.paths.dataDir, 'memory'), workspace)
  return {
    name: 'remembering',
    handlers: {
      'memory.recall': ({ workspace, question, limit }, { caller }) => {
        const log = logOf(workspace)
        if (!existsSync(log)) {
          return err(requestError('not_found', 'this workspace has no memory yet; postern memory init makes it'))
        }
        const queue = DraftQueue.open(draftsOf(log), { create: false })
        if (!queue.ok) return err(requestError('io_failed', queue.error.message))
        const reader = MemoryReader.open(log, { keys: sealKeysOf(log) })
        if (!reader.ok) return err(requestError('io_failed', storeErrorText(reader.error)))
        try {
          const hits = recall({ pipeline: reader.value.pipeline, queue: queue.value }, { question, limit })
          for (const { id, text, confirmed } of hits) keeper.note(caller.identity, { id, text, confirmed })
          return ok({ items: hits.map(toWire) })
        } finally {
          reader.value.close()
        }
      },
      'memory.draft': ({ workspace, text, tags }, { caller }) =>
        propose(logOf(workspace), { text, tags }, caller.identity.name),
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

function draftsOf(log: string): string {
  return join(dirname(log), 'drafts')
}

function toWire({ id, text, at, confirmed, waiting, records, source }: Recalled) {
  const fact = (name: string) => source?.facts.get(name) ?? null
  return {
    id,
    text,
    at: at === undefined ? null : instant(at),
    confirmed,
    waiting,
    records: [...records],
    source:
      source === undefined
        ? null
        : {
            draft: source.draft,
            surface: fact('source_surface'),
            uri: fact('provenance_uri'),
            message: fact('mail_message'),
            from: fact('mail_from'),
            authentication: fact('mail_authentication'),
            accepted_by: fact('accepted_by'),
          },
  }
}
