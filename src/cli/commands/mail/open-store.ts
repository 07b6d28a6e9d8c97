import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Exit, Failure } from '#base/failure.ts'
import { checkPrivateDirectory } from '#base/private-directory.ts'
import type { Result } from '#base/result.ts'
import { MailReader, type StoreError, type StoreErrorCode } from '#mail/store/reading.ts'
import type { Session } from '../../session.ts'

/** Where an instance keeps its mail. */
export function storeFile({ paths }: Session): string {
  return join(paths.dataDir, 'mail.db')
}

/** Runs `work` on the mail of this instance, and closes it whatever happens. */
export async function withReader<T>(session: Session, work: (reader: MailReader) => T | Promise<T>): Promise<T> {
  const reader = openReader(session)
  try {
    return await work(reader)
  } finally {
    reader.close()
  }
}

/** The value, or the end of the command with what a person can do about the refusal. */
export function unwrap<T>(result: Result<T, StoreError>): T {
  if (result.ok) return result.value
  throw storeFailure(result.error)
}

export function storeFailure({ code, message, cause }: StoreError): Failure {
  const { exit, next } = refusals[code]
  return new Failure(exit, code, message, { ...(next === undefined ? {} : { next }), cause })
}

/**
 * A store of an older version is not brought up to date here: a reading command may not write, and a daemon of that
 * version may be using it. The daemon of this version does it when it starts.
 */
function openReader(session: Session): MailReader {
  return unwrap(openChecked(session))
}

function openChecked(session: Session): Result<MailReader, StoreError> {
  // Also before anything is kept there: a directory that is open to others would take the first mail as well.
  if (existsSync(session.paths.dataDir)) checkPrivateDirectory(session.paths.dataDir, session.paths.homeDir)
  return MailReader.open(storeFile(session))
}

const refusals: Readonly<Record<StoreErrorCode, { readonly exit: Exit; readonly next?: string }>> = {
  store_missing: { exit: 'not_found', next: 'postern import PATH, or postern demo' },
  store_unreadable: { exit: 'failed', next: 'postern doctor' },
  not_a_store: { exit: 'integrity', next: 'postern doctor' },
  schema_newer: { exit: 'failed', next: 'install the version of Postern that wrote it, or a newer one' },
  schema_older: { exit: 'try_later', next: 'postern daemon restart' },
  disk_full: { exit: 'failed', next: 'make room, then run the same command again' },
  io_failed: { exit: 'failed', next: 'postern doctor' },
  store_busy: { exit: 'try_later' },
  store_corrupt: { exit: 'integrity', next: 'postern doctor' },
  raw_missing: { exit: 'not_found' },
  raw_corrupt: { exit: 'integrity', next: 'postern doctor --all' },
  message_unknown: { exit: 'not_found', next: 'postern search' },
  label_unknown: { exit: 'not_found', next: 'postern labels' },
  batch_invalid: { exit: 'failed' },
  name_taken: { exit: 'usage', next: 'postern saved list' },
  name_unknown: { exit: 'not_found', next: 'postern saved list' },
  name_invalid: { exit: 'usage' },
  limit_reached: { exit: 'failed' },
  cursor_invalid: { exit: 'usage' },
  account_unknown: { exit: 'not_found' },
  key_reused: { exit: 'failed' },
  decision_unknown: { exit: 'not_found' },
  undo_expired: { exit: 'refused' },
  undone_already: { exit: 'refused' },
  plan_unknown: { exit: 'not_found' },
  plan_expired: { exit: 'refused' },
  draft_unknown: { exit: 'not_found', next: 'postern draft list' },
  draft_changed: { exit: 'failed', next: 'postern draft list' },
  draft_leaving: { exit: 'failed', next: 'postern draft list' },
  send_unknown: { exit: 'not_found', next: 'postern draft list' },
  send_over: { exit: 'failed', next: 'postern draft list' },
}
