import { ok, type Result } from '#base/result.ts'
import { integer, optionalInteger } from './database.ts'
import type { StoreError } from './errors.ts'
import type { MessageId } from './ids.ts'
import { rederive } from './merge.ts'
import type { SealedMessage } from './seal.ts'
import type { Writing } from './writing.ts'

export interface Rederived {
  readonly id: MessageId
  /** Sealed from the message's own raw bytes by a newer parser; its labels and flags are not looked at. */
  readonly message: SealedMessage
}

/** Replaces all that was derived from the raw bytes. Messages that are gone by now are passed over. */
export function rederiveMessages(
  writing: Writing,
  batch: readonly Rederived[],
): Result<{ rederived: number }, StoreError> {
  return writing.transaction(() => {
    let rederived = 0
    for (const { id, message } of batch) {
      const row = writing.statements.one('SELECT account_id, raw_id, thread_id, from_id FROM messages WHERE id = ?', id)
      if (row === undefined) continue
      rederive(writing, {
        id,
        account: integer(row, 0),
        raw: optionalInteger(row, 1),
        thread: integer(row, 2),
        before: optionalInteger(row, 3),
        message,
      })
      rederived++
    }
    return ok({ rederived })
  })
}

/** Empties the index and marks every message as read by no parser: deriving them again fills it. */
export function resetIndex(writing: Writing): Result<undefined, StoreError> {
  return writing.transaction(() => {
    writing.index.empty()
    writing.statements.run("INSERT INTO word_pieces(word_pieces) VALUES ('delete-all')")
    writing.statements.run('DELETE FROM words')
    writing.statements.run('UPDATE messages SET parser_version = 0 WHERE raw_id IS NOT NULL')
    return ok(undefined)
  })
}
