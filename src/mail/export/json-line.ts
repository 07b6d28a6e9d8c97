import { Buffer } from 'node:buffer'
import { instant } from '#base/instant.ts'
import { parseMessage } from '../mime/index.ts'
import { sha256 } from '../store/sha256.ts'
import type { Letter } from './letter.ts'
import { savedFiles } from './saved-files.ts'

/** What is told of attachments besides name, type and size: nothing, their bytes in base64, or where they were saved. */
export type JsonFiles = 'none' | 'inline' | 'files'

const schemaVersion = 1

/**
 * A message as one JSON document, schema 1. Text is as the sender wrote it, and an object is the whole of it: nothing
 * a sender writes can end a line or a string.
 */
export function jsonLine({ listed, raw }: Letter, files: JsonFiles): unknown {
  const message = parseMessage(raw)
  return {
    schema_version: schemaVersion,
    id: listed.id,
    thread_id: listed.threadId,
    account: listed.account,
    date: instant(listed.date),
    from: message.from,
    sender: message.sender,
    reply_to: message.replyTo,
    to: message.to,
    cc: message.cc,
    bcc: message.bcc,
    subject: message.subject,
    message_id: message.messageId,
    in_reply_to: message.inReplyTo,
    references: message.references,
    labels: listed.labels.map(({ name, kind, role }) => ({ name, kind, role })),
    flags: listed.flags,
    headers: message.headers,
    text: message.text,
    text_source: message.textSource,
    html: message.html,
    attachments: savedFiles(message, raw).map(({ part, name, attachment, bytes }) => ({
      part,
      filename: attachment.filename,
      content_type: attachment.contentType,
      disposition: attachment.disposition,
      content_id: attachment.contentId,
      inline: attachment.inline,
      size: attachment.size,
      ...(files === 'inline' ? { base64: Buffer.from(bytes()).toString('base64') } : {}),
      ...(files === 'files' ? { file: `${listed.id}/${name}` } : {}),
    })),
    size: raw.length,
    sha256: Buffer.from(sha256(raw)).toString('hex'),
  }
}
