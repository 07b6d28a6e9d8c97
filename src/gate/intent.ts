import type { Capability } from './capability.ts'

/**
 * What someone asks for, in facts. Whoever asks chooses none of them: the daemon derives them from the request, the
 * store and the frozen message, because what a client says of itself is worth nothing here.
 */
export interface Intent {
  readonly capability: Capability
  readonly scope: Scope
  /** Messages that would change. */
  readonly messages?: number
  /** They are not those of a plan that was shown before: agents change mail in two steps (R-02-10). */
  /** It is about all mail of its scope, with no way to leave hidden labels out. */
  readonly isUnfiltered?: true
  readonly unplanned?: true
  /** Bytes of mail that would leave the store as files. */
  readonly exportBytes?: number
  /** The request names a message that bears a label which the profile hides. */
  readonly labels?: readonly string[]
  /** What would leave the machine; every outward intent has one. */
  readonly outgoing?: Outgoing
}

/** Which accounts a request touches. There is no default: a request without an account says so. */
export type Scope =
  | { readonly type: 'none' }
  | { readonly type: 'accounts'; readonly accounts: readonly string[] }
  /** All that the profile reaches: the answer is narrowed to them. */
  | { readonly type: 'reachable'; readonly accounts: readonly string[] }

export interface Outgoing {
  readonly kind: OutgoingKind
  readonly recipients: readonly Recipient[]
  readonly subject: string
  /** All text that a recipient would see: both alternatives, quotes included. */
  readonly text: string
  readonly links: readonly Link[]
  readonly attachments: readonly OutgoingAttachment[]
  /** The message that is answered or forwarded. */
  readonly answers?: Answered
  /** Checks that speak against sending it, and that whoever asks wants to override. */
  readonly despite?: readonly string[]
}

export const OUTGOING_KINDS = [
  'new',
  'reply',
  'forward',
  'invitation_reply',
  'auto_reply',
  'unsubscribe_mail',
  'unsubscribe_post',
  'model_request',
] as const
export type OutgoingKind = (typeof OUTGOING_KINDS)[number]

export interface Recipient {
  /** Lower case, `local@domain`. */
  readonly address: string
  readonly relation: Relation
  /** Wrote or received a message of the thread that is answered. */
  readonly inThread: boolean
  /** The address of a correspondent that this one resembles. */
  readonly resembles?: string
}

/** `correspondent`: the person has sent them mail, by hand or by an approval. That they wrote counts for nothing. */
export type Relation = 'self' | 'correspondent' | 'stranger'

export interface Link {
  readonly url: string
  /** Stands in mail that the person wrote, outside of quotes. */
  readonly typedByPerson: boolean
}

export interface OutgoingAttachment {
  readonly name: string
  readonly sizeBytes: number
  readonly chosenBy: 'person' | 'agent'
}

export interface Answered {
  readonly author: string
  /** Where the message asks to be answered; its author where it does not say. */
  readonly replyTo: readonly string[]
  /** What the own server found; `none` where it says nothing. */
  readonly authentication: 'pass' | 'fail' | 'none'
}
