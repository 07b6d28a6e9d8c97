import type { Confidence } from '../canonical/record.ts'
import type { SourceKind } from '../compile/source.ts'
import { type U64, U64_MAX } from '../integer.ts'
import { DECAY_TABLE } from './decay-table.ts'

/** How long it takes until a memory of a kind and source counts half; `undefined` or 0 for those that never age. */
export interface HalfLives {
  readonly semantic: Readonly<Partial<Record<SourceKind, U64>>>
  readonly episodic: Readonly<Partial<Record<SourceKind, U64>>>
  /** Of every source. */
  readonly procedural: U64
}

const dayMs = 86_400_000

/** Milliseconds, by what grounds a memory; a profile lasts longer than what somebody said of themselves. */
export const HALF_LIVES: HalfLives = {
  semantic: {
    Profile: 730 * dayMs,
    Observation: 180 * dayMs,
    SelfReport: 90 * dayMs,
    ParticipantReport: 90 * dayMs,
    Document: 365 * dayMs,
    Registry: 90 * dayMs,
    Policy: 730 * dayMs,
    AgentInstruction: 730 * dayMs,
    ExternalAuthority: 180 * dayMs,
    PendingVerification: 30 * dayMs,
  },
  episodic: { Observation: 90 * dayMs, SelfReport: 30 * dayMs, ParticipantReport: 60 * dayMs },
  procedural: 0,
}

export type AgingKind = 'sem' | 'epi' | 'pro' | 'inf'

export function halfLifeOf(lives: HalfLives, kind: AgingKind, source: SourceKind): U64 {
  if (kind === 'sem') return lives.semantic[source] ?? 0
  if (kind === 'epi') return lives.episodic[source] ?? 0
  return kind === 'pro' ? lives.procedural : 0
}

/** What is left of a stored confidence after a time, both in milliseconds; integers only, the same on every machine. */
export function effectiveConfidence(stored: Confidence, elapsedMs: U64, halfLifeMs: U64): Confidence {
  return Math.floor((stored * decayFactor(elapsedMs, halfLifeMs) + 32_767) / 65_535)
}

/** 65535 for all of it, 0 for nothing; saturates where the ages grow absurd. */
export function decayFactor(elapsedMs: U64, halfLifeMs: U64): number {
  if (halfLifeMs === 0) return 65_535
  if (typeof elapsedMs === 'number' && typeof halfLifeMs === 'number' && elapsedMs < elapsedExactMax) {
    const steps = Math.floor((elapsedMs * 256) / halfLifeMs)
    // The division may round up to the next whole number; multiplied back it tells.
    return factorAt(steps * halfLifeMs > elapsedMs * 256 ? steps - 1 : steps)
  }
  const elapsed = BigInt(elapsedMs) < U64_MAX / 256n ? BigInt(elapsedMs) : U64_MAX / 256n
  const steps = (elapsed * 256n) / BigInt(halfLifeMs)
  return steps >= BigInt(stepsMax) ? 0 : factorAt(Number(steps))
}

/** Steps of 1/256 of a half-life after which nothing is left of 16 bits. */
const stepsMax = 16 * 256
/** Up to here a number holds 256 times the age exactly. */
const elapsedExactMax = 2 ** 45

function factorAt(steps: number): number {
  return steps >= stepsMax ? 0 : (DECAY_TABLE[steps & 255] ?? 0) >> (steps >> 8)
}
