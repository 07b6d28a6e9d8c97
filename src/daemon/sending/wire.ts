import type * as v from 'valibot'
import { instant } from '#base/instant.ts'
import { readDraftContent } from '#mail/compose/index.ts'
import { type DraftRow, type SendRow, sendOfDraft } from '#mail/drafts/index.ts'
import type { MailReader } from '#mail/store/index.ts'
import type { draft, send } from '../requests/writing.ts'

/** Rows as they travel. */
export function sendToWire(row: SendRow): v.InferOutput<typeof send> {
  return {
    send_id: row.id,
    draft_id: row.draft,
    account: row.account,
    message_id: row.messageId,
    digest: row.digest,
    subject: row.subject,
    from: row.from,
    state: row.state,
    leaves_at: row.state === 'waiting' ? instant(row.nextTryAt) : null,
    attempts: row.attempts,
    code: row.code,
    detail: row.detail,
    settled_at: row.settledAt === null ? null : instant(row.settledAt),
    copy: row.copy,
    recipients: row.recipients.map(recipient => ({ ...recipient })),
  }
}

export function draftToWire(reader: MailReader, row: DraftRow): v.InferOutput<typeof draft> {
  const sent = sendOfDraft(reader.statements, row.id)
  return {
    draft_id: row.id,
    account: row.account,
    revision: row.revision,
    created_at: instant(row.createdAt),
    changed_at: instant(row.changedAt),
    content: readDraftContent(row.content),
    send: sent === undefined ? null : sendToWire(sent),
  }
}
