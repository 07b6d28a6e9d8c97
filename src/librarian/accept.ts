import { err, ok, type Result } from '#base/result.ts'
import type { Committed, Store } from '#memory/store.ts'
import { type StoreError, storeErrorText } from '#memory/store-error.ts'
import type { DraftError } from './drafts/draft.ts'
import type { DraftQueue, QueueError } from './drafts/queue.ts'
import { judge } from './processors/bounded.ts'
import { candidatesFor } from './processors/candidates.ts'
import { evidenceForms, labelOf, provenanceForms } from './provenance.ts'
import { compatible, copyOf, factsOf, isCommitted } from './run.ts'
import { acceptedPredicate } from './sources.ts'
import { SURFACES, surfaceOf } from './surface.ts'

export interface Accepted {
  readonly committed: Committed
  readonly facts: number
  readonly refused: readonly string[]
}

export type AcceptError =
  | DraftError
  | QueueError
  | { readonly code: 'commit_refused'; readonly message: string; readonly cause: StoreError }

/**
 * A person's word for a draft: what it states is taken as theirs. Where memory says something else, theirs holds from
 * now on. The draft keeps its source; `accepted_by` says that a person stood in for it.
 */
export function accept(
  { queue, store }: { readonly queue: DraftQueue; readonly store: Store },
  { id, now }: { readonly id: string; readonly now: number },
): Result<Accepted, AcceptError> {
  const read = queue.read(id)
  if (!read.ok) return read
  const state = queue.stateOf(id)
  if (state !== undefined && state !== 'pending') {
    const back = queue.move(id, state, 'pending')
    if (!back.ok) return back
  }
  const claimed = queue.claim(id, now)
  if (!claimed.ok) return claimed
  if (claimed.value === undefined)
    return err({ code: 'draft_unknown', message: `draft ${id} was taken by somebody else` })
  const draft = read.value
  const scratch = copyOf(store.pipeline)
  const confirmed = { ...SURFACES.cli, confirmedAt: now }
  const candidates = candidatesFor(draft, queue)
  const judged = candidates.forms.map(form => judge(form, confirmed, scratch, now))
  const forms = compatible(factsOf(judged), scratch, now)
  const isKnown = isCommitted(store.pipeline, id)
  const batch = [
    ...(isKnown ? [] : provenanceForms(draft, { processor: 'person' })),
    ...(isKnown ? [] : evidenceForms(draft, candidates.evidence, surfaceOf(draft.surface).confidenceMax)),
    ...acceptanceForms(id, now),
    ...forms,
  ].join('\n')
  const committed = store.commitBatch(batch, now, { metadata: { label: labelOf(id) } })
  if (!committed.ok) {
    queue.move(id, 'processing', 'pending')
    return err({ code: 'commit_refused', message: storeErrorText(committed.error), cause: committed.error })
  }
  const moved = queue.move(id, 'processing', 'accepted')
  if (!moved.ok) return moved
  const refused = judged.flatMap(each => (each.outcome === 'refused' ? [each.code] : []))
  return ok({ committed: committed.value, facts: forms.length, refused })
}

function acceptanceForms(id: string, now: number): readonly string[] {
  return [
    `(sem @draft_${id} ${acceptedPredicate} "operator" :src @librarian_assignment :c 1.0 :v ${new Date(now).toISOString()})`,
  ]
}
