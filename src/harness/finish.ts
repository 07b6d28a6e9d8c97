import type { Result } from '#base/result.ts'
import type { DraftQueue, QueueError } from '#librarian/drafts/queue.ts'
import { type Captured, capture } from './capture.ts'
import { type OpenSession, sessionsIn, takeSession } from './session.ts'

export type OpenQueue = (log: string) => Result<DraftQueue, QueueError>

/** What became of a session: `captured`, or the reason why its notes still wait where they are. */
export type Finished =
  | { readonly id: string; readonly captured: Captured }
  | { readonly id: string; readonly failed: string }

/** Why a file that was passed over stays where it is, for a person to look at; a link says nothing by itself. */
const worthKeeping: ReadonlySet<string> = new Set(['too_large', 'not_text', 'unreadable', 'too_deep', 'queue_unusable'])

/** Captures, then forgets. Whatever fails leaves the session to the next time. */
export function finish(session: OpenSession, openQueue: OpenQueue, now: number): Finished {
  const { id } = session.record
  const queue = openQueue(session.record.log)
  if (!queue.ok) return { id, failed: queue.error.message }
  try {
    const captured = capture(session, queue.value, now)
    if (captured.skipped.some(({ reason }) => reason === 'queue_unusable')) {
      return { id, failed: 'the drafts cannot be written' }
    }
    const isLeft = captured.skipped.some(
      ({ path, reason }) => path.startsWith(session.directory) && worthKeeping.has(reason),
    )
    session.end({ keepDirectory: isLeft })
    return { id, captured }
  } catch (error) {
    return { id, failed: error instanceof Error ? error.message : String(error) }
  }
}

/** Finishes every session whose process is gone; those that run are left alone. */
export function recover(
  sessions: string,
  {
    openQueue,
    now,
    isAlive,
  }: { readonly openQueue: OpenQueue; readonly now: number; readonly isAlive: (pid: number) => boolean },
): { readonly finished: readonly Finished[]; readonly broken: readonly string[] } {
  const { records, broken } = sessionsIn(sessions)
  const finished = records.flatMap(record => {
    // A number of a process comes round again: after a day it proves nothing.
    const isRecent = now - record.startedAt < pidTrustedMs
    const taken = takeSession(sessions, record, pid => isRecent && isAlive(pid))
    return taken === undefined ? [] : [finish(taken, openQueue, now)]
  })
  return { finished, broken }
}

const pidTrustedMs = 24 * 3_600_000
