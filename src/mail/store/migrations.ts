import type { DatabaseSync } from 'node:sqlite'
import { err, ok, type Result } from '#base/result.ts'
import { applicationId } from './database.ts'
import { type StoreError, storeError } from './errors.ts'
import { schema1 } from './schema-1.ts'
import { schema2 } from './schema-2.ts'
import { schema3 } from './schema-3.ts'
import { schema4 } from './schema-4.ts'

export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
}

/** Numbered from 1 without gaps. A migration that has been released is never edited: the next one mends it. */
export const migrations: readonly Migration[] = [
  { version: 1, name: 'messages, labels, threads, raw bytes, index', sql: schema1 },
  { version: 2, name: 'decisions, outbox, snoozes, plans', sql: schema2 },
  { version: 3, name: 'drafts, sends', sql: schema3 },
  { version: 4, name: 'cursors of synchronised mailboxes', sql: schema4 },
]

export const schemaVersion = migrations.length

/** What kind of file this is, by two numbers in its first page: no table is read. */
export function inspect(database: DatabaseSync): Result<{ version: number }, StoreError> {
  const version = pragma(database, 'user_version')
  const application = pragma(database, 'application_id')
  const isEmpty = version === 0 && application === 0 && pragma(database, 'schema_version') === 0
  if (application !== applicationId && !isEmpty) {
    return err(storeError('not_a_store', 'the file is a database of another program'))
  }
  if (version > schemaVersion) {
    return err(
      storeError(
        'schema_newer',
        `the store was written by a newer version (schema ${version}; this one knows ${schemaVersion}): update first`,
      ),
    )
  }
  return ok({ version })
}

/**
 * Brings the file to the newest schema, each step in its own transaction: what a crash leaves is the schema before
 * or after a step. `steps` is for tests.
 */
export function migrate(
  database: DatabaseSync,
  nowMs: number,
  steps: readonly Migration[] = migrations,
): Result<{ applied: number }, StoreError> {
  let applied = 0
  for (const step of steps) {
    database.exec('BEGIN IMMEDIATE')
    try {
      // Read inside the transaction: another process may have taken this step while we waited for the lock.
      const inspected = inspect(database)
      if (!inspected.ok) {
        database.exec('ROLLBACK')
        return inspected
      }
      if (inspected.value.version < step.version) {
        database.exec(step.sql)
        database
          .prepare('INSERT INTO migrations(version, name, applied_at) VALUES (?, ?, ?)')
          .run(step.version, step.name, nowMs)
        database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${step.version}`)
        applied++
      }
      database.exec('COMMIT')
    } catch (thrown) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw thrown
    }
  }
  return ok({ applied })
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id' | 'schema_version'): number {
  const row = database.prepare(`PRAGMA ${name}`).get()
  const value = row?.[name]
  if (typeof value !== 'number') throw new TypeError(`PRAGMA ${name} gave no number`)
  return value
}
