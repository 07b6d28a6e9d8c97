import { err, ok, type Result } from '#base/result.ts'
import { arrange, type ThreadPlace } from '../thread/index.ts'
import { integer, openForReading, Statements, text } from './database.ts'
import { fromException, type StoreError, storeError } from './errors.ts'
import { formatMessageId, type MessageId, parseMessageId, parseThreadId } from './ids.ts'
import type { AttachmentFacts, LabelKind, Unsubscribe } from './incoming.ts'
import { kindOf } from './label-rows.ts'
import { type ListedMessage, Lister } from './listed.ts'
import { inspect, schemaVersion } from './migrations.ts'
import { RawReader } from './raw-reader.ts'
import { listSavedSearches, type SavedSearch } from './saved-searches.ts'
import { type MailboxSync, readExpected, readHomeless, readKnownPlaces, readMailboxSyncs } from './sync-state.ts'
import { listThreads, type ThreadPage, type ThreadPageOptions } from './thread-list.ts'

export interface Label {
  readonly id: number
  readonly account: string
  readonly key: string
  readonly name: string
  readonly kind: LabelKind
  readonly role: string | null
  readonly total: number
  readonly unread: number
}

export interface ThreadMessage extends ListedMessage {
  readonly depth: number
}

/** Where a message of an account stands already: for an importer that starts again. */
export interface Placed {
  readonly id: MessageId
  /** Bits of `FLAG`. */
  readonly flags: number
  readonly labelKeys: readonly string[]
}

const threadMessagesMax = 2_000
const unsubscribeKinds = ['one_click', 'mailto', 'http_link', 'body_link'] as const

/** Reads while another process writes. Opening looks at two numbers of the first page and nothing else. */
export class MailReader {
  /** For the search room, which brings its own statements. */
  readonly statements: Statements
  readonly #raws: RawReader
  readonly #lister: Lister

  private constructor(statements: Statements) {
    this.statements = statements
    this.#raws = new RawReader(statements)
    this.#lister = new Lister(statements)
  }

  static open(path: string): Result<MailReader, StoreError> {
    try {
      const database = openForReading(path)
      const inspected = inspect(database)
      if (inspected.ok && inspected.value.version === schemaVersion) return ok(new MailReader(new Statements(database)))
      database.close()
      if (!inspected.ok) return inspected
      return err(
        storeError(
          'schema_older',
          'the store is of an older version: the daemon of this one brings it up to date when it starts',
        ),
      )
    } catch (thrown) {
      return err(fromException(thrown))
    }
  }

  /** All that `work` reads is of one moment, whatever is written meanwhile; it is also cheaper than single reads. */
  snapshot<T>(work: () => T): T {
    const { database } = this.statements
    if (database.isTransaction) return work()
    database.exec('BEGIN')
    try {
      return work()
    } finally {
      database.exec('COMMIT')
    }
  }

  /** In the order of the ids; those that are not here are left out. */
  list(ids: readonly MessageId[]): ListedMessage[] {
    return this.#lister.list(ids)
  }

  /** Accepts the id as text, as people and programs hold it. */
  message(id: string): ListedMessage | undefined {
    const parsed = parseMessageId(id)
    return parsed === undefined ? undefined : this.#lister.list([parsed])[0]
  }

  raw(id: MessageId): Result<Uint8Array, StoreError> {
    return this.#raws.read(id)
  }

  /** By the number of the raw bytes themselves: for checking them all. */
  rawById(rawId: number): Result<Uint8Array, StoreError> {
    return this.#raws.readRaw(rawId)
  }

  attachments(id: MessageId): AttachmentFacts[] {
    const rows = this.statements.all(
      `SELECT part, filename, content_type, disposition, content_id, is_inline, size_bytes FROM attachments
       WHERE message_id = ? ORDER BY part`,
      id,
    )
    return rows.map(row => {
      const disposition = text(row, 3)
      return {
        part: text(row, 0),
        filename: text(row, 1),
        contentType: text(row, 2),
        disposition: disposition === 'attachment' || disposition === 'inline' ? disposition : '',
        contentId: text(row, 4),
        inline: integer(row, 5) === 1,
        sizeBytes: integer(row, 6),
      }
    })
  }

  /** How to leave the list that this message came from. */
  unsubscribe(id: MessageId): Unsubscribe | null {
    const held = this.statements.one('SELECT unsubscribe FROM envelopes WHERE id = ?', id)?.[0]
    const found = typeof held === 'string' ? /^(one_click|mailto|http_link|body_link) (.*)$/s.exec(held) : null
    const kind = unsubscribeKinds.find(known => known === found?.[1])
    return kind === undefined ? null : { kind, uri: found?.[2] ?? '' }
  }

  /** A thread in reading order, by its id or by that of any of its messages. Of very long ones the newest are given. */
  thread(id: string): ThreadMessage[] | undefined {
    const parsed = parseThreadId(id)
    const row =
      parsed === undefined ? undefined : this.statements.one('SELECT thread_id FROM messages WHERE id = ?', parsed)
    if (row === undefined) return undefined
    const members = this.statements.all(
      `SELECT id, message_key, parent_keys FROM messages WHERE thread_id = ? ORDER BY id DESC LIMIT ${threadMessagesMax}`,
      integer(row, 0),
    )
    const places: ThreadPlace[] = arrange(
      members.map(member => ({ id: integer(member, 0), key: integer(member, 1), parents: parentsFrom(member[2]) })),
    )
    const depths = new Map(places.map(({ id: place, depth }) => [formatMessageId(place), depth]))
    return this.#lister
      .list(places.map(place => place.id))
      .map(message => ({ ...message, depth: depths.get(message.id) ?? 0 }))
  }

