import { accessSync, chmodSync, closeSync, constants, openSync } from 'node:fs'
import { DatabaseSync, type StatementSync, constants as sqlite } from 'node:sqlite'

/** 'Post' as a big-endian number: what `file` and we tell our databases by. */
export const applicationId = 0x506f7374

const busyTimeoutMs = 30_000
const writerCacheKib = 32 * 1024
const readerCacheKib = 32 * 1024
const checkpointPages = 4000

/** A connection that can write, to a file that is made if there is none. Nothing is changed yet: it may be no store. */
export function openForWriting(path: string): DatabaseSync {
  closeSync(openSync(path, 'a', 0o600))
  // The index is written in the form in which FTS5 keeps it (fts/), which SQLite lets nobody do who is on the defensive.
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs, limits: { attach: 0 }, defensive: false })
  refuseAttach(database)
  return database
}

/** Once the file is known to be ours. SQLite gives the -wal and -shm files the mode that the file has. */
export function settleForWriting(database: DatabaseSync, path: string): void {
  chmodSync(path, 0o600)
  database.exec(
    `PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA cache_size = -${writerCacheKib};` +
      `PRAGMA wal_autocheckpoint = ${checkpointPages}; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = memory`,
  )
}

/** A connection that can only read; it sees one consistent state per statement or transaction while another process writes. */
export function openForReading(path: string): DatabaseSync {
  // SQLite says of a missing file only that it cannot be opened.
  accessSync(path, constants.R_OK)
  const database = new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs, limits: { attach: 0 } })
  refuseAttach(database)
  database.exec(`PRAGMA cache_size = -${readerCacheKib}; PRAGMA temp_store = memory`)
  return database
}

/** No statement of ours attaches a file; one that would is someone else's. */
function refuseAttach(database: DatabaseSync): void {
  database.setAuthorizer(action =>
    action === sqlite.SQLITE_ATTACH || action === sqlite.SQLITE_DETACH ? sqlite.SQLITE_DENY : sqlite.SQLITE_OK,
  )
}

export type Value = string | number | bigint | Uint8Array | null

/** Statements by their text, prepared once per connection. */
export class Statements {
  readonly database: DatabaseSync
  readonly #reading = new Map<string, StatementSync>()
  readonly #writing = new Map<string, StatementSync>()
  readonly #kept: number

  constructor(database: DatabaseSync, kept = 256) {
    this.database = database
    this.#kept = kept
  }

  /** Rows come as arrays of values. */
  read(sql: string): StatementSync {
    let statement = this.#reading.get(sql)
    if (statement === undefined) {
      if (this.#reading.size >= this.#kept) this.#reading.clear()
      statement = this.database.prepare(sql)
      statement.setReturnArrays(true)
      this.#reading.set(sql, statement)
    }
    return statement
  }

  /**
   * For every statement that changes something. FTS5 keeps a last rowid above 2^53 after the second deletion from a
   * contentless table, and `run()` reports it: as a number it would throw although the change took effect.
   */
  write(sql: string): StatementSync {
    let statement = this.#writing.get(sql)
    if (statement === undefined) {
      statement = this.database.prepare(sql)
      statement.setReadBigInts(true)
      this.#writing.set(sql, statement)
    }
    return statement
  }

  all(sql: string, ...values: Value[]): Row[] {
    return rows(this.read(sql).all(...values))
  }

  one(sql: string, ...values: Value[]): Row | undefined {
    const row: unknown = this.read(sql).get(...values)
    return row === undefined ? undefined : asRow(row)
  }

  /** How many rows changed. */
  run(sql: string, ...values: Value[]): number {
    return Number(this.write(sql).run(...values).changes)
  }

  /** The rowid of the row that was inserted. */
  insert(sql: string, ...values: Value[]): number {
    return Number(this.write(sql).run(...values).lastInsertRowid)
  }
}

export type Row = readonly unknown[]

/** `setReturnArrays` changes what `all()` returns, which its declared type does not know. */
function rows(result: unknown): Row[] {
  if (!Array.isArray(result)) throw new TypeError('SQLite returned no rows array')
  return result
}

function asRow(row: unknown): Row {
  if (!Array.isArray(row)) throw new TypeError('SQLite returned no row array')
  return row
}

export function integer(row: Row | undefined, column: number): number {
  const value = row?.[column]
  if (typeof value === 'number') return value
  throw new TypeError(`column ${column} holds no integer`)
}

export function optionalInteger(row: Row | undefined, column: number): number | null {
  return row?.[column] === null ? null : integer(row, column)
}

export function text(row: Row | undefined, column: number): string {
  const value = row?.[column]
  if (typeof value === 'string') return value
  throw new TypeError(`column ${column} holds no text`)
}

export function bytes(row: Row | undefined, column: number): Uint8Array {
  const value = row?.[column]
  if (value instanceof Uint8Array) return value
  throw new TypeError(`column ${column} holds no bytes`)
}
