import { err, ok, type Result } from '#base/result.ts'
import type { StoreError } from './errors.ts'
import { type Ingested, ingestWithin } from './ingest.ts'
import { type PackedBatch, unpackBatch } from './packed.ts'
import { type ServerState, type TakenState, takeServerState } from './server-state.ts'
import type { Writing } from './writing.ts'

/** A page of a mailbox: its new mail, and what else the provider says with it. */
export interface ArrivedPage {
  readonly batches: readonly PackedBatch[]
  readonly state: ServerState
}

export interface TakenPage extends TakenState {
  readonly ingested: readonly Ingested[]
}

export interface TakenPages {
  /** The first ones, in order; each is durable with its cursor. */
  readonly taken: readonly TakenPage[]
  /** Why the next one was not taken. */
  readonly failed: StoreError | undefined
}

/**
 * Takes pages in their order, all in one transaction: one sync of the disk and one sorting of their words for all. If
 * that fails, one by one, so that a page that cannot be taken holds back only those behind it.
 */
export function takePages(writing: Writing, pages: readonly ArrivedPage[]): TakenPages {
  const together = takeTogether(writing, pages)
  if (together.ok) return { taken: together.value, failed: undefined }
  if (pages.length <= 1) return { taken: [], failed: together.error }
  const taken: TakenPage[] = []
  for (const page of pages) {
    const alone = takeTogether(writing, [page])
    if (!alone.ok) return { taken, failed: alone.error }
    taken.push(...alone.value)
  }
  return { taken, failed: undefined }
}

function takeTogether(writing: Writing, pages: readonly ArrivedPage[]): Result<readonly TakenPage[], StoreError> {
  return writing.transaction(() => {
    const taken: TakenPage[] = []
    for (const { batches, state } of pages) {
      const ingested: Ingested[] = []
      for (const batch of batches) {
        const stored = ingestWithin(writing, unpackBatch(batch))
        if (!stored.ok) return err(stored.error)
        ingested.push(...stored.value)
      }
      const said = takeServerState(writing, state)
      if (!said.ok) return err(said.error)
      taken.push({ ingested, ...said.value })
    }
    return ok(taken)
  })
}
