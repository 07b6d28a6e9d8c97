import { integer, type Statements, text } from './database.ts'
import type { MessageId } from './ids.ts'
import type { LabelRole } from './incoming.ts'
import { LABEL_ROLES } from './incoming.ts'

/** How far a provider's mailbox is known here. */
export interface MailboxSync {
  readonly key: string
  readonly name: string
  readonly role: LabelRole | null
  readonly cursor: string | null
  readonly objectId: string | null
  readonly remaining: number
  /** ms since the epoch; null before the first page. */
  readonly syncedAt: number | null
  /** Messages that were passed over: too large, unreadable. */
  readonly skipped: number
}

export function readMailboxSyncs(statements: Statements, account: string): MailboxSync[] {
  const rows = statements.all(
    `SELECT l.key, l.name, l.role, s.cursor, s.object_id, s.remaining, s.synced_at,
            (SELECT count(*) FROM sync_skipped k WHERE k.label_id = l.id)
     FROM sync_mailboxes s JOIN labels l ON l.id = s.label_id JOIN accounts a ON a.id = l.account_id
     WHERE a.name = ? ORDER BY l.key`,
    account,
  )
  return rows.map(row => ({
    key: text(row, 0),
    name: text(row, 1),
    role: LABEL_ROLES.find(role => role === row[2]) ?? null,
    cursor: row[3] === null ? null : text(row, 3),
    objectId: row[4] === null ? null : text(row, 4),
    remaining: integer(row, 5),
    syncedAt: row[6] === null ? null : integer(row, 6),
    skipped: integer(row, 7),
  }))
}

export function readKnownPlaces(
  statements: Statements,
  account: string,
  { mailbox, uidvalidity }: { readonly mailbox: string; readonly uidvalidity: number },
): { uid: number; flags: number }[] {
  const label = statements.one(
    'SELECT l.id FROM labels l JOIN accounts a ON a.id = l.account_id WHERE a.name = ? AND l.key = ?',
    account,
    mailbox,
  )
  if (label === undefined) return []
  const rows = statements.all(
    `SELECT uid, flags FROM locations WHERE label_id = ?1 AND uidvalidity = ?2
     UNION ALL SELECT uid, 0 FROM sync_skipped WHERE label_id = ?1 AND uidvalidity = ?2`,
    integer(label, 0),
    uidvalidity,
  )
  return rows.map(row => ({ uid: integer(row, 0), flags: integer(row, 1) }))
}

const homelessNamedMax = 100_000

/** Messages that have lost their last place: moved and not seen again yet, or deleted. */
export function readHomeless(statements: Statements, account: string): MessageId[] {
  const rows = statements.all(
    `SELECT h.message_id FROM sync_homeless h JOIN messages m ON m.id = h.message_id
     WHERE m.account_id = (SELECT id FROM accounts WHERE name = ?)
     AND NOT EXISTS (SELECT 1 FROM locations p WHERE p.message_id = h.message_id) LIMIT ?`,
    account,
    homelessNamedMax,
  )
  return rows.map(row => integer(row, 0))
}

/** Messages that were moved for the person and not seen in their new folder yet. */
export function readExpected(statements: Statements, account: string): { message: MessageId; label: number }[] {
  const rows = statements.all(
    `SELECT e.message_id, e.label_id FROM sync_expected e JOIN labels l ON l.id = e.label_id
     WHERE l.account_id = (SELECT id FROM accounts WHERE name = ?) LIMIT ?`,
    account,
    homelessNamedMax,
  )
  return rows.map(row => ({ message: integer(row, 0), label: integer(row, 1) }))
}
