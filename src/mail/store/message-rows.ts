import { messageKey, parentKeys, subjectKey } from '../thread/index.ts'
import type { MessageId } from './ids.ts'
import type { Address, MessageDocument, Unsubscribe } from './incoming.ts'
import type { SealedMessage } from './seal.ts'
import type { Writing } from './writing.ts'

export interface NewMessage {
  readonly id: MessageId
  readonly account: number
  readonly thread: number
  readonly flags: number
  readonly second: number
  readonly sender: number | null
  readonly raw: number | null
  readonly message: SealedMessage
}

/** What decides on a message's thread; `messages.threading` holds the number. */
export const THREADING = { byHeaders: 0, orphanReply: 1, byProvider: 2 } as const

const subjectCharsMax = 2_000
const snippetCharsMax = 200
const peoplePerHeaderMax = 100
const personCharsMax = 320
const attachmentsMax = 1_000

export function insertMessage(writing: Writing, row: NewMessage): void {
  const { message, id } = row
  const { document } = message.incoming
  const derived = derive(writing, row.account, message)
  writing.statements.run(
    `INSERT INTO messages(id, account_id, thread_id, flags, date, size_bytes, attachments, from_id, list_no,
       message_key, subject_key, parent_keys, threading, raw_id, parser_version)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    row.account,
    row.thread,
    row.flags,
    row.second,
    message.raw?.sizeBytes ?? 0,
    derived.attachments,
    row.sender,
    derived.list,
    derived.messageKey,
    derived.subjectKey,
    derived.parents,
    derived.threading,
    row.raw,
    document.parserVersion,
  )
  insertShown(writing, id, message)
  writing.index.add(id, message)
}

/** What a newer parser, or raw bytes that arrived after the header, make of a message that is here. */
export function rewriteMessage(
  writing: Writing,
  row: { id: MessageId; account: number; sender: number | null; raw: number | null; message: SealedMessage },
): void {
  const { statements } = writing
  const { id, message } = row
  const { document } = message.incoming
  const derived = derive(writing, row.account, message)
  statements.run(
    `UPDATE messages SET size_bytes = coalesce(?, size_bytes), attachments = ?, from_id = ?, list_no = ?, message_key = ?, subject_key = ?,
       parent_keys = ?, threading = iif(threading = ${THREADING.byProvider}, threading, ?), raw_id = ?, parser_version = ? WHERE id = ?`,
    message.raw?.sizeBytes ?? null,
    derived.attachments,
    row.sender,
    derived.list,
    derived.messageKey,
    derived.subjectKey,
    derived.parents,
    derived.threading,
    row.raw,
    document.parserVersion,
    id,
  )
  statements.run('DELETE FROM envelopes WHERE id = ?', id)
  statements.run('DELETE FROM attachments WHERE message_id = ?', id)
  insertShown(writing, id, message)
  writing.index.replace(id, message)
}

interface Derived {
  readonly attachments: number
  readonly list: number | null
  readonly messageKey: number
  readonly subjectKey: number
  readonly parents: Uint8Array | null
  readonly threading: number
}

function derive(
  writing: Writing,
  account: number,
  { incoming: { document, provider }, subject }: SealedMessage,
): Derived {
  const parents = parentKeys(document)
  const named = subjectKey(account, subject)
  const isOrphan = named !== 0 && subject.isReply && parents.length === 0
  return {
    attachments: document.hasAttachments ? Math.max(1, document.attachments.filter(({ inline }) => !inline).length) : 0,
    list: writing.list(document.listId),
    messageKey: messageKey(document.messageId),
    subjectKey: named,
    parents: parents.length === 0 ? null : new Uint8Array(Float64Array.from(parents).buffer),
    threading:
      provider?.threadId !== undefined ? THREADING.byProvider : isOrphan ? THREADING.orphanReply : THREADING.byHeaders,
  }
}

function insertShown(writing: Writing, id: MessageId, { incoming: { document } }: SealedMessage): void {
  const { statements } = writing
  statements.run(
    'INSERT INTO envelopes(id, message_id, subject, people, snippet, unsubscribe) VALUES (?, ?, ?, ?, ?, ?)',
    id,
    document.messageId.slice(0, subjectCharsMax),
    document.subject.slice(0, subjectCharsMax),
    peopleAsText(document),
    document.snippet.slice(0, snippetCharsMax),
    unsubscribeAsText(document.unsubscribe),
  )
  for (const attachment of document.attachments.slice(0, attachmentsMax)) {
    statements.run(
      `INSERT OR IGNORE INTO attachments(message_id, part, filename, content_type, disposition, content_id,
         is_inline, size_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      attachment.part,
      attachment.filename.slice(0, subjectCharsMax),
      attachment.contentType.slice(0, personCharsMax),
      attachment.disposition,
      attachment.contentId.slice(0, subjectCharsMax),
      attachment.inline ? 1 : 0,
      attachment.sizeBytes,
    )
  }
}

/** From, To, Cc and Bcc as [[name, address], …], without the empty lists at the end. */
function peopleAsText({ from, to, cc, bcc }: MessageDocument): string {
  const lists = [from, to, cc, bcc].map(list => list.slice(0, peoplePerHeaderMax).map(shortened))
  while (lists.length > 0 && lists.at(-1)?.length === 0) lists.pop()
  return JSON.stringify(lists)
}

const uriCharsMax = 4_000

/** A longer address would not be one when it is cut: it is left out. */
function unsubscribeAsText(unsubscribe: Unsubscribe | null): string | null {
  return unsubscribe === null || unsubscribe.uri.length > uriCharsMax ? null : `${unsubscribe.kind} ${unsubscribe.uri}`
}

function shortened({ name, email }: Address): readonly [string, string] {
  return [name?.slice(0, personCharsMax) ?? '', email.slice(0, personCharsMax)]
}
