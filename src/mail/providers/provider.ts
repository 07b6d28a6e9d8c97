import type { Result } from '#base/result.ts'
import type { FlagName, LabelRole } from '../store/incoming.ts'
import type { ProviderError } from './provider-error.ts'

/**
 * What Postern needs of whoever holds a person's mail: an IMAP server, a web interface, the demo. It is narrow on
 * purpose: five things, all of them in batches, all of them cancelled by a signal, none of them throwing for what a
 * server or a network does. How a provider reaches its server (connections, retries of single commands, extensions)
 * is its own affair; when to call, what to keep and whom to believe is that of `sync` and of the outbox.
 *
 * `test/mail/providers/conformance.ts` is the contract in tests; every provider passes it.
 */
export interface MailProvider {
  readonly account: string
  readonly kind: ProviderKind

  /** All mailboxes that can be opened, `INBOX` first. Also what proves that a login works. */
  mailboxes(signal: AbortSignal): Promise<Result<readonly Mailbox[], ProviderError>>

  /**
   * What is different in a mailbox since a cursor, page by page: changes and new mail first, then what is older and
   * not here yet, newest first. A page's cursor is to be kept once the page is stored and not before; whoever stops
   * anywhere goes on from there. A page that is replayed changes nothing. After an error nothing more comes.
   */
  changes(request: ChangesRequest): AsyncGenerator<Result<ChangePage, ProviderError>, void, void>

  /**
   * One change to many messages of one mailbox; outcomes are in the order of `targets`. An error means that for none
   * of them it is known whether it happened: to repeat it is right, because a message that is not where it was
   * answers `gone`.
   */
  apply(change: Change, signal: AbortSignal): Promise<Result<readonly Outcome[], ProviderError>>

  /** Files a message. After an error it may be there all the same: look for its Message-ID before trying again. */
  append(message: Appending, signal: AbortSignal): Promise<Result<Appended, ProviderError>>

  /**
   * Tells which mailboxes have news, until the signal is aborted. Something may be told twice or for nothing, and a
   * server that cannot tell is asked every so often. It survives lost connections; an error is final.
   */
  watch(request: WatchRequest): AsyncGenerator<Result<MailboxNews, ProviderError>, void, void>

  /** Lets go of all connections. What is under way ends with an error. */
  close(): Promise<void>
}

export type ProviderKind = 'imap' | 'demo'

export interface Mailbox {
  /** The name by which everything here is addressed, decoded from modified UTF-7: `INBOX`, `Lists/postern`. */
  readonly key: string
  /** What a person reads: the key without the prefix that all mailboxes share. */
  readonly name: string
  readonly role: LabelRole | null
  /** By the server's count; null when it did not say. */
  readonly messages: number | null
  /** Of RFC 8474: survives renaming. Null when the server does not know it. */
  readonly objectId: string | null
  /** The same as at an earlier listing: nothing has changed there since. Null when the server cannot say so. */
  readonly state: string | null
}

/** Where a message stands. A place is good for one UIDVALIDITY. */
export interface Place {
  readonly mailbox: string
  readonly uidvalidity: number
  readonly uid: number
}

export interface ChangesRequest {
  readonly mailbox: string
  /** From the last page that was stored; null to begin. What stands in it is the provider's own affair. */
  readonly cursor: string | null
  /** What the store has of this mailbox, skipped messages included. Asked for where the server cannot say what changed. */
  readonly known: (uidvalidity: number) => readonly KnownPlace[]
  /** Mail that arrived before is left out: ms since the epoch. */
  readonly since?: number
  readonly signal: AbortSignal
}

export interface KnownPlace {
  readonly uid: number
  /** Bits of `FLAG`, as the server was last seen to have them. */
  readonly flags: number
}

