import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '#base/clock.ts'
import { err, ok, type Result } from '#base/result.ts'
import { integer, Statements } from './database.ts'
import { fromException, type StoreError } from './errors.ts'
import type { Address } from './incoming.ts'
import { IndexRows } from './index-rows.ts'
import { LabelRows } from './label-rows.ts'
import { ThreadRows } from './thread-rows.ts'

const peopleKept = 50_000
const nameCharsMax = 200
const addressCharsMax = 320

/** The one connection that writes, and what it remembers between transactions. */
export class Writing {
  readonly database: DatabaseSync
  readonly clock: Clock
  readonly statements: Statements
  readonly labels: LabelRows
  readonly threads: ThreadRows
  readonly index: IndexRows
  readonly #accounts = new Map<string, number>()
  readonly #people = new Map<string, number>()
  readonly #lists = new Map<string, number>()
  #dataVersion = -1

  constructor(database: DatabaseSync, clock: Clock) {
    this.database = database
    this.clock = clock
    this.statements = new Statements(database)
    this.labels = new LabelRows(this.statements)
    this.threads = new ThreadRows(this.statements)
    this.index = new IndexRows(this.statements)
  }

  /** All of it or nothing. What the environment refuses comes back as an error, a bug is thrown; both roll back. */
  transaction<T>(work: () => Result<T, StoreError>): Result<T, StoreError> {
    try {
      this.database.exec('BEGIN IMMEDIATE')
      const version = integer(this.statements.one('PRAGMA data_version'), 0)
      if (version !== this.#dataVersion) this.#forget()
      this.#dataVersion = version
      const result = work()
      if (result.ok) {
        this.labels.writeCounts()
        this.index.write()
        this.database.exec('COMMIT')
      } else this.#rollBack()
      return result
    } catch (thrown) {
      this.#rollBack()
      return err(fromException(thrown))
    }
  }

  /** One statement's worth of reading or tending, outside a transaction. */
  attempt<T>(work: () => T): Result<T, StoreError> {
    try {
      return ok(work())
    } catch (thrown) {
      return err(fromException(thrown))
    }
  }

  account(name: string): number {
    const known = this.#accounts.get(name)
    if (known !== undefined) return known
    this.statements.run('INSERT OR IGNORE INTO accounts(name, created_at) VALUES (?, ?)', name, this.clock.now())
    const id = integer(this.statements.one('SELECT id FROM accounts WHERE name = ?', name), 0)
    this.#accounts.set(name, id)
    return id
  }

  person({ name, email }: Address): number {
    const key = email.slice(0, addressCharsMax).toLowerCase()
    const known = this.#people.get(key)
    if (known !== undefined) return known
    if (this.#people.size >= peopleKept) this.#people.clear()
    this.statements.run(
      'INSERT OR IGNORE INTO people(address, name) VALUES (?, ?)',
      key,
      name?.slice(0, nameCharsMax) ?? '',
    )
    const id = integer(this.statements.one('SELECT id FROM people WHERE address = ?', key), 0)
    this.#people.set(key, id)
    return id
  }

  list(listId: string): number | null {
    const key = listId.slice(0, addressCharsMax).toLowerCase()
    if (key === '') return null
    const known = this.#lists.get(key)
    if (known !== undefined) return known
    this.statements.run('INSERT OR IGNORE INTO lists(list_id) VALUES (?)', key)
    const id = integer(this.statements.one('SELECT id FROM lists WHERE list_id = ?', key), 0)
    this.#lists.set(key, id)
    return id
  }

  #rollBack(): void {
    this.#forget()
    if (this.database.isTransaction) this.database.exec('ROLLBACK')
  }

  #forget(): void {
    this.#accounts.clear()
    this.#people.clear()
    this.#lists.clear()
    this.labels.clear()
    this.threads.clear()
    this.index.clear()
  }
}
