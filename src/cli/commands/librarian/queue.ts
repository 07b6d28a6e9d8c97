import { basename, dirname, join } from 'node:path'
import { type Exit, Failure } from '#base/failure.ts'
import { ensurePrivateDirectory } from '#base/private-directory.ts'
import type { DraftError, DraftErrorCode } from '#librarian/drafts/draft.ts'
import { DraftQueue, type QueueError, type QueueErrorCode } from '#librarian/drafts/queue.ts'
import type { Options } from '../../command.ts'
import type { Session } from '../../session.ts'
import { logPathOf } from '../memory/open-log.ts'

/** The drafts of a memory lie beside its log, so that each workspace has its own. */
export function draftsDirectoryOf(log: string): string {
  const name = basename(log)
  return join(dirname(log), name === 'canonical.log' ? 'drafts' : `${name}.drafts`)
}

/** `create` only for commands that take drafts in: the others make nothing. */
export function openQueue(options: Options, session: Session, create: boolean): DraftQueue {
  const log = logPathOf(options, session)
  if (create && options.value('log') === undefined) {
    ensurePrivateDirectory(session.paths.dataDir, session.paths.homeDir)
  }
  const opened = DraftQueue.open(draftsDirectoryOf(log), { create })
  if (opened.ok) return opened.value
  throw draftFailure(opened.error)
}

const exits: Readonly<Record<DraftErrorCode | QueueErrorCode, Exit>> = {
  draft_empty: 'usage',
  draft_too_large: 'usage',
  draft_field_invalid: 'usage',
  draft_unreadable: 'integrity',
  draft_schema: 'integrity',
  draft_id_mismatch: 'integrity',
  queue_unusable: 'failed',
  draft_unknown: 'not_found',
  draft_exists: 'failed',
  move_forbidden: 'refused',
}

export function draftFailure({ code, message }: DraftError | QueueError): Failure {
  return new Failure(exits[code], code, message, { next: 'postern memory draft list' })
}
