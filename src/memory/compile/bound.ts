import type { SymbolId, Value } from '../canonical/record.ts'
import type { SourceRule } from './source.ts'

/** Keywords with their names resolved; which of them a form has, the parser has seen to. */
export interface BoundKeywords {
  /** The literal, not yet looked at. */
  readonly confidence: number
  readonly projected: boolean
  /** `src`, `scp`, `v`, `at`, `obs` and `pre`. */
  readonly values: ReadonlyMap<string, Value>
  /** What the source admits, told from the name it had at this form: a rename later in the batch changes nothing. */
  readonly sourceRule: SourceRule | undefined
}

export interface BoundSem {
  readonly type: 'sem'
  readonly subject: SymbolId
  readonly predicate: SymbolId
  readonly object: Value
  readonly keywords: BoundKeywords
}

export interface BoundEpi {
  readonly type: 'epi'
  readonly event: SymbolId
  readonly eventType: SymbolId
  readonly participants: readonly SymbolId[]
  readonly location: SymbolId
  readonly keywords: BoundKeywords
}

export interface BoundPro {
  readonly type: 'pro'
  readonly rule: SymbolId
  readonly trigger: Value
  readonly action: Value
  readonly keywords: BoundKeywords
}

export interface BoundInf {
  readonly type: 'inf'
  readonly subject: SymbolId
  readonly predicate: SymbolId
  readonly object: Value
  readonly parents: readonly SymbolId[]
  readonly method: SymbolId
  readonly keywords: BoundKeywords
}

export interface BoundFlag {
  readonly type: 'pin' | 'unpin' | 'authoritative_set' | 'authoritative_clear'
  readonly memory: SymbolId
  readonly actor: SymbolId
}

export interface BoundEpisodeStart {
  readonly type: 'episode_start'
  readonly label: string | undefined
  readonly parent: SymbolId | undefined
  readonly retracts: readonly SymbolId[]
}

export interface BoundCorrect {
  readonly type: 'correct'
  readonly body: BoundEpi
}

/** `promote` and `query` in a batch are refused by the last stage, names bound and all. */
export interface BoundOther {
  readonly type: 'episode_close' | 'names' | 'promote' | 'query'
}

export type BoundForm =
  | BoundSem
  | BoundEpi
  | BoundPro
  | BoundInf
  | BoundFlag
  | BoundEpisodeStart
  | BoundCorrect
  | BoundOther
