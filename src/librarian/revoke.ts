import { ok, type Result } from '#base/result.ts'
import { renderLiteral } from '#memory/read/render.ts'
import type { Committed, Store } from '#memory/store.ts'
import type { StoreError } from '#memory/store-error.ts'
import { lookupOf } from './processors/bounded.ts'
import { instant } from './processors/candidates.ts'
import { draftSymbol } from './provenance.ts'
import { episodeAt, revokedPredicate, Sources } from './sources.ts'

/**
 * Takes back what came from a source, by appending: a batch that retracts the episodes of its drafts, says why, and
 * retires the drafts' names, so that their evidence is not found any more. Nothing is deleted, and the same source
 * revoked twice is revoked once: undefined when there is nothing to take back.
 */
export function revoke(
  store: Store,
  { source, reason, now }: { readonly source: string; readonly reason: string; readonly now: number },
): Result<{ readonly committed: Committed; readonly drafts: readonly string[] } | undefined, StoreError> {
  const drafts = new Sources(store.pipeline).named(source).filter(({ revoked }) => revoked === undefined)
  if (drafts.length === 0) return ok(undefined)
  const symbols = lookupOf(store.pipeline)
  const episodes = drafts.flatMap(({ commits }) =>
    commits.flatMap(at => {
      const id = episodeAt(store.pipeline, at)
      return id === undefined ? [] : [`@${symbols(id)?.name ?? ''}`]
    }),
  )
  const text = renderLiteral({ type: 'string', value: reason })
  const batch = [
    `(episode :start :label "revoke" :retracts (${episodes.join(' ')}))`,
    ...drafts.flatMap(({ draft }) => [
      `(sem @${draftSymbol(draft)} ${revokedPredicate} ${text} :src @librarian_assignment :c 1.0 :v ${instant(now)})`,
      `(retire @${draftSymbol(draft)})`,
    ]),
  ].join('\n')
  const committed = store.commitBatch(batch, now)
  return committed.ok ? ok({ committed: committed.value, drafts: drafts.map(({ draft }) => draft) }) : committed
}
