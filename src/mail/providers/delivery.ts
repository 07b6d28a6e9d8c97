import type { Result } from '#base/result.ts'
import type { IncomingLabel, MessageId } from '../store/index.ts'

/**
 * What the outbox asks of a provider: carry out what the person decided. One call holds many messages, each with the
 * net of what is wanted of it, so that a provider can make few commands of many decisions (one UID STORE for a set).
 * Whatever is asked may be asked again after a crash: the state is named, never a step ("read", not "toggle").
 */
export interface Delivery {
  /** Results in the order of the changes. An error means that the rest is unknown: all of them will be asked again. */
  apply(
    changes: readonly ProviderChange[],
    signal: AbortSignal,
  ): Promise<Result<readonly DeliveryResult[], DeliveryError>>
}

/** A call holds so many messages at most. */
export const deliveryMessagesMax = 1_000

export interface ProviderChange {
  readonly message: MessageId
  /** What the provider calls it, when it has a name that outlives a move. */
  readonly providerId?: string
  /** Where it stood when last seen; in more than one folder when there are copies. */
  readonly places: readonly Place[]
  /** Bits of `FLAG`: read, starred, answered. */
  readonly setFlags: number
  readonly clearFlags: number
  /** IMAP keywords and a label provider's labels, by their keys. */
  readonly addLabels: readonly IncomingLabel[]
  readonly removeLabels: readonly string[]
  /**
   * Folders. With both, every copy in `leave` is moved to `enter`. Entering alone copies it there. Leaving without entering takes it out of that
   * folder only where the provider can do so without deleting it (a label provider's inbox); else it is refused.
   * Flags and labels are set before the move, for the copy that arrives bears them.
   */
  readonly leaveFolders: readonly string[]
  readonly enterFolder: IncomingLabel | null
}

export interface Place {
  /** The folder's key. */
  readonly mailbox: string
  readonly uidvalidity: number
  readonly uid: number
}

export type DeliveryResult =
  /** The provider has it so now. `places`: where copies that were moved stand now, as far as it said so (COPYUID). */
  | { readonly outcome: 'applied'; readonly places?: readonly Place[] }
  /** The message is no longer where it was: somebody else moved or deleted it; the next sync will tell. */
  | { readonly outcome: 'gone' }
  /** It will never do this, for a reason that a person should read; the change is taken back here. */
  | { readonly outcome: 'refused'; readonly code: RefusalCode; readonly message: string }
  /** Not now: the message is asked for again. */
  | { readonly outcome: 'later'; readonly code: DeliveryErrorCode; readonly message: string }

export type RefusalCode =
  | 'folder_missing'
  | 'folder_readonly'
  | 'label_invalid'
  | 'quota_exceeded'
  | 'not_permitted'
  | 'unsupported'
  | 'provider_refused'

export type DeliveryErrorCode =
  | 'network'
  | 'timeout'
  | 'rate_limited'
  | 'auth_needed'
  | 'protocol'
  | 'cancelled'
  | 'internal'

/** The connection or the account, not one message. `auth_needed` waits for the person, all others are tried again. */
export interface DeliveryError {
  readonly code: DeliveryErrorCode
  readonly message: string
  readonly retryAfterMs?: number
}
