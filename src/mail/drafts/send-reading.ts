import { bytes, integer, optionalInteger, type Row, type Statements, text } from '../store/database.ts'
import { messageKey } from '../thread/index.ts'

export const SEND_STATES = [
  'prepared',
  'waiting',
  'sending',
  'ending',
  'unknown',
  'held',
  'sent',
  'failed',
  'cancelled',
] as const
export type SendState = (typeof SEND_STATES)[number]

export interface SendRow {
  readonly id: number
  readonly draft: number
  readonly revision: number
  readonly account: string
  readonly messageId: string
  readonly digest: string
  readonly subject: string
  readonly from: string
  readonly state: SendState
  readonly isScheduled: boolean
  readonly preparedAt: number
  readonly notBefore: number
  readonly nextTryAt: number
  readonly attempts: number
  /** What last went wrong. */
  readonly code: string | null
  readonly detail: string | null
  readonly settledAt: number | null
  readonly copy: 'none' | 'wanted' | 'filed'
  readonly recipients: readonly SendRecipient[]
}

export interface SendRecipient {
  readonly address: string
  readonly state: 'pending' | 'taken' | 'refused' | 'delayed' | 'bounced'
  readonly code: string | null
  readonly detail: string | null
}

const columns = `s.id, s.draft_id, s.revision, a.name, s.message_id, s.digest, s.subject, s.sender, s.state, s.is_scheduled,
  s.prepared_at, s.not_before, s.next_try_at, s.attempts, s.code, s.detail, s.settled_at, s.copy
  FROM sends s JOIN accounts a ON a.id = s.account_id`
const listMax = 1_000

export function sendById(statements: Statements, id: number): SendRow | undefined {
  const row = statements.one(`SELECT ${columns} WHERE s.id = ?`, id)
  return row === undefined ? undefined : sendOf(statements, row)
}

/** The live one, else the latest. */
export function sendOfDraft(statements: Statements, draft: number): SendRow | undefined {
  const row = statements.one(
    `SELECT ${columns} WHERE s.draft_id = ? AND s.state NOT IN ('prepared', 'cancelled')
     ORDER BY s.state IN ('waiting', 'sending', 'ending', 'unknown', 'held') DESC, s.id DESC LIMIT 1`,
    draft,
  )
  return row === undefined ? undefined : sendOf(statements, row)
}

/** What was decided, the latest first. */
export function listSends(statements: Statements, states: readonly SendState[], limit = listMax): SendRow[] {
  const rows = statements.all(
    `SELECT ${columns} WHERE s.state IN (SELECT value FROM json_each(?)) ORDER BY s.id DESC LIMIT ?`,
    JSON.stringify(states),
    limit,
  )
  return rows.map(row => sendOf(statements, row))
}

/** When the next message of each account wants to leave: ms since 1970. */
export function dueAt(statements: Statements): { readonly account: string; readonly at: number }[] {
  const rows = statements.all(
    `SELECT a.name, min(s.next_try_at) FROM sends s JOIN accounts a ON a.id = s.account_id
     WHERE s.state = 'waiting' GROUP BY s.account_id`,
  )
  return rows.map(row => ({ account: text(row, 0), at: integer(row, 1) }))
}

/** Whether the mailbox holds the message: then a server took it, whatever became of its answer. */
export function isInMailbox(statements: Statements, { account, messageId }: SendRow): boolean {
  const row = statements.one(
    `SELECT 1 FROM messages m JOIN envelopes e ON e.id = m.id JOIN accounts a ON a.id = m.account_id
     WHERE m.message_key = ? AND e.message_id = ? AND a.name = ?`,
    messageKey(messageId),
    messageId,
    account,
  )
  return row !== undefined
}

/** Sends whose own copy has to be filed yet, the oldest first. */
export function copiesWanted(statements: Statements, account: string): number[] {
  const rows = statements.all(
    `SELECT s.id FROM sends s JOIN accounts a ON a.id = s.account_id
     WHERE s.copy = 'wanted' AND s.state = 'sent' AND a.name = ? ORDER BY s.id LIMIT 100`,
    account,
  )
  return rows.map(row => integer(row, 0))
}

/** The bytes of a send, as long as they are kept, and whom its own copy names in Bcc (JSON). */
export function sendBytes(statements: Statements, id: number): { bytes: Uint8Array; bcc: string } | undefined {
  const row = statements.one('SELECT bytes, bcc FROM sends WHERE id = ? AND bytes IS NOT NULL', id)
  return row === undefined ? undefined : { bytes: bytes(row, 0), bcc: text(row, 1) }
}

function sendOf(statements: Statements, row: Row): SendRow {
  const id = integer(row, 0)
  const copy = text(row, 17)
  return {
    id,
    draft: integer(row, 1),
    revision: integer(row, 2),
    account: text(row, 3),
    messageId: text(row, 4),
    digest: text(row, 5),
    subject: text(row, 6),
    from: text(row, 7),
    state: stateOf(text(row, 8)),
    isScheduled: integer(row, 9) === 1,
    preparedAt: integer(row, 10),
    notBefore: integer(row, 11),
    nextTryAt: integer(row, 12),
    attempts: integer(row, 13),
    code: textOrNull(row, 14),
    detail: textOrNull(row, 15),
    settledAt: optionalInteger(row, 16),
    copy: copy === 'wanted' || copy === 'filed' ? copy : 'none',
    recipients: recipientsOf(statements, id),
  }
}

export function recipientsOf(statements: Statements, send: number): SendRecipient[] {
  const rows = statements.all(
    'SELECT address, state, code, detail FROM send_recipients WHERE send_id = ? ORDER BY address',
    send,
  )
  return rows.map(row => {
    const state = recipientStates.find(known => known === row[1])
    if (state === undefined) throw new TypeError('a recipient in no state')
    return { address: text(row, 0), state, code: textOrNull(row, 2), detail: textOrNull(row, 3) }
  })
}

const recipientStates = ['pending', 'taken', 'refused', 'delayed', 'bounced'] as const

function stateOf(value: string): SendState {
  const state = SEND_STATES.find(known => known === value)
  if (state === undefined) throw new TypeError('a send in no state')
  return state
}

function textOrNull(row: Row, column: number): string | null {
  return row[column] === null ? null : text(row, column)
}
