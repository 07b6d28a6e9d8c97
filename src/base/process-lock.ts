import { closeSync, constants } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { openPrivateFile } from './private-directory.ts'

/**
 * One process at a time, for as long as it lives. The lock is SQLite's on an empty file: the system lets go of it with
 * the process, however that ends, so there is no stale lock to be judged. The file stays; it means nothing by itself.
 */
export class ProcessLock {
  readonly #path: string
  readonly #database: DatabaseSync

  private constructor(path: string, database: DatabaseSync) {
    this.#path = path
    this.#database = database
  }

  /** Undefined when another process, or another holder in this one, still has it after `waitMs`. */
  static take(path: string, waitMs = 0): ProcessLock | undefined {
    // Closing a second descriptor would drop the first one's lock (POSIX, fcntl): within a process nobody tries twice.
    if (held.has(path)) return undefined
    closeSync(openPrivateFile(path, constants.O_RDWR | constants.O_CREAT))
    const database = new DatabaseSync(path, { timeout: waitMs })
    try {
      database.exec('PRAGMA journal_mode = off; BEGIN EXCLUSIVE')
    } catch (error) {
      database.close()
      if (isBusy(error)) return undefined
      throw error
    }
    held.add(path)
    return new ProcessLock(path, database)
  }

  release(): void {
    held.delete(this.#path)
    if (this.#database.isOpen) this.#database.close()
  }
}

const held = new Set<string>()

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === 5
}
