import { err, ok, type Result } from '#base/result.ts'
import type { Confidence } from '../canonical/record.ts'
import { CONFIDENCE_MAX } from './confidence.ts'

/**
 * How an inferential memory came to be. The compiler only asks whether a method exists; the formulas are here for
 * whoever proposes such a memory and wants to know what confidence its parents support.
 */
export interface InferenceMethod {
  readonly name: InferenceName
  readonly rule: ParentRule
  /** Parents that the formula takes at most. */
  readonly parentsMax: number | undefined
  /** Which supersessions make it stale; a label, the compiler marks it on any. */
  readonly staleness: StalenessRule
  readonly formula: (parents: readonly Confidence[]) => Confidence
}

export type InferenceName =
  | 'DirectLookup'
  | 'MajorityVote'
  | 'CitationLink'
  | 'AnalogyInference'
  | 'PatternSummarize'
  | 'ArchitecturalChain'
  | 'DominanceAnalysis'
  | 'EntityCount'
  | 'IntervalCalc'
  | 'FeedbackConsolidation'
  | 'QualitativeInference'
  | 'ProvenanceChain'
  | 'MultiSourceConsensus'
  | 'ConflictReconciliation'

export type ParentRule =
  | { readonly type: 'Exactly'; readonly count: number }
  | { readonly type: 'AtLeast'; readonly count: number }
  | { readonly type: 'AtLeastOdd'; readonly count: number }

export type StalenessRule =
  | 'AnyParentSuperseded'
  | 'EitherEndpointSuperseded'
  | 'OverHalfSuperseded'
  | 'ParentCountChanges'
  | 'FewerThanTwoRemain'
  | 'AnyParentSupersededOrNewConflict'

export type InferenceError =
  | {
      readonly code: 'WrongParentCount'
      readonly method: InferenceName
      readonly rule: ParentRule
      readonly got: number
    }
  | { readonly code: 'TooManyParents'; readonly method: InferenceName; readonly limit: number; readonly got: number }

/** The confidence that a method gives to what it infers from parents of these confidences. */
export function infer(method: InferenceMethod, parents: readonly Confidence[]): Result<Confidence, InferenceError> {
  const got = parents.length
  if (!fits(method.rule, got)) return err({ code: 'WrongParentCount', method: method.name, rule: method.rule, got })
  if (method.parentsMax !== undefined && got > method.parentsMax) {
    return err({ code: 'TooManyParents', method: method.name, limit: method.parentsMax, got })
  }
  return ok(method.formula(parents))
}

/** A method by its name; a leading `@` is let pass. */
export function inferenceMethod(name: string): InferenceMethod | undefined {
  return INFERENCE_METHODS.get(name.startsWith('@') ? name.slice(1) : name)
}

function fits(rule: ParentRule, count: number): boolean {
  if (rule.type === 'Exactly') return count === rule.count
  return count >= rule.count && (rule.type === 'AtLeast' || count % 2 === 1)
}

function times(a: Confidence, b: Confidence): Confidence {
  return Math.floor((a * b + 32_767) / CONFIDENCE_MAX)
}

function product(parents: readonly Confidence[]): Confidence {
  return parents.reduce(times, CONFIDENCE_MAX)
}

function consensus(parents: readonly Confidence[]): Confidence {
  return CONFIDENCE_MAX - product(parents.map(p => CONFIDENCE_MAX - p))
}

function scaled(value: Confidence, n: number, d: number): Confidence {
  return Math.floor((value * n + Math.floor(d / 2)) / d)
}

function smallest(parents: readonly Confidence[]): Confidence {
  return parents.reduce((a, b) => Math.min(a, b), CONFIDENCE_MAX)
}

function largest(parents: readonly Confidence[]): Confidence {
  return parents.reduce((a, b) => Math.max(a, b), 0)
}

/** The geometric mean, rounded down: exact, because rounding would differ between machines. Sixteen halvings find it. */
function geometricMean(parents: readonly Confidence[]): Confidence {
  const goal = parents.reduce((a, b) => a * BigInt(b), 1n)
  let low = 0
  let high = CONFIDENCE_MAX + 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (BigInt(middle) ** BigInt(parents.length) <= goal) low = middle
    else high = middle
  }
  return low
}

const exactly = (count: number): ParentRule => ({ type: 'Exactly', count })
const atLeast = (count: number): ParentRule => ({ type: 'AtLeast', count })

function method(
  name: InferenceName,
  rule: ParentRule,
  formula: InferenceMethod['formula'],
  rest: { staleness?: StalenessRule; parentsMax?: number } = {},
): InferenceMethod {
  return { name, rule, formula, staleness: rest.staleness ?? 'AnyParentSuperseded', parentsMax: rest.parentsMax }
}

const endpoints = { staleness: 'EitherEndpointSuperseded' } as const

export const INFERENCE_METHODS: ReadonlyMap<string, InferenceMethod> = new Map([
  ['direct_lookup', method('DirectLookup', exactly(1), smallest)],
  ['majority_vote', method('MajorityVote', { type: 'AtLeastOdd', count: 3 }, smallest)],
  ['citation_link', method('CitationLink', exactly(2), p => scaled(smallest(p), 9, 10), endpoints)],
  ['analogy_inference', method('AnalogyInference', exactly(2), p => scaled(product(p), 7, 10), endpoints)],
  [
    'pattern_summarize',
    method('PatternSummarize', atLeast(2), p => scaled(geometricMean(p), 4, 5), {
      staleness: 'OverHalfSuperseded',
      parentsMax: 8,
    }),
  ],
  ['architectural_chain', method('ArchitecturalChain', atLeast(2), product, { parentsMax: 8 })],
  ['dominance_analysis', method('DominanceAnalysis', atLeast(2), p => scaled(smallest(p), 3, 5))],
  [
    'entity_count',
    method('EntityCount', atLeast(1), p => scaled(smallest(p), 4, 5), { staleness: 'ParentCountChanges' }),
  ],
  ['interval_calc', method('IntervalCalc', exactly(2), p => scaled(smallest(p), 9, 10), endpoints)],
  ['feedback_consolidation', method('FeedbackConsolidation', atLeast(1), p => scaled(smallest(p), 17, 20))],
  ['qualitative_inference', method('QualitativeInference', atLeast(1), p => scaled(smallest(p), 1, 2))],
  ['provenance_chain', method('ProvenanceChain', atLeast(2), product, { parentsMax: 8 })],
  [
    'multi_source_consensus',
    method('MultiSourceConsensus', atLeast(2), consensus, { staleness: 'FewerThanTwoRemain', parentsMax: 8 }),
  ],
  [
    'conflict_reconciliation',
    method('ConflictReconciliation', atLeast(2), p => scaled(largest(p), 4, 5), {
      staleness: 'AnyParentSupersededOrNewConflict',
    }),
  ],
])
