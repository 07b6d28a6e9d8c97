import { ok, type Result } from '#base/result.ts'
import { integer } from '../store/database.ts'
import type { StoreError } from '../store/errors.ts'
import type { Writing } from '../store/writing.ts'

/** What a delivery report says of one recipient of a message that we sent. */
export interface Bounce {
  /** Of the message that the report is about, without angle brackets. */
  readonly messageId: string
  readonly account: string
  readonly recipient: string
  readonly action: 'failed' | 'delayed'
  readonly code: string | null
  readonly detail: string | null
}

/**
 * Links a report to the send that it is about. Whoever knows a Message-ID can write one, so that it only ever marks
 * a recipient to whom we did send it, and nothing follows from it but what a person reads. Gives the sends it is about.
 */
export function recordBounce(writing: Writing, bounce: Bounce): Result<readonly number[], StoreError> {
  return writing.transaction(() => {
    const { statements } = writing
    const rows = statements.all(
      `SELECT r.send_id FROM send_recipients r JOIN sends s ON s.id = r.send_id
       WHERE s.message_id = ? AND s.account_id = ? AND s.state IN ('sent', 'unknown') AND lower(r.address) = lower(?)
         AND r.state IN ('pending', 'taken', 'delayed')`,
      bounce.messageId,
      writing.account(bounce.account),
      bounce.recipient,
    )
    const ids = rows.map(row => integer(row, 0))
    for (const id of ids) {
      statements.run(
        'UPDATE send_recipients SET state = ?, code = ?, detail = ? WHERE send_id = ? AND lower(address) = lower(?)',
        bounce.action === 'failed' ? 'bounced' : 'delayed',
        bounce.code,
        bounce.detail,
        id,
        bounce.recipient,
      )
    }
    return ok(ids)
  })
}
