import { closeSync, constants, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { durable, syncFile, syncRenamed } from './durable.ts'
import { Failure } from './failure.ts'
import { openPrivateFile } from './private-directory.ts'

/**
 * Writes a file that only its owner may read, all or nothing: what a crash leaves is the old content or the new one.
 * The directory must exist. `backup` keeps the old content once, beside it.
 */
export function writePrivateFile(path: string, text: string | Uint8Array, options: { backup?: string } = {}): void {
  const directory = dirname(path)
  const fresh = join(directory, `.${basename(path)}.new`)
  rmSync(fresh, { force: true }) // left behind by a crash
  const descriptor = openPrivateFile(fresh, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | durable())
  try {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done)
    syncFile(descriptor)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  } finally {
    closeSync(descriptor)
  }
  if (options.backup !== undefined) keepOld(path, options.backup)
  renameSync(fresh, path)
  syncRenamed(path, directory)
}

/** The text of a file that only its owner may read; undefined when there is none, a `Failure` when it is open to others. */
export function readPrivateFile(path: string, bytesMax: number): string | undefined {
  let descriptor: number
  try {
    descriptor = openPrivateFile(path, constants.O_RDONLY)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  try {
    const bytes = readFileSync(descriptor)
    if (bytes.length > bytesMax)
      throw new Failure('failed', 'file_too_large', `${path} is larger than ${bytesMax} bytes`)
    return bytes.toString('utf8')
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Runs `work` while no other process that asks for the same lock does; whoever waits longer than `waitMs` is refused.
 * The lock is SQLite's, on a file beside `path`: the system lets go of it with the process, however that ends, which a
 * lock file of our own could only guess.
 */
export function withFileLock<T>(path: string, waitMs: number, work: () => T): T {
  const database = new DatabaseSync(`${path}.lock`, { timeout: waitMs })
  try {
    begin(database, path)
    return work()
  } finally {
    database.close()
  }
}

function begin(database: DatabaseSync, path: string): void {
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    const busy = cause instanceof Error && 'errcode' in cause && Number(cause.errcode) % 256 === 5
    if (busy) throw new Failure('try_later', 'file_locked', `${path} is being changed by another process`, { cause })
    throw cause
  }
}

function keepOld(path: string, backup: string): void {
  let old: Buffer
  try {
    old = readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  writePrivateFile(backup, old)
}
