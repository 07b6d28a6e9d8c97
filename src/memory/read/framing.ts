import type { ClockTime } from '../canonical/record.ts'
import type { MemoryState } from '../state/state.ts'

/** How much weight a memory in an answer bears. */
export type Framing =
  | { readonly type: 'projected' | 'historical' | 'advisory' }
  | { readonly type: 'authoritative'; readonly setBy: 'agent_pinned' | 'operator_authoritative' }

/** `asOf` as the question gave it: one about now is never historical. */
export function framingOf(state: MemoryState, row: number, asOf: ClockTime | undefined): Framing {
  const memory = state.memories.memory.get(row)
  if (state.memories.isProjected(row)) return { type: 'projected' }
  if (state.pinned.has(memory)) return { type: 'authoritative', setBy: 'agent_pinned' }
  if (state.authoritative.has(memory)) return { type: 'authoritative', setBy: 'operator_authoritative' }
  const past = asOf !== undefined && state.watermark !== undefined && asOf < state.watermark
  return { type: past ? 'historical' : 'advisory' }
}
