import { err, ok, type Result } from '#base/result.ts'
import { integer, type Statements, text } from './database.ts'
import { fromException, type StoreError } from './errors.ts'
import type { MailReader } from './reader.ts'

export interface Finding {
  readonly code:
    | 'file_damaged'
    | 'index_missing_messages'
    | 'index_has_strangers'
    | 'label_counts_wrong'
    | 'thread_counts_wrong'
    | 'raw_damaged'
    | 'links_broken'
  readonly message: string
  /** How many rows it concerns. */
  readonly count: number
}

export interface CheckOptions {
  /** Also unpacks all raw bytes and compares their hashes: minutes on a large store. */
  readonly withRaw?: boolean
}

const findingsShownMax = 20

/** What `doctor` asks: is the file whole (FTS5's own structures included), and do its tables agree with each other. */
export function check(reader: MailReader, options: CheckOptions = {}): Result<readonly Finding[], StoreError> {
  try {
    const findings = [...damagedPages(reader.statements), ...disagreements(reader.statements)]
    if (options.withRaw === true) findings.push(...damagedRaws(reader))
    return ok(findings)
  } catch (thrown) {
    return err(fromException(thrown))
  }
}

function damagedPages(statements: Statements): Finding[] {
  return statements
    .all(`PRAGMA integrity_check(${findingsShownMax})`)
    .map(row => text(row, 0))
    .filter(line => line !== 'ok')
    .map(message => ({ code: 'file_damaged', message, count: 1 }))
}

const comparisons: readonly { code: Finding['code']; message: string; sql: string }[] = [
  {
    code: 'index_missing_messages',
    message: 'messages that a search cannot find: run reindex',
    sql: 'SELECT count(*) FROM (SELECT id FROM messages EXCEPT SELECT id FROM message_index_docsize)',
  },
  {
    code: 'index_has_strangers',
    message: 'index entries without a message: run reindex',
    sql: 'SELECT count(*) FROM (SELECT id FROM message_index_docsize EXCEPT SELECT id FROM messages)',
  },
  {
    code: 'label_counts_wrong',
    message: 'labels whose counts are wrong',
    sql: `SELECT count(*) FROM labels l WHERE
            total <> (SELECT count(*) FROM message_labels x WHERE x.label_id = l.id) OR
            unread <> (SELECT count(*) FROM message_labels x JOIN messages m ON m.id = x.message_id
                       WHERE x.label_id = l.id AND (m.flags & 1) = 0)`,
  },
  {
    code: 'thread_counts_wrong',
    message: 'threads whose counts are wrong',
    sql: `SELECT count(*) FROM threads t LEFT JOIN
            (SELECT thread_id, count(*) AS n, sum((flags & 1) = 0) AS u, min(id) AS f, max(id) AS l
             FROM messages GROUP BY thread_id) s ON s.thread_id = t.id
          WHERE s.n IS NULL OR s.n <> t.messages OR s.u <> t.unread OR s.f <> t.first_message OR s.l <> t.last_message`,
  },
  {
    code: 'links_broken',
    message: 'rows that refer to something that is gone',
    sql: 'SELECT count(*) FROM pragma_foreign_key_check',
  },
  {
    code: 'links_broken',
    message: 'messages without an envelope',
    sql: 'SELECT count(*) FROM (SELECT id FROM messages EXCEPT SELECT id FROM envelopes)',
  },
]

function disagreements(statements: Statements): Finding[] {
  return comparisons
    .map(({ code, message, sql }) => ({ code, message, count: integer(statements.one(sql), 0) }))
    .filter(({ count }) => count > 0)
}

function damagedRaws(reader: MailReader): Finding[] {
  const ids = reader.statements.all('SELECT id FROM raws ORDER BY block_id, start').map(row => integer(row, 0))
  const damaged = ids.filter(id => !reader.rawById(id).ok)
  if (damaged.length === 0) return []
  return [{ code: 'raw_damaged', message: 'raw messages that do not match their hash', count: damaged.length }]
}
