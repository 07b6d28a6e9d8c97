import { type Attachment, type IndexedMessage, parseForIndex } from './mime/index.ts'
import type { AttachmentFacts, MessageDocument } from './store/incoming.ts'

/** Grows whenever the same bytes give another document, so that `reindex` derives again what older ones made. */
export const parserVersion = 1

export interface ReadDocument {
  readonly document: MessageDocument
  /** From the topmost Received header, ms since the epoch: what stands in for an unusable date. */
  readonly receivedAt: number | undefined
  /** How many things were wrong with the message; it is read all the same. */
  readonly defects: number
}

/** What the store keeps of a message, from its raw bytes: the same for every source of mail. Never throws. */
export function readDocument(raw: Uint8Array): ReadDocument {
  const message = parseForIndex(raw)
  return {
    document: documentOf(message),
    receivedAt: message.receivedAt ?? undefined,
    defects: message.defects.length,
  }
}

function documentOf(message: IndexedMessage): MessageDocument {
  return {
    parserVersion,
    messageId: message.messageId ?? '',
    inReplyTo: message.inReplyTo,
    references: message.references,
    ...(message.date === null ? {} : { date: message.date.at }),
    from: message.from,
    to: message.to,
    cc: message.cc,
    bcc: message.bcc,
    deliveredTo: message.deliveredTo,
    subject: message.subject,
    text: message.body,
    snippet: message.snippet,
    attachments: message.attachments.map(factsOf),
    hasAttachments: message.hasAttachments,
    listId: message.list.id ?? '',
    linkDensity: message.linkDensity,
    hasCalendar: message.isCalendar,
    unsubscribe: message.unsubscribe,
  }
}

function factsOf(attachment: Attachment): AttachmentFacts {
  const { part, filename, contentType, disposition, contentId, inline, size, start, end } = attachment
  return {
    part,
    filename: filename ?? '',
    contentType,
    disposition: disposition === 'attachment' || disposition === 'inline' ? disposition : '',
    contentId: contentId ?? '',
    inline,
    sizeBytes: size,
    range: { start, end },
  }
}
