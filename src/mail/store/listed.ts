import { integer, type Row, type Statements, text } from './database.ts'
import { formatMessageId, formatThreadId, type MessageId } from './ids.ts'
import type { Address, LabelKind } from './incoming.ts'
import { FLAG } from './incoming.ts'
import { kindOf } from './label-rows.ts'
import { parsePeople } from './people-text.ts'

/** A message as lists show it. */
export interface ListedMessage {
  readonly id: string
  readonly threadId: string
  readonly account: string
  /** ms since 1970. */
  readonly date: number
  readonly from: readonly Address[]
  readonly to: readonly Address[]
  readonly cc: readonly Address[]
  readonly bcc: readonly Address[]
  readonly subject: string
  readonly snippet: string
  /** Message-ID without angle brackets. */
  readonly messageId: string
  readonly labels: readonly LabelName[]
  readonly flags: Flags
  readonly sizeBytes: number
  readonly hasAttachments: boolean
}

export interface LabelName {
  readonly name: string
  readonly kind: LabelKind
  readonly role: string | null
}

export type Flags = Readonly<Record<keyof typeof FLAG, boolean>>

export function namedFlags(bits: number): Flags {
  const has = (flag: number) => (bits & flag) !== 0
  return {
    read: has(FLAG.read),
    starred: has(FLAG.starred),
    draft: has(FLAG.draft),
    sent: has(FLAG.sent),
    trash: has(FLAG.trash),
    spam: has(FLAG.spam),
    archived: has(FLAG.archived),
    answered: has(FLAG.answered),
  }
}

const listedSql = `
  SELECT m.id, t.first_message, m.account_id, m.date, m.flags, m.size_bytes, m.attachments,
         e.people, e.subject, e.snippet, e.message_id,
         (SELECT group_concat(label_id) FROM message_labels l WHERE l.message_id = m.id)
  FROM json_each(?) wanted CROSS JOIN messages m ON m.id = wanted.value
    CROSS JOIN envelopes e ON e.id = m.id CROSS JOIN threads t ON t.id = m.thread_id`

const labelListsKept = 1_000

/** Turns ids into what lists show, and keeps the few names of labels and accounts that this takes. */
export class Lister {
  readonly #statements: Statements
  readonly #labels = new Map<number, LabelName>()
  /** By their numbers as the statement joins them: most mail has the labels of other mail. */
  readonly #labelLists = new Map<string, readonly LabelName[]>()
  readonly #accounts = new Map<number, string>()
  #dataVersion = -1

  constructor(statements: Statements) {
    this.#statements = statements
  }

  /** In the order of the ids; those that are not here are left out. */
  list(ids: readonly MessageId[]): ListedMessage[] {
    this.#forgetWhenChanged()
    const found = new Map<number, ListedMessage>()
    for (const row of this.#statements.all(listedSql, JSON.stringify(ids)))
      found.set(integer(row, 0), this.#listed(row))
    return ids.flatMap(id => found.get(id) ?? [])
  }

  #listed(row: Row): ListedMessage {
    const { from, to, cc, bcc } = parsePeople(text(row, 7))
    return {
      id: formatMessageId(integer(row, 0)),
      threadId: formatThreadId(integer(row, 1)),
      account: this.#account(integer(row, 2)),
      date: integer(row, 3) * 1000,
      from,
      to,
      cc,
      bcc,
      subject: text(row, 8),
      snippet: text(row, 9),
      messageId: text(row, 10),
      labels: typeof row[11] === 'string' ? this.#labelList(row[11]) : [],
      flags: namedFlags(integer(row, 4)),
      sizeBytes: integer(row, 5),
      hasAttachments: integer(row, 6) > 0,
    }
  }

  #labelList(ids: string): readonly LabelName[] {
    const known = this.#labelLists.get(ids)
    if (known !== undefined) return known
    const labels = ids.split(',').map(id => this.#label(Number(id)))
    if (this.#labelLists.size >= labelListsKept) this.#labelLists.clear()
    this.#labelLists.set(ids, labels)
    return labels
  }

  #label(id: number): LabelName {
    const known = this.#labels.get(id)
    if (known !== undefined) return known
    const row = this.#statements.one('SELECT name, kind, role FROM labels WHERE id = ?', id)
    const label = { name: text(row, 0), kind: kindOf(text(row, 1)), role: row?.[2] === null ? null : text(row, 2) }
    this.#labels.set(id, label)
    return label
  }

  #account(id: number): string {
    const known = this.#accounts.get(id)
    if (known !== undefined) return known
    const name = text(this.#statements.one('SELECT name FROM accounts WHERE id = ?', id), 0)
    this.#accounts.set(id, name)
    return name
  }

  #forgetWhenChanged(): void {
    const version = integer(this.#statements.one('PRAGMA data_version'), 0)
    if (version === this.#dataVersion) return
    this.#dataVersion = version
    this.#labels.clear()
    this.#labelLists.clear()
    this.#accounts.clear()
  }
}