  threads(options: ThreadPageOptions): Result<ThreadPage, StoreError> {
    return listThreads(this.statements, options)
  }

  labels(): Label[] {
    const rows = this.statements.all(
      `SELECT l.id, a.name, l.key, l.name, l.kind, l.role, l.total, l.unread
       FROM labels l JOIN accounts a ON a.id = l.account_id ORDER BY a.name, l.name, l.key`,
    )
    return rows.map(row => ({
      id: integer(row, 0),
      account: text(row, 1),
      key: text(row, 2),
      name: text(row, 3),
      kind: kindOf(text(row, 4)),
      role: row[5] === null ? null : text(row, 5),
      total: integer(row, 6),
      unread: integer(row, 7),
    }))
  }

  savedSearches(): SavedSearch[] {
    return listSavedSearches(this.statements)
  }

  accounts(): { name: string; addresses: string[] }[] {
    const rows = this.statements.all(
      `SELECT a.name, d.address FROM accounts a LEFT JOIN account_addresses d ON d.account_id = a.id
       ORDER BY a.name, d.is_primary DESC, d.address`,
    )
    const byName = new Map<string, string[]>()
    for (const row of rows) {
      const addresses = byName.get(text(row, 0)) ?? []
      if (typeof row[1] === 'string') addresses.push(row[1])
      byName.set(text(row, 0), addresses)
    }
    return [...byName].map(([name, addresses]) => ({ name, addresses }))
  }

  isRawStored(sha256: Uint8Array): boolean {
    return this.statements.one('SELECT 1 FROM raws WHERE sha256 = ?', sha256) !== undefined
  }

  /** Whether there are raw bytes of any message. */
  holdsMail(): boolean {
    return this.statements.one('SELECT 1 FROM raws LIMIT 1') !== undefined
  }

  placed(account: string, sha256: Uint8Array): Placed | undefined {
    const row = this.statements.one(
      `SELECT m.id, m.flags FROM raws r JOIN messages m ON m.raw_id = r.id JOIN accounts a ON a.id = m.account_id
       WHERE r.sha256 = ? AND a.name = ?`,
      sha256,
      account,
    )
    if (row === undefined) return undefined
    const labels = this.statements.all(
      'SELECT l.key FROM message_labels ml JOIN labels l ON l.id = ml.label_id WHERE ml.message_id = ?',
      integer(row, 0),
    )
    return { id: integer(row, 0), flags: integer(row, 1), labelKeys: labels.map(label => text(label, 0)) }
  }

  /** The UIDs that a folder is known to have, with the message there and the flags that the server had for it. */
  places(account: string, mailbox: string, uidvalidity: number): { uid: number; id: MessageId; flags: number }[] {
    const rows = this.statements.all(
      `SELECT p.uid, p.message_id, p.flags FROM locations p JOIN labels l ON l.id = p.label_id
       JOIN accounts a ON a.id = l.account_id
       WHERE a.name = ? AND l.key = ? AND p.uidvalidity = ? ORDER BY p.uid`,
      account,
      mailbox,
      uidvalidity,
    )
    return rows.map(row => ({ uid: integer(row, 0), id: integer(row, 1), flags: integer(row, 2) }))
  }

  /** The UIDs of a folder that need not be fetched, those that were passed over included. */
  knownPlaces(account: string, mailbox: string, uidvalidity: number): { uid: number; flags: number }[] {
    return readKnownPlaces(this.statements, account, { mailbox, uidvalidity })
  }

  /** Messages of an account that stand nowhere at their provider any more, as far as is known. */
  homeless(account: string): MessageId[] {
    return readHomeless(this.statements, account)
  }

  /** Messages that were moved for the person, with the label of the folder where they have not been seen yet. */
  expected(account: string): { message: MessageId; label: number }[] {
    return readExpected(this.statements, account)
  }

  /** How far each mailbox of an account is known. */
  mailboxSyncs(account: string): MailboxSync[] {
    return readMailboxSyncs(this.statements, account)
  }

  /** Messages that an older parser read, oldest first, for deriving them again. */
  staleMessages(parserVersion: number, afterId: MessageId, limit: number): { id: MessageId; account: string }[] {
    const rows = this.statements.all(
      `SELECT m.id, a.name FROM messages m JOIN accounts a ON a.id = m.account_id
       WHERE m.parser_version < ? AND m.raw_id IS NOT NULL AND m.id > ? ORDER BY m.id LIMIT ?`,
      parserVersion,
      afterId,
      limit,
    )
    return rows.map(row => ({ id: integer(row, 0), account: text(row, 1) }))
  }

  totals(): { messages: number; threads: number; unread: number; rawBytes: number } {
    const row = this.statements.one(
      `SELECT (SELECT count(*) FROM messages), (SELECT count(*) FROM threads),
              (SELECT count(*) FROM messages WHERE (flags & 1) = 0), (SELECT coalesce(sum(size_bytes), 0) FROM raws)`,
    )
    return { messages: integer(row, 0), threads: integer(row, 1), unread: integer(row, 2), rawBytes: integer(row, 3) }
  }

  close(): void {
    if (this.statements.database.isOpen) this.statements.database.close()
  }
}

function parentsFrom(value: unknown): number[] {
  if (!(value instanceof Uint8Array)) return []
  return [...new Float64Array(Uint8Array.prototype.slice.call(value).buffer)]
}
