import { ok, type Result } from '#base/result.ts'
import type { StoreError } from './errors.ts'
import type { Writing } from './writing.ts'

/** Counts labels and threads anew from the messages; answers how many were wrong. */
export function recount(writing: Writing): Result<{ corrected: number }, StoreError> {
  return writing.transaction(() => {
    writing.labels.clear()
    writing.threads.clear()
    const corrected = statementsOfCounts.reduce((sum, sql) => sum + writing.statements.run(sql), 0)
    return ok({ corrected })
  })
}

const countsOfThread = `SELECT count(*), coalesce(sum((flags & 1) = 0), 0), min(id), max(id)
   FROM messages m WHERE m.thread_id = threads.id`

const statementsOfCounts = [
  `UPDATE labels SET (total, unread) =
     (SELECT count(*), coalesce(sum((m.flags & 1) = 0), 0)
      FROM message_labels x JOIN messages m ON m.id = x.message_id WHERE x.label_id = labels.id)
   WHERE (total, unread) <>
     (SELECT count(*), coalesce(sum((m.flags & 1) = 0), 0)
      FROM message_labels x JOIN messages m ON m.id = x.message_id WHERE x.label_id = labels.id)`,
  'DELETE FROM threads WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.thread_id = threads.id)',
  `UPDATE threads SET (messages, unread, first_message, last_message) = (${countsOfThread})
   WHERE (messages, unread, first_message, last_message) IS NOT (${countsOfThread})`,
]
