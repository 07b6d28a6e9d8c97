import { instant } from '#base/instant.ts'
import type { LabelName, ListedMessage } from '../store/index.ts'

/**
 * A message as every command gives it to programs: names in snake_case, dates in RFC 3339 (UTC), flags as booleans.
 * Text is as the sender wrote it; `printableJson` is what makes it fit for a terminal.
 */
export function messageJson(message: ListedMessage) {
  return {
    id: message.id,
    thread_id: message.threadId,
    account: message.account,
    date: instant(message.date),
    from: message.from[0] ?? null,
    to: message.to,
    cc: message.cc,
    bcc: message.bcc,
    subject: message.subject,
    snippet: message.snippet,
    message_id: message.messageId,
    labels: message.labels.map(labelJson),
    flags: message.flags,
    size: message.sizeBytes,
    has_attachments: message.hasAttachments,
  }
}

function labelJson({ name, kind, role }: LabelName) {
  return { name, kind, role }
}
