import { ok, type Result } from '#base/result.ts'
import type { StoreError } from './errors.ts'
import { repackOnce } from './repack.ts'
import type { Writing } from './writing.ts'

export interface TendOptions {
  /** Stops after the step that exceeds it. */
  readonly budgetMs: number
  /** Nobody waits for the lock: larger steps read and write the ends of the index's segments less often. */
  readonly isAlone?: boolean
}

export interface Tended {
  /** Nothing is left to do. */
  readonly isDone: boolean
}

/** Some tens of milliseconds each, so that new mail never waits long for the lock. */
const mergePagesPerStep = 500
const mergePagesAlone = 10_000

/** Merges the index's segments, packs small blocks together, and empties the write-ahead log. */
export function tend(writing: Writing, { budgetMs, isAlone = false }: TendOptions): Result<Tended, StoreError> {
  const endsAt = writing.clock.monotonicMs() + budgetMs
  const pages = isAlone ? mergePagesAlone : mergePagesPerStep
  for (const step of [() => mergeOnce(writing, pages), () => repackOnce(writing)]) {
    for (let isDone = false; !isDone; ) {
      if (writing.clock.monotonicMs() > endsAt) return ok({ isDone: false })
      const stepped = step()
      if (!stepped.ok) return stepped
      isDone = stepped.value.isDone
    }
  }
  return writing.attempt(() => {
    writing.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return { isDone: true }
  })
}

function mergeOnce(writing: Writing, pages: number): Result<Tended, StoreError> {
  return writing.transaction(() => {
    return ok({ isDone: !writing.index.merge(pages) })
  })
}
