import { integer, type Statements } from '../../store/database.ts'
import type { MessageId } from '../../store/ids.ts'
import type { Branch } from './branches.ts'

export interface Ranked {
  readonly id: MessageId
  /** Smaller is better, as FTS5 has it. */
  readonly score: number
}

export interface RankOptions {
  readonly limit: number
  readonly now: number
  /** Only what ranks behind this. */
  readonly beyond: Ranked | undefined
}

/**
 * subject, sender, recipient, cc, bcc, delivered, list, filename, body, facts: a word in the subject says six times
 * as much as one in the body. Facts and addresses of one's own say nothing.
 */
const weights = '3, 2, 1, 1, 1, 0, 0.5, 0.75, 0.5, 0'
/** News of today counts up to a third more than the same of last year. */
const recency = '(1.0 + 0.3 * exp((m.date - ?) / (90.0 * 86400.0)))'

/** Scores every hit: that takes time in proportion to the hits, and is why relevance is not the usual order. */
export function rankBranch(statements: Statements, branch: Branch, { limit, now, beyond }: RankOptions): Ranked[] {
  const tests = branch.tests.map(test => ` AND ${test.sql}`).join('')
  const values = branch.tests.flatMap(test => [...test.values])
  const second = Math.floor(now / 1000)
  const scored =
    branch.match === undefined
      ? { sql: `SELECT m.id AS id, 0.0 AS score FROM messages m WHERE m.id >= ? AND m.id < ?${tests}`, values: [] }
      : {
          sql: `SELECT m.id AS id, bm25(message_index, ${weights}) * ${recency} AS score
                FROM message_index CROSS JOIN messages m ON m.id = message_index.rowid
                WHERE message_index MATCH ? AND message_index.rowid >= ? AND message_index.rowid < ?${tests}`,
          values: [Math.max(second, 0), branch.match],
        }
  const after = beyond === undefined ? '' : 'WHERE score > ? OR (score = ? AND id < ?)'
  const rows = statements.all(
    `SELECT id, score FROM (${scored.sql}) ${after} ORDER BY score, id DESC LIMIT ?`,
    ...scored.values,
    branch.from,
    branch.until,
    ...values,
    ...(beyond === undefined ? [] : [beyond.score, beyond.score, beyond.id]),
    limit,
  )
  return rows.map(row => ({ id: integer(row, 0), score: Number(row[1]) }))
}
