import type { Defect } from './defect.ts'
import type { Envelope } from './envelope.ts'
import type { CalendarFacts } from './kinds/calendar.ts'
import type { Protection } from './kinds/protection.ts'
import type { Report } from './kinds/report.ts'
import type { TransferEncoding } from './transfer/decode.ts'

export interface Header {
  readonly name: string
  /** Unfolded and decoded; no control characters. */
  readonly value: string
}

/** A node of the part tree: what IMAP's BODYSTRUCTURE tells, and where the bytes are. */
export interface Part {
  /** IMAP part number (RFC 9051 §6.4.5), empty for a multipart that is the whole message. */
  readonly path: string
  readonly contentType: string
  readonly charset: string | null
  readonly disposition: string | null
  readonly filename: string | null
  readonly contentId: string | null
  readonly encoding: TransferEncoding
  readonly headerStart: number
  /** Offsets of the encoded body in the raw message. */
  readonly start: number
  readonly end: number
  readonly children: readonly Part[]
}

/** A part that is not the body, or a file found in a text part. Its bytes are decoded when asked for: `attachmentBytes`. */
export interface Attachment {
  /** IMAP part number; `1#1` for the first file written into the text of part 1. */
  readonly part: string
  /** As the sender wrote it, decoded. Never a path to write to: see `safeFileName`. */
  readonly filename: string | null
  readonly contentType: string
  readonly disposition: string | null
  readonly contentId: string | null
  readonly contentLocation: string | null
  /** Part of how the text looks (an embedded image), or one more form of it (AMP, an invite): no file to the person. */
  readonly inline: boolean
  /** Decoded bytes: exact for unencoded content and well-formed base64, else an upper bound. */
  readonly size: number
  readonly encoding: TransferEncoding
  readonly start: number
  readonly end: number
  /** What an attached message says of itself. */
  readonly message: AttachedMessage | null
}

export interface AttachedMessage {
  readonly subject: string
  readonly from: string
  readonly at: number | null
}

/** Where the text came from: sent as plain text, made from HTML, both in sequence, or there is none. */
export type TextSource = 'plain' | 'html' | 'mixed' | 'none'

export interface MessageTraits {
  /** At least one file that the person would look for; inline images and signatures do not count. */
  readonly hasAttachments: boolean
  readonly isCalendar: boolean
  readonly isReport: boolean
  readonly isSigned: boolean
  readonly isEncrypted: boolean
  /** Carries a winmail.dat (TNEF), whose inside is not read. */
  readonly hasTnef: boolean
}

export interface ParsedMessage extends Envelope, MessageTraits {
  /** All fields of the message, in order. */
  readonly headers: readonly Header[]
  /** The text to read, parts in sequence; null when there is none. HTML stands here as text. */
  readonly text: string | null
  readonly textSource: TextSource
  /** The HTML to show, parts in sequence, as it was sent: unsafe. Null when no HTML was sent. */
  readonly html: string | null
  /** Paths of the parts that `text` and `html` were made from. */
  readonly textBody: readonly string[]
  readonly htmlBody: readonly string[]
  readonly attachments: readonly Attachment[]
  readonly root: Part
  readonly calendar: CalendarFacts | null
  readonly report: Report | null
  readonly protection: Protection | null
  readonly defects: readonly Defect[]
  /** Bytes of the raw message. */
  readonly size: number
}