export interface ChangePage {
  readonly mailbox: string
  readonly uidvalidity: number
  /** Newest first. */
  readonly arrivals: readonly Arrival[]
  /** Messages that are known and whose flags or keywords may be others now. */
  readonly flags: readonly FlagState[]
  /** UIDs that are not there any more; they need not have been known. */
  readonly gone: readonly number[]
  /** Places of every other UIDVALIDITY are void: set on the page after which all that is left has been seen anew. */
  readonly isRenumbered: boolean
  /** Messages that the provider could not or would not fetch, with the reason; they are not asked for again. */
  readonly skipped: readonly Skipped[]
  readonly cursor: string
  /** Messages of this mailbox that are still to come; 0 with the last page. */
  readonly remaining: number
}

export interface Arrival extends FlagState {
  /** The RFC 5322 source, byte for byte. It belongs to whoever takes the page, who may do away with it. */
  readonly raw: Uint8Array
  /** INTERNALDATE in ms since the epoch; undefined when the server's was unreadable. */
  readonly receivedAt?: number
  /** X-GM-MSGID, EMAILID: one message, wherever it is moved. */
  readonly messageId?: string
  /** X-GM-THRID, THREADID. */
  readonly threadId?: string
}

export interface FlagState {
  readonly uid: number
  /** Bits of `FLAG`: read, starred, answered, draft. */
  readonly flags: number
  /** IMAP keywords as the server writes them. */
  readonly keywords: readonly string[]
  readonly modseq?: bigint
  /** Where labels are not mailboxes (X-GM-LABELS). */
  readonly labels?: readonly string[]
}

export interface Skipped {
  readonly uid: number
  readonly reason: 'too_large' | 'unreadable'
  readonly sizeBytes: number
}

/** Flags that a person can set on a message at its provider. */
export type SettableFlag = Extract<FlagName, 'read' | 'starred' | 'answered' | 'draft'>

export type Change =
  | {
      readonly kind: 'flags'
      readonly targets: readonly Place[]
      readonly add: readonly SettableFlag[]
      readonly remove: readonly SettableFlag[]
      readonly addKeywords?: readonly string[]
      readonly removeKeywords?: readonly string[]
    }
  /** Only where labels are not mailboxes; elsewhere `unsupported`. */
  | {
      readonly kind: 'labels'
      readonly targets: readonly Place[]
      readonly add: readonly string[]
      readonly remove: readonly string[]
    }
  | { readonly kind: 'move'; readonly targets: readonly Place[]; readonly to: string }
  | { readonly kind: 'copy'; readonly targets: readonly Place[]; readonly to: string }
  /** For good, from this mailbox. */
  | { readonly kind: 'expunge'; readonly targets: readonly Place[] }

export type ChangeKind = Change['kind']
/** `apply` takes at most so many targets, all of one mailbox and one UIDVALIDITY. */
export const targetsMax = 1_000

export type Outcome =
  /** `place`: where a moved or copied message stands now, when the server said so. */
  | { readonly status: 'done'; readonly place?: Place }
  /** It is not in that place: expunged, moved by somebody, or by us before the connection broke. */
  | { readonly status: 'gone' }
  | { readonly status: 'failed'; readonly error: ProviderError }

export interface Appending {
  readonly mailbox: string
  readonly raw: Uint8Array
  readonly flags: readonly SettableFlag[]
  readonly keywords?: readonly string[]
  /** INTERNALDATE, ms since the epoch. */
  readonly receivedAt?: number
}

export interface Appended {
  /** Known with UIDPLUS only. */
  readonly place?: Place
}

export interface WatchRequest {
  /** In the order of how much the person waits for news there. */
  readonly mailboxes: readonly string[]
  /** How often a mailbox is asked for that the server does not report on. */
  readonly pollMs: number
  readonly signal: AbortSignal
}

export interface MailboxNews {
  readonly mailbox: string
  /** `reconnected`: the connection had been lost, anything may have happened. */
  readonly reason: 'changed' | 'polled' | 'reconnected'
}
