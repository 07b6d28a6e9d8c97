import type { ClockTime } from '../canonical/record.ts'
import type { I64 } from '../integer.ts'
import { quoted } from './quoted.ts'
import { describeFloat } from './token.ts'

/** A name as written, with the kind that stands behind its colon. */
export interface SymbolName {
  readonly name: string
  readonly kind: string | undefined
}

export type RawValue =
  | { readonly type: 'symbol'; readonly name: string; readonly kind: string | undefined }
  | { readonly type: 'bareword' | 'string'; readonly text: string }
  | { readonly type: 'integer'; readonly value: I64 }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'nil' }
  | { readonly type: 'timestamp'; readonly at: ClockTime }
  /** Looks like a time and is none; the binder refuses it. */
  | { readonly type: 'raw_timestamp'; readonly text: string }
  | { readonly type: 'list'; readonly items: readonly RawValue[] }

export interface Keyword {
  readonly key: string
  readonly value: RawValue
}

/** Sorted by key: that is the order in which they are bound. */
export type Keywords = readonly Keyword[]

export interface SemForm {
  readonly type: 'sem'
  readonly subject: SymbolName
  readonly predicate: SymbolName
  readonly object: RawValue
  readonly keywords: Keywords
}

export interface EpiForm {
  readonly type: 'epi'
  readonly event: SymbolName
  readonly eventType: SymbolName
  readonly participants: readonly string[]
  readonly location: SymbolName
  readonly keywords: Keywords
}

export interface ProForm {
  readonly type: 'pro'
  readonly rule: SymbolName
  readonly trigger: RawValue
  readonly action: RawValue
  readonly keywords: Keywords
}

export interface InfForm {
  readonly type: 'inf'
  readonly subject: SymbolName
  readonly predicate: SymbolName
  readonly object: RawValue
  readonly parents: readonly string[]
  readonly method: SymbolName
  readonly keywords: Keywords
}

export interface NamesForm {
  readonly type: 'alias' | 'rename'
  readonly first: string
  readonly second: string
}

export interface RetireForm {
  readonly type: 'retire'
  readonly target: string
}

export interface CorrectForm {
  readonly type: 'correct'
  readonly target: SymbolName
  readonly body: EpiForm
}

export interface PromoteForm {
  readonly type: 'promote'
  readonly target: SymbolName
}

export interface QueryForm {
  readonly type: 'query'
  readonly selector: RawValue | undefined
  readonly keywords: Keywords
}

export interface EpisodeStartForm {
  readonly type: 'episode_start'
  readonly label: string | undefined
  readonly parent: SymbolName | undefined
  readonly retracts: readonly string[]
}

export interface EpisodeCloseForm {
  readonly type: 'episode_close'
}

export interface FlagForm {
  readonly type: 'pin' | 'unpin' | 'authoritative_set' | 'authoritative_clear'
  readonly target: SymbolName
  readonly actor: string
}

export type Form =
  | SemForm
  | EpiForm
  | ProForm
  | InfForm
  | NamesForm
  | RetireForm
  | CorrectForm
  | PromoteForm
  | QueryForm
  | EpisodeStartForm
  | EpisodeCloseForm
  | FlagForm

/** The head as written: the two episode forms share one. */
export function headOf(form: Form): string {
  return form.type === 'episode_start' || form.type === 'episode_close' ? 'episode' : form.type
}

/** A value as messages show it: `List([Integer(1)])`. */
export function describeValue(value: RawValue): string {
  switch (value.type) {
    case 'symbol':
      return value.kind === undefined
        ? `RawSymbol(${rawName(value.name)})`
        : `TypedSymbol { name: ${rawName(value.name)}, kind: ${quoted(value.kind)} }`
    case 'bareword':
      return `Bareword(${quoted(value.text)})`
    case 'string':
      return `String(${quoted(value.text)})`
    case 'integer':
      return `Integer(${value.value})`
    case 'float':
      return `Float(${describeFloat(value.value)})`
    case 'boolean':
      return `Boolean(${value.value})`
    case 'nil':
      return 'Nil'
    case 'timestamp':
      return `Timestamp(ClockTime(${value.at}))`
    case 'raw_timestamp':
      return `TimestampRaw(${quoted(value.text)})`
    case 'list':
      return `List([${value.items.map(describeValue).join(', ')}])`
  }
}

function rawName(name: string): string {
  return `RawSymbolName { name: ${quoted(name)}, kind: None }`
}
