import type { Statements } from './database.ts'
import type { MessageId } from './ids.ts'
import type { IndexTerms } from './index-terms.ts'

interface IndexChange {
  /** The message had an entry before the transaction, which has to go first. */
  readonly isIndexed: boolean
  /** Undefined when the message is gone. */
  readonly terms: IndexTerms | undefined
}

const wordsKept = 200_000

/**
 * The index's side of a transaction, written last and in the order of the row ids: FTS5 writes out everything it
 * holds whenever a row id is not above the last one, and whenever another statement of the transaction needs a
 * savepoint.
 */
export class IndexRows {
  readonly #statements: Statements
  readonly #words = new Set<string>()
  readonly #changes = new Map<MessageId, IndexChange>()

  constructor(statements: Statements) {
    this.#statements = statements
  }

  add(id: MessageId, terms: IndexTerms): void {
    this.#changes.set(id, { isIndexed: this.#changes.get(id)?.isIndexed ?? false, terms })
  }

  replace(id: MessageId, terms: IndexTerms): void {
    this.#changes.set(id, { isIndexed: this.#changes.get(id)?.isIndexed ?? true, terms })
  }

  remove(id: MessageId): void {
    this.#changes.set(id, { isIndexed: this.#changes.get(id)?.isIndexed ?? true, terms: undefined })
  }

  /** Forgets everything: another process wrote, or a transaction was rolled back. */
  clear(): void {
    this.#changes.clear()
    this.#words.clear()
  }

  write(): void {
    const inOrder = [...this.#changes].sort(([one], [other]) => one - other)
    this.#changes.clear()
    for (const [id, { isIndexed }] of inOrder) {
      if (isIndexed) this.#statements.run('DELETE FROM message_index WHERE rowid = ?', id)
    }
    for (const [id, { terms }] of inOrder) if (terms !== undefined) this.#insert(id, terms)
    for (const [, { terms }] of inOrder) for (const word of terms?.words ?? []) this.#insertWord(word)
  }

  #insert(id: MessageId, terms: IndexTerms): void {
    this.#statements.run(
      `INSERT INTO message_index(rowid, subject, sender, recipient, cc, bcc, delivered, list, filename, body, facts)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      terms.subject,
      terms.sender,
      terms.recipient,
      terms.cc,
      terms.bcc,
      terms.delivered,
      terms.list,
      terms.filename,
      terms.body,
      terms.facts,
    )
  }

  #insertWord(word: string): void {
    if (this.#words.has(word)) return
    if (this.#words.size >= wordsKept) this.#words.clear()
    this.#words.add(word)
    const written = this.#statements.write('INSERT OR IGNORE INTO words(word) VALUES (?)').run(word)
    if (written.changes === 0n) return
    this.#statements.run('INSERT INTO word_pieces(rowid, word) VALUES (?, ?)', written.lastInsertRowid, word)
  }
}
