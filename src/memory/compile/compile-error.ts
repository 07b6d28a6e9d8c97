import type { ClockTime, EdgeKind, SymbolId, SymbolKind } from '../canonical/record.ts'
import type { U64 } from '../integer.ts'
import { describeParseError, type ParseError } from '../language/parse-error.ts'
import { quoted } from '../language/quoted.ts'
import type { ConfidenceError } from './confidence.ts'
import type { SourceKind } from './source.ts'

/** Why a batch did not compile: the stage, and in it the reason. Codes are stable, words are not. */
export type CompileError =
  | { readonly code: 'Parse'; readonly inner: ParseError }
  | { readonly code: 'Bind'; readonly inner: BindError }
  | { readonly code: 'Semantic'; readonly inner: SemanticError }
  | { readonly code: 'Emit'; readonly inner: EmitError }
  | { readonly code: 'ClockExhausted'; readonly last: ClockTime }
  /** The surface that took the batch does not take this form from its caller. */
  | { readonly code: 'FormNotAllowed'; readonly form: string }

export type BindError =
  | {
      readonly code: 'SymbolKindMismatch'
      readonly name: string
      readonly expected: SymbolKind
      readonly existing: SymbolKind
    }
  | { readonly code: 'SymbolRenameConflict'; readonly name: string }
  | { readonly code: 'AliasChainLengthExceeded'; readonly name: string; readonly limit: number }
  | { readonly code: 'UnknownSymbol'; readonly name: string }
  | { readonly code: 'BadKind'; readonly found: string }
  | { readonly code: 'UnregisteredInferenceMethod'; readonly found: string }
  | { readonly code: 'InvalidKeywordValue'; readonly keyword: string; readonly reason: string }
  | { readonly code: 'UnexpectedList'; readonly slot: string }
  | { readonly code: 'InvalidTimestampKeyword'; readonly keyword: string }
  | { readonly code: 'LabelTooLong'; readonly len: number; readonly cap: number }
  /** `__mem_` and `__ep_` names are the compiler's: an agent may use one that exists, never make or move one. */
  | { readonly code: 'ReservedName'; readonly name: string }
  /** All 2^64 ids are given out; only a log that was made by hand gets here. */
  | { readonly code: 'SymbolIdsExhausted' }

export type MemoryKind = 'Semantic' | 'Episodic' | 'Procedural' | 'Inferential'

export type SemanticError =
  | {
      readonly code: 'ConfidenceExceedsSourceBound'
      readonly requested: number
      readonly bound: number
      readonly sourceKind: SourceKind
    }
  | { readonly code: 'SourceKindNotAdmitted'; readonly sourceKind: SourceKind; readonly memoryKind: MemoryKind }
  | { readonly code: 'FutureValidity'; readonly validAt: ClockTime }
  | { readonly code: 'InvalidClockOrder'; readonly atTime: ClockTime; readonly observedAt: ClockTime }
  | { readonly code: 'EmptyDerivedFrom' }
  | {
      readonly code: 'BadKeywordType'
      readonly keyword: string
      readonly form: string
      readonly expected: 'symbol' | 'timestamp'
    }
  | { readonly code: 'ConfidenceMalformed'; readonly inner: ConfidenceError }
  | { readonly code: 'MultipleEpisodeDirectives'; readonly count: number }

export type EmitError =
  | { readonly code: 'Unsupported'; readonly form: string }
  | { readonly code: 'MemoryIdAllocation'; readonly name: string; readonly cause: BindError }
  | {
      readonly code: 'SemanticSupersessionConflict' | 'InferentialSupersessionConflict'
      readonly s: SymbolId
      readonly p: SymbolId
      readonly validAt: ClockTime
      readonly existing: SymbolId
    }
  | { readonly code: 'ProceduralSupersessionConflict'; readonly ruleId: SymbolId; readonly existing: SymbolId }
  | { readonly code: 'SupersessionDag'; readonly inner: DagError }

export type DagError =
  | { readonly code: 'SelfEdge'; readonly kind: EdgeKind; readonly memory: SymbolId }
  | { readonly code: 'SupersessionCycle'; readonly kind: EdgeKind; readonly from: SymbolId; readonly to: SymbolId }

const edgeWords: Readonly<Record<EdgeKind, string>> = {
  supersedes: 'Supersedes',
  corrects: 'Corrects',
  stale_parent: 'StaleParent',
  reconfirms: 'Reconfirms',
}

/** Why a committed record does not fit the state before it. */
export type ReplayError =
  | { readonly code: 'Bind'; readonly inner: BindError }
  | { readonly code: 'Dag'; readonly inner: DagError }

/** The dotted name of an error, `Parse.Lex.InvalidEscape`: the path of codes from the outside in. */
export function errorPath(error: { readonly code: string; readonly inner?: unknown }): string {
  let path = error.code
  for (let at: unknown = error.inner; isCoded(at); at = at.inner) path += `.${at.code}`
  return path
}

