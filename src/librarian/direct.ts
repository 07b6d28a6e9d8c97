import { err, ok, type Result } from '#base/result.ts'
import type { Committed, Store } from '#memory/store.ts'
import { type StoreError, storeErrorText } from '#memory/store-error.ts'
import type { Draft } from './drafts/draft.ts'
import { provenanceForms } from './provenance.ts'

export interface DirectError {
  readonly code: 'reserved_symbol' | 'batch_refused'
  readonly message: string
}

/** Names that say where memories came from; only the librarian's own batches bear them. */
const reserved = /\bdraft_[0-9a-f]{32}\b/i

/**
 * Commits what an agent writes past the librarian, which a person has let it do. The batch says of itself that it came
 * that way, so that its records count as an agent's and can be taken back with their source.
 */
export function commitDirect(
  store: Store,
  {
    batch,
    agent,
    id,
    now,
  }: { readonly batch: string; readonly agent: string | null; readonly id: string; readonly now: number },
): Result<Committed, DirectError> {
  if (reserved.test(batch)) {
    return err({ code: 'reserved_symbol', message: 'names of drafts say where a memory came from: a batch uses none' })
  }
  const told: Draft = {
    id,
    surface: 'mcp',
    agent,
    project: null,
    operator: null,
    provenance: 'mcp:direct',
    mail: null,
    tags: [],
    text: '',
    submittedAt: now,
  }
  const forms = provenanceForms(told, { processor: 'direct' }).join('\n')
  const done = store.commitBatch(`${forms}\n${batch}`, now)
  if (done.ok) return ok(done.value)
  return err({ code: 'batch_refused', message: messageOf(done.error) })
}

function messageOf(error: StoreError): string {
  return storeErrorText(error)
}
