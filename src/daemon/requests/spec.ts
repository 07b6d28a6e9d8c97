import type * as v from 'valibot'
import type { Capability } from '#gate/index.ts'

/**
 * What a request is, as data. Types, validation, documentation and the gate read it from here; the daemon cannot be
 * built with a request that lacks a field of this or a handler.
 */
export interface RequestSpec {
  /** One sentence. */
  readonly summary: string
  /** A strict object: a misspelt filter must not widen what is asked for. */
  readonly params: ParamsSchema
  readonly result: v.GenericSchema
  /** What whoever asks must be allowed to do. */
  readonly capability: Capability | CapabilityOf
  /** Whose mail it concerns. All of them hold at once: account A with a message of B is refused, not narrowed. */
  readonly scope: readonly [Scope, ...Scope[]]
  /** Its result carries text that a stranger wrote: it taints whoever reads it. */
  readonly readsContent: boolean
  /** It can be seen outside of this machine: a server changes, mail goes out, something is fetched. */
  readonly outsideEffect: boolean
  /** Ends with `deadline_exceeded`; 60 seconds when left out. */
  readonly deadlineMs?: number
}

export type ParamsSchema = v.GenericSchema<Record<string, unknown>, Record<string, unknown>>

/** The capability follows from the change itself: that in a field, or that of the plan or decision which a field names. */
export interface CapabilityOf<Field extends string = string> {
  readonly of: 'change' | 'plan' | 'decision' | 'outbox'
  readonly field: Field
  readonly among: readonly [Capability, ...Capability[]]
}

/** How the accounts that a request concerns are found. There is no default. */
export type Scope<Field extends string = string> =
  /** No account's data or settings at all. */
  | { readonly accounts: 'none'; readonly why: string }
  /** Those that the field lists, all when it is left out: the gate narrows it to those allowed. */
  | { readonly accounts: 'narrowed'; readonly field: Field }
  /** The one that the field names; when it is left out, all, and only whoever may reach all may ask. */
  | { readonly accounts: 'named'; readonly field: Field }
  /** Those of the messages, threads, drafts, plans, decisions that the field refers to. */
  | { readonly accounts: 'referenced'; readonly by: Reference; readonly field: Field }
  /** Every account there is: only whoever may reach all may ask. */
  | { readonly accounts: 'all'; readonly why: string }

/** `answered`: the message that the content of a draft says it answers or passes on. */
export type Reference =
  | 'messages'
  | 'thread'
  | 'answered'
  | 'draft'
  | 'send'
  | 'plan'
  | 'decision'
  | 'selection'
  | 'saved_search'

type FieldOf<Params extends ParamsSchema> = keyof v.InferOutput<Params> & string

/** An entry of the table whose fields are those of its own params. */
interface CheckedRequest<Params extends ParamsSchema, Result extends v.GenericSchema> extends RequestSpec {
  readonly params: Params
  readonly result: Result
  readonly capability: Capability | CapabilityOf<FieldOf<Params>>
  readonly scope: readonly [Scope<FieldOf<Params>>, ...Scope<FieldOf<Params>>[]]
}

/** Checks an entry of the table where it stands: capability and scope name fields that its params have. */
export function request<const Params extends ParamsSchema, const Result extends v.GenericSchema>(
  spec: CheckedRequest<Params, Result>,
): CheckedRequest<Params, Result> {
  return spec
}
