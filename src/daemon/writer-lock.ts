import { readFileSync } from 'node:fs'
import { Failure } from '#base/failure.ts'
import type { Paths } from '#base/paths.ts'
import { writePrivateFile } from '#base/private-file.ts'
import { ProcessLock } from '#base/process-lock.ts'
import { writerFile, writerLockFile } from './places.ts'

/** What the daemon calls itself as the holder of the lock. */
export const daemonName = 'the daemon'

/** The right to write an instance's mail, for as long as this process lives or until it is released. */
export function takeWriterLock(paths: Paths, what: string, waitMs = 0): ProcessLock {
  const lock = ProcessLock.take(writerLockFile(paths), waitMs)
  if (lock === undefined) throw writerBusy(paths)
  writePrivateFile(writerFile(paths), JSON.stringify({ pid: process.pid, what }))
  return lock
}

export function writerBusy(paths: Paths): Failure {
  const holder = holderOf(paths)
  const isDaemon = holder?.what === daemonName
  const who = holder === undefined ? 'another process' : `${holder.what} (process ${holder.pid})`
  return new Failure(
    'try_later',
    isDaemon ? 'daemon_running' : 'store_in_use',
    `${who} has the mail of this instance`,
    {
      ...(isDaemon ? { next: 'postern daemon stop' } : {}),
      ...(holder === undefined ? {} : { data: { pid: holder.pid } }),
    },
  )
}

/** As it was written by whoever took the lock last: good for a message, not for a decision. */
export function holderOf(paths: Paths): { readonly pid: number; readonly what: string } | undefined {
  try {
    const { pid, what }: { pid?: unknown; what?: unknown } = JSON.parse(readFileSync(writerFile(paths), 'utf8'))
    return typeof pid === 'number' && typeof what === 'string' ? { pid, what } : undefined
  } catch {
    return undefined
  }
}
