import type { Result } from '#base/result.ts'
import type { ClockTime, MemoryRecord } from '../canonical/record.ts'
import type { Pipeline } from '../compile/pipeline.ts'
import type { ParseError } from '../language/parse-error.ts'

export type QueryError =
  | { readonly code: 'Parse'; readonly inner: ParseError }
  | { readonly code: 'NotASingleQuery'; readonly count: number }
  | { readonly code: 'NotAQuery' }
  | { readonly code: 'UnsupportedPredicate'; readonly predicate: string }
  | { readonly code: 'InvalidPredicate'; readonly keyword: string; readonly reason: string }
  | { readonly code: 'InvalidKind'; readonly got: string }
  | { readonly code: 'IncompatiblePredicates'; readonly predicate: 's' | 'p'; readonly kind: 'Pro' | 'Epi' }

export type Framing =
  | { readonly type: 'projected' | 'historical' | 'advisory' }
  | { readonly type: 'authoritative'; readonly setBy: 'agent_pinned' | 'operator_authoritative' }

export interface FilteredRecord {
  readonly record: MemoryRecord
  readonly reason: 'retired_symbol_excluded' | 'projected_excluded'
}

export interface QueryResult {
  readonly records: readonly MemoryRecord[]
  /** One for each record with `:show_framing true`, else none. */
  readonly framings: readonly Framing[]
  readonly filtered: readonly FilteredRecord[]
  /** Bits of FLAGS. */
  readonly flags: number
  readonly asOf: ClockTime
  readonly asCommitted: ClockTime
  readonly queryCommittedAt: ClockTime
}

/** What the flags of an answer mean. */
export const FLAGS = {
  stale_symbol: 1,
  low_confidence: 4,
  projected_present: 8,
  truncated: 16,
  explain_filtered_active: 128,
} as const

/** Answers one `(query …)` form from the state as it is; changes nothing. */
export declare function executeQuery(pipeline: Pipeline, text: string): Result<QueryResult, QueryError>

export declare function describeQueryError(error: QueryError): string
