import type { ClockTime, Confidence, SymbolId } from '../canonical/record.ts'
import { type SourceKind, sourceRule } from '../compile/source.ts'
import { normal, type U64 } from '../integer.ts'
import type { KindOrdinal } from '../state/memories.ts'
import type { MemoryState } from '../state/state.ts'
import { type AgingKind, effectiveConfidence, type HalfLives, halfLifeOf } from './decay.ts'

/** In the order of their ordinals. */
const kinds: readonly AgingKind[] = ['sem', 'epi', 'pro', 'inf']

/**
 * What confidence is worth by now. A memory ages with the log: from when it began to hold to the last commit, so that
 * a store that nobody writes to stays as it is. What is pinned or authoritative does not age.
 */
export class Confidences {
  private readonly state: MemoryState
  private readonly halfLives: HalfLives
  private readonly sources = new Map<SymbolId, SourceKind>()

  constructor(state: MemoryState, halfLives: HalfLives) {
    this.state = state
    this.halfLives = halfLives
  }

  of(row: number): Confidence {
    const { memories, pinned, authoritative, watermark = 0 } = this.state
    const stored = memories.confidenceAt(row)
    const kind = memories.kindAt(row)
    const memory = memories.memory.get(row)
    if (pinned.has(memory) || authoritative.has(memory)) return stored
    const halfLife = this.halfLife(kind, memories.ground.get(row))
    if (halfLife === 0) return stored
    return effectiveConfidence(stored, elapsed(memories.validAt.get(row), watermark), halfLife)
  }

  private halfLife(kind: KindOrdinal, source: SymbolId): U64 {
    const word = kinds[kind] ?? 'inf'
    return word === 'inf' ? 0 : halfLifeOf(this.halfLives, word, this.sourceKind(source))
  }

  private sourceKind(source: SymbolId): SourceKind {
    const known = this.sources.get(source)
    if (known !== undefined) return known
    const { kind } = sourceRule(this.state.symbols.nameOf(source) ?? '')
    this.sources.set(source, kind)
    return kind
  }
}

function elapsed(from: ClockTime, to: ClockTime): U64 {
  if (to <= from) return 0
  return typeof from === 'number' && typeof to === 'number' ? to - from : normal(BigInt(to) - BigInt(from))
}
