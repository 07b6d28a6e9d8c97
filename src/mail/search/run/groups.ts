import { integer, type Statements, text } from '../../store/database.ts'
import type { Test } from './branches.ts'
import { type Moment, monthStarts } from './zone.ts'

export type GroupBy = 'from' | 'list' | 'label' | 'month'

export interface Group {
  /** An address, a List-Id, a label's name or "2026-03". */
  readonly name: string
  readonly count: number
  readonly unread: number
  /** ms since 1970. */
  readonly oldest: number
  readonly newest: number
}

export const groupsMax = 10_000

const groupings: Readonly<Record<Exclude<GroupBy, 'month'>, { name: string; joins: string }>> = {
  from: { name: "coalesce(p.address, '')", joins: 'LEFT JOIN people p ON p.id = m.from_id' },
  list: { name: 'x.list_id', joins: 'JOIN lists x ON x.id = m.list_no' },
  label: {
    name: 'x.name',
    joins: 'JOIN message_labels ml ON ml.message_id = m.id JOIN labels x ON x.id = ml.label_id',
  },
}

/** Counts by group, the largest first; months from the newest back. Every hit is counted. */
export function groupHits(statements: Statements, hits: Test, by: GroupBy, moment: Moment): Group[] {
  return by === 'month' ? groupByMonth(statements, hits, moment) : groupByColumn(statements, hits, by)
}

function groupByColumn(statements: Statements, hits: Test, by: Exclude<GroupBy, 'month'>): Group[] {
  const { name, joins } = groupings[by]
  // By position: `name` would be the column of that name, and a look-alike would count as whom it imitates.
  const rows = statements.all(
    `SELECT ${name} AS name, count(*) AS n, sum((m.flags & 1) = 0), min(m.date), max(m.date)
     FROM (${hits.sql}) h CROSS JOIN messages m ON m.id = h.id ${joins}
     GROUP BY 1 ORDER BY n DESC, 1 LIMIT ${groupsMax}`,
    ...hits.values,
  )
  return rows.map(row => ({
    name: text(row, 0),
    count: integer(row, 1),
    unread: integer(row, 2),
    oldest: integer(row, 3) * 1000,
    newest: integer(row, 4) * 1000,
  }))
}

/** In the person's time zone, where months do not begin at a fixed distance from UTC. */
function groupByMonth(statements: Statements, hits: Test, moment: Moment): Group[] {
  const rows = statements.all(
    `SELECT m.date, (m.flags & 1) = 0 FROM (${hits.sql}) h CROSS JOIN messages m ON m.id = h.id ORDER BY m.date DESC`,
    ...hits.values,
  )
  if (rows.length === 0) return []
  const months = monthStarts({ from: integer(rows.at(-1), 0), until: integer(rows[0], 0) + 1 }, moment)
  const groups: { name: string; count: number; unread: number; oldest: number; newest: number }[] = []
  let month = months.pop()
  for (const row of rows) {
    const second = integer(row, 0)
    while (month !== undefined && second < month.from) month = months.pop()
    const name = month?.name ?? ''
    const last = groups.at(-1)
    if (last?.name === name) {
      last.count++
      last.unread += integer(row, 1)
      last.oldest = second * 1000
    } else groups.push({ name, count: 1, unread: integer(row, 1), oldest: second * 1000, newest: second * 1000 })
  }
  return groups
}