function isCoded(error: unknown): error is { readonly code: string; readonly inner?: unknown } {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
}

export function describeCompileError(error: CompileError): string {
  switch (error.code) {
    case 'Parse':
      return `parse error: ${describeParseError(error.inner)}`
    case 'Bind':
      return `bind error: ${describeBindError(error.inner)}`
    case 'Semantic':
      return `semantic error: ${describeSemanticError(error.inner)}`
    case 'Emit':
      return `emit error: ${describeEmitError(error.inner)}`
    case 'ClockExhausted':
      return `committed_at clock exhausted: monotonic advance past ${error.last}ms would hit reserved sentinel`
    case 'FormNotAllowed':
      return `form ${error.form} is not taken from here`
  }
}

export function describeBindError(error: BindError): string {
  switch (error.code) {
    case 'SymbolKindMismatch':
      return `symbol kind mismatch for ${quoted(error.name)}: expected ${error.expected}, locked as ${error.existing}`
    case 'SymbolRenameConflict':
      return `rename conflict: ${quoted(error.name)} already bound`
    case 'AliasChainLengthExceeded':
      return `alias chain for ${quoted(error.name)} exceeded length limit ${error.limit}`
    case 'UnknownSymbol':
      return `unknown symbol ${quoted(error.name)}`
    case 'BadKind':
      return `unknown SymbolKind annotation ${quoted(error.found)}`
    case 'UnregisteredInferenceMethod':
      return `unregistered inference method ${quoted(error.found)}`
    case 'InvalidKeywordValue':
      return `invalid keyword value for ${quoted(error.keyword)}: ${error.reason}`
    case 'UnexpectedList':
      return `unexpected list value at ${quoted(error.slot)}`
    case 'InvalidTimestampKeyword':
      return `missing or malformed timestamp for keyword ${quoted(error.keyword)}`
    case 'LabelTooLong':
      return `episode label length ${error.len} exceeds ${error.cap}-byte cap`
    case 'ReservedName':
      return `name ${quoted(error.name)} is reserved: only existing memories and episodes can be named so`
    case 'SymbolIdsExhausted':
      return 'no symbol id is left'
  }
}

function describeSemanticError(error: SemanticError): string {
  switch (error.code) {
    case 'ConfidenceExceedsSourceBound':
      return `confidence ${decimal(error.requested)} exceeds ${error.sourceKind} bound ${decimal(error.bound)}`
    case 'SourceKindNotAdmitted':
      return `source kind ${error.sourceKind} does not admit memory kind ${error.memoryKind}`
    case 'FutureValidity':
      return `valid_at ${clock(error.validAt)} is in the future; require :projected true`
    case 'InvalidClockOrder':
      return `Episodic observed_at ${clock(error.observedAt)} < at_time ${clock(error.atTime)}`
    case 'EmptyDerivedFrom':
      return 'Inferential derived_from must be non-empty'
    case 'BadKeywordType':
      return `keyword ${quoted(error.keyword)} has wrong type for ${quoted(error.form)}: expected ${error.expected}`
    case 'ConfidenceMalformed':
      return error.inner.code === 'NotANumber'
        ? 'confidence malformed: not a number'
        : `confidence malformed: ${error.inner.value} is outside [0.0, 1.0]`
    case 'MultipleEpisodeDirectives':
      return `batch contains ${error.count} episode directives; at most 1 allowed`
  }
}

function describeEmitError(error: EmitError): string {
  switch (error.code) {
    case 'Unsupported':
      return `form ${error.form} is not yet emitted by this pipeline milestone`
    case 'MemoryIdAllocation':
      return `memory-id allocation failed for ${error.name}: ${describeBindError(error.cause)}`
    case 'SemanticSupersessionConflict':
      return `semantic ${conflict(error)}`
    case 'InferentialSupersessionConflict':
      return `inferential ${conflict(error)}`
    case 'ProceduralSupersessionConflict':
      return `procedural supersession conflict: batch contains two Pro writes at the same supersession key (rule_id=${id(error.ruleId)}), first bound to ${id(error.existing)}`
    case 'SupersessionDag':
      return describeDagError(error.inner)
  }
}

export function describeDagError(error: DagError): string {
  return error.code === 'SelfEdge'
    ? `self-edge is forbidden: ${edgeWords[error.kind]} edge on ${id(error.memory)}`
    : `supersession cycle: ${edgeWords[error.kind]} edge ${id(error.from)} -> ${id(error.to)} would close a cycle`
}

function conflict(at: { s: SymbolId; p: SymbolId; validAt: ClockTime; existing: SymbolId }): string {
  return `supersession conflict at (s=${id(at.s)}, p=${id(at.p)}) valid_at=${at.validAt}ms: new memory has the same valid_at as existing memory ${id(at.existing)}`
}

function id(symbol: SymbolId): string {
  return `SymbolId(${symbol})`
}

function clock(at: U64): string {
  return `ClockTime(${at})`
}

function decimal(confidence: number): string {
  return Math.fround(confidence / 65_535).toFixed(4)
}
