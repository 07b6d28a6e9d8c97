import { err, ok, type Result } from '#base/result.ts'
import { integer, type Row, type Statements, text } from './database.ts'
import { type StoreError, storeError } from './errors.ts'
import { formatMessageId, formatThreadId, parseMessageId } from './ids.ts'
import type { Address } from './incoming.ts'

export interface ListedThread {
  readonly id: string
  readonly account: string
  readonly subject: string
  /** Who wrote in it, those who wrote most first. */
  readonly participants: readonly Address[]
  readonly messages: number
  readonly unread: number
  /** ms since 1970, of the newest message. */
  readonly lastDate: number
  readonly snippet: string
}

export interface ThreadPageOptions {
  readonly limit: number
  /** `nextCursor` of the page before. */
  readonly cursor?: string
  /** Only threads with a message under this label; each stands where its newest such message does. */
  readonly label?: { readonly account: string; readonly key: string }
  /** Only threads of these accounts. */
  readonly accounts?: readonly string[]
}

export interface ThreadPage {
  readonly threads: readonly ListedThread[]
  /** Absent on the last page. */
  readonly nextCursor?: string
}

const limitMax = 1_000
const participantsMax = 8

/**
 * Threads, those with the newest mail first. A thread that gets mail while a person pages moves to the front; none
 * that stays where it was is shown twice or left out.
 */
export function listThreads(statements: Statements, options: ThreadPageOptions): Result<ThreadPage, StoreError> {
  const limit = Math.max(1, Math.min(limitMax, Math.floor(options.limit)))
  const before = options.cursor === undefined ? undefined : parseMessageId(options.cursor)
  if (options.cursor !== undefined && before === undefined) {
    return err(storeError('cursor_invalid', 'this is no cursor of a list of threads: start again without it'))
  }
  const rows = find(statements, { ...options, limit, before: before ?? Number.MAX_SAFE_INTEGER })
  const threads = rows.map(row => describe(statements, row))
  const last = rows.at(-1)
  if (rows.length < limit || last === undefined) return ok({ threads })
  return ok({ threads, nextCursor: formatMessageId(integer(last, 1)) })
}

type Find = ThreadPageOptions & { readonly before: number }

/** Rows of thread and the message by which it stands in the list. */
function find(statements: Statements, { before, limit, label, accounts }: Find): Row[] {
  const scope = accounts === undefined ? '' : 'AND a.name IN (SELECT value FROM json_each(?))'
  const scoped = accounts === undefined ? [] : [JSON.stringify(accounts)]
  if (label === undefined) {
    return statements.all(
      `SELECT t.id, t.last_message FROM threads t JOIN accounts a ON a.id = t.account_id
       WHERE t.last_message < ? ${scope} ORDER BY t.last_message DESC LIMIT ?`,
      before,
      ...scoped,
      limit,
    )
  }
  return statements.all(
    `SELECT m.thread_id, m.id FROM message_labels ml CROSS JOIN messages m ON m.id = ml.message_id
       CROSS JOIN accounts a ON a.id = m.account_id
     WHERE ml.label_id = (SELECT l.id FROM labels l JOIN accounts o ON o.id = l.account_id WHERE o.name = ? AND l.key = ?)
       AND ml.message_id < ? ${scope}
       AND NOT EXISTS (SELECT 1 FROM messages n CROSS JOIN message_labels nl ON nl.message_id = n.id
                       WHERE n.thread_id = m.thread_id AND n.id > m.id AND nl.label_id = ml.label_id)
     ORDER BY ml.message_id DESC LIMIT ?`,
    label.account,
    label.key,
    before,
    ...scoped,
    limit,
  )
}

function describe(statements: Statements, row: Row): ListedThread {
  const thread = statements.one(
    `SELECT t.first_message, a.name, f.subject, t.messages, t.unread, l.date, e.snippet
     FROM threads t JOIN accounts a ON a.id = t.account_id
       JOIN envelopes f ON f.id = t.first_message
       JOIN messages l ON l.id = t.last_message JOIN envelopes e ON e.id = t.last_message
     WHERE t.id = ?`,
    integer(row, 0),
  )
  const participants = statements.all(
    `SELECT p.name, p.address FROM thread_people tp JOIN people p ON p.id = tp.person_id
     WHERE tp.thread_id = ? ORDER BY tp.messages DESC, p.address LIMIT ${participantsMax}`,
    integer(row, 0),
  )
  return {
    id: formatThreadId(integer(thread, 0)),
    account: text(thread, 1),
    subject: text(thread, 2),
    participants: participants.map(person => ({
      name: text(person, 0) === '' ? null : text(person, 0),
      email: text(person, 1),
    })),
    messages: integer(thread, 3),
    unread: integer(thread, 4),
    lastDate: integer(thread, 5) * 1000,
    snippet: text(thread, 6),
  }
}
