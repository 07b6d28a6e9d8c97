import type { I64, U64 } from '../integer.ts'

/** What a log is made of: one plain object per record, in the words of the format (docs/format.md). */

/** Allocated from 0 upwards and never used again; `number` up to 2^53 - 1. */
export type SymbolId = U64

/** Milliseconds since 1970-01-01T00:00:00Z. 2^64 - 1 is reserved and is never a time. */
export type ClockTime = U64

/** Confidence as the log keeps it: 0 to 65535 stand for 0.0 to 1.0. */
export type Confidence = number

/** In the order of their wire ordinals, 0 to 11. */
export const SYMBOL_KINDS = [
  'Agent',
  'Document',
  'Registry',
  'Service',
  'Policy',
  'Memory',
  'InferenceMethod',
  'Scope',
  'Predicate',
  'EventType',
  'Workspace',
  'Literal',
] as const
export type SymbolKind = (typeof SYMBOL_KINDS)[number]

export type Value =
  | { readonly type: 'symbol'; readonly id: SymbolId }
  | { readonly type: 'integer'; readonly value: I64 }
  | { readonly type: 'float'; readonly value: number; readonly bits?: bigint }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'timestamp'; readonly at: ClockTime }

export interface SemanticRecord {
  readonly type: 'sem'
  readonly memory: SymbolId
  readonly subject: SymbolId
  readonly predicate: SymbolId
  readonly object: Value
  readonly source: SymbolId
  readonly confidence: Confidence
  readonly validAt: ClockTime
  readonly observedAt: ClockTime
  readonly committedAt: ClockTime
  readonly invalidAt: ClockTime | undefined
  readonly projected: boolean
}

export interface EpisodicRecord {
  readonly type: 'epi'
  readonly memory: SymbolId
  readonly event: SymbolId
  readonly eventType: SymbolId
  readonly participants: readonly SymbolId[]
  readonly location: SymbolId
  readonly at: ClockTime
  readonly observedAt: ClockTime
  readonly source: SymbolId
  readonly confidence: Confidence
  readonly committedAt: ClockTime
  readonly invalidAt: ClockTime | undefined
}

export interface ProceduralRecord {
  readonly type: 'pro'
  readonly memory: SymbolId
  readonly rule: SymbolId
  readonly trigger: Value
  readonly action: Value
  readonly precondition: Value | undefined
  readonly scope: SymbolId
  readonly source: SymbolId
  readonly confidence: Confidence
  readonly validAt: ClockTime
  readonly observedAt: ClockTime
  readonly committedAt: ClockTime
  readonly invalidAt: ClockTime | undefined
}

export interface InferentialRecord {
  readonly type: 'inf'
  readonly memory: SymbolId
  readonly subject: SymbolId
  readonly predicate: SymbolId
  readonly object: Value
  readonly parents: readonly SymbolId[]
  readonly method: SymbolId
  readonly confidence: Confidence
  readonly validAt: ClockTime
  readonly observedAt: ClockTime
  readonly committedAt: ClockTime
  readonly invalidAt: ClockTime | undefined
  readonly projected: boolean
  readonly stale: boolean
}

export type MemoryRecord = SemanticRecord | EpisodicRecord | ProceduralRecord | InferentialRecord

export type EdgeKind = 'supersedes' | 'corrects' | 'stale_parent' | 'reconfirms'

export interface EdgeRecord {
  readonly type: EdgeKind
  readonly from: SymbolId
  readonly to: SymbolId
  readonly at: ClockTime
}

export interface CheckpointRecord {
  readonly type: 'checkpoint'
  readonly episode: SymbolId
  readonly at: ClockTime
  readonly memoryCount: U64
}

export interface EpisodeMetaRecord {
  readonly type: 'episode_meta'
  readonly episode: SymbolId
  readonly at: ClockTime
  /** '' is written as no label. */
  readonly label: string | undefined
  readonly parent: SymbolId | undefined
  readonly retracts: readonly SymbolId[]
}

export interface SymbolRecord {
  readonly type: 'symbol_alloc' | 'symbol_rename' | 'symbol_alias' | 'symbol_retire' | 'symbol_unretire'
  readonly symbol: SymbolId
  readonly name: string
  readonly kind: SymbolKind
  readonly at: ClockTime
}

export interface FlagRecord {
  readonly type: 'pin' | 'unpin' | 'authoritative_set' | 'authoritative_clear'
  readonly memory: SymbolId
  readonly at: ClockTime
  readonly actor: SymbolId
}

export type LogRecord = MemoryRecord | EdgeRecord | CheckpointRecord | EpisodeMetaRecord | SymbolRecord | FlagRecord
