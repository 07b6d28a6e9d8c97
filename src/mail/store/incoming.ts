/**
 * What the store takes in: plain data that survives structured cloning, so that workers may parse and one
 * writer may store. Nothing here is trusted; every text may be anything that a sender can write.
 */
export interface IncomingMessage {
  /** The RFC 5322 source, byte for byte. Absent only while a provider has handed over no more than the header. */
  readonly raw?: Uint8Array
  /** The account's name as the configuration calls it (`Account.name`). */
  readonly account: string
  /** Where it was found: folders, labels and IMAP keywords. The store makes the labels that it does not know yet. */
  readonly labels: readonly IncomingLabel[]
  /** Bits of `FLAG`. Only read, starred, answered and draft count: trash, spam, sent and archived follow from labels. */
  readonly flags: number
  /** INTERNALDATE, or the file's time: ms since the epoch. Stands in for an unusable `Date:`. */
  readonly receivedAt?: number
  readonly provider?: ProviderIds
  readonly document: MessageDocument
}

export interface IncomingLabel {
  /** The provider's own name for it, unique within the account: an IMAP path, a Gmail label id, a keyword. */
  readonly key: string
  /** What a person calls it; `key` when absent. */
  readonly name?: string
  /** A folder is a place that holds a copy, a label is a tag, a keyword is a tag that only IMAP knows. */
  readonly kind: LabelKind
  readonly role?: LabelRole
}

export type LabelKind = 'folder' | 'label' | 'keyword'

export const LABEL_ROLES = [
  'inbox',
  'sent',
  'drafts',
  'trash',
  'spam',
  'archive',
  'all_mail',
  'important',
  'starred',
  'snoozed',
  'muted',
] as const
export type LabelRole = (typeof LABEL_ROLES)[number]

/** How the provider names the message. An IMAP location dies with its UIDVALIDITY; the other two live as long as the mail. */
export interface ProviderIds {
  /** X-GM-MSGID, OBJECTID's EMAILID, a Graph or Gmail id: one message, wherever it is moved. */
  readonly messageId?: string
  /** X-GM-THRID, THREADID, a Graph conversation id. */
  readonly threadId?: string
  readonly location?: ImapLocation
}

export interface ImapLocation {
  /** The `key` of the folder among `labels`. */
  readonly mailbox: string
  readonly uidvalidity: number
  readonly uid: number
  /** Mod-sequence of RFC 7162, up to 2^63 - 1. */
  readonly modseq?: bigint
}

/** What the parser found: all that the lists show and the index knows. It can be derived again from the raw bytes. */
export interface MessageDocument {
  /** Grows whenever the parser derives something else from the same bytes; `reindex` looks for smaller ones. */
  readonly parserVersion: number
  /** Message-ID without angle brackets, '' when there is none. */
  readonly messageId: string
  readonly inReplyTo: readonly string[]
  /** Oldest first, as in the header. */
  readonly references: readonly string[]
  /** `Date:` in ms since the epoch; absent when it is missing or cannot be read. */
  readonly date?: number
  readonly from: readonly Address[]
  readonly to: readonly Address[]
  readonly cc: readonly Address[]
  readonly bcc: readonly Address[]
  /** Delivered-To, X-Original-To and the like. */
  readonly deliveredTo: readonly string[]
  readonly subject: string
  /** The body as a person reads it: rendered, decoded, without markup. */
  readonly text: string
  /** The start of what the sender wrote, on one line. */
  readonly snippet: string
  readonly attachments: readonly AttachmentFacts[]
  /** At least one of them is a file that the person would look for. */
  readonly hasAttachments: boolean
  /** List-Id without angle brackets, '' when there is none. */
  readonly listId: string
  readonly linkDensity: 'none' | 'some' | 'heavy'
  readonly hasCalendar: boolean
  readonly unsubscribe: Unsubscribe | null
}

/** How to leave the list that the message came from. The address is the sender's word: nothing to be fetched unseen. */
export interface Unsubscribe {
  readonly kind: 'one_click' | 'mailto' | 'http_link' | 'body_link'
  readonly uri: string
}

export interface Address {
  /** Display name, decoded; null when there is none. */
  readonly name: string | null
  /** `local@domain` as it was written; empty when only a name was given. */
  readonly email: string
}

export interface AttachmentFacts {
  /** Part path as in IMAP: `2`, `2.1`. */
  readonly part: string
  /** '' when it has none. */
  readonly filename: string
  /** Lower case, without parameters. */
  readonly contentType: string
  readonly disposition: 'attachment' | 'inline' | ''
  readonly contentId: string
  /** Part of how the text looks, not a file to the person. */
  readonly inline: boolean
  /** Decoded. */
  readonly sizeBytes: number
  /** Where its encoded body stands in `raw`, so that large ones are kept once however many messages carry them. */
  readonly range?: { readonly start: number; readonly end: number }
}

/** A message's flags as bits; the numbers are stored. */
export const FLAG = {
  read: 1,
  starred: 2,
  draft: 4,
  sent: 8,
  trash: 16,
  spam: 32,
  archived: 64,
  answered: 128,
} as const
export type FlagName = keyof typeof FLAG
