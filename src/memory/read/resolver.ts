import type { ClockTime } from '../canonical/record.ts'
import type { MemoryState } from '../state/state.ts'

/** The two times of a question: what held then, as far as it was known then. */
export interface Moment {
  readonly asOf: ClockTime
  readonly asCommitted: ClockTime
}

/** Committed by then, begun by then, and not yet ended. */
export function isAuthoritative(state: MemoryState, row: number, { asOf, asCommitted }: Moment): boolean {
  const { memories, edges } = state
  if (memories.committedAt.get(row) > asCommitted || memories.validAt.get(row) > asOf) return false
  const end = edges.endOf(row, asCommitted)
  return end === undefined || end > asOf
}

/**
 * The one memory of a key that answers: of the authoritative ones the last committed, of those committed together the
 * first. Looks from the newest backwards, so that the usual question, about now, looks at one or two of thousands.
 */
export function resolve(state: MemoryState, newest: number, moment: Moment): number {
  const { memories } = state
  let best = -1
  let bestClock: ClockTime = 0
  for (let row = newest; row >= 0; row = memories.previous.get(row)) {
    const clock = memories.committedAt.get(row)
    if (best >= 0 && clock < bestClock) {
      if (memories.inOrder) break
      continue
    }
    if (!isAuthoritative(state, row, moment)) continue
    best = row
    bestClock = clock
  }
  return best
}
