import { integer, type Statements, type Value } from '../../store/database.ts'
import type { MessageId } from '../../store/ids.ts'
import type { Branch, Test } from './branches.ts'
import type { Driver } from './conditions.ts'

export interface Order {
  readonly direction: 'newest' | 'oldest'
  readonly limit: number
  /** Only ids beyond this one, in the direction. */
  readonly beyond: MessageId | undefined
}

/** So many hits of the index are looked at before another way is considered. */
const windowHits = 1_500
/** With so few candidates the index is asked about each of them. */
const fewRows = 64
const someRows = 2_000

/** Ids of a branch in order; one statement where the rows that are tested are mostly taken, at most three. */
export function readBranch(statements: Statements, branch: Branch, order: Order): MessageId[] {
  const range = rangeOf(branch, order)
  if (range === undefined) return []
  const driver = smallest(branch.drivers)
  if (branch.match === undefined) return runPlain(statements, branch, { ...order, ...range, driver })
  if (driver === undefined) return runMatch(statements, branch, { ...order, ...range })
  const rows = driver.rows()
  if (rows <= fewRows) return runDriven(statements, branch, { ...order, ...range, driver })
  const first = runMatch(statements, branch, { ...order, ...range, window: windowHits })
  if (first.length >= order.limit) return first
  const edge = windowEdge(statements, branch.match, { ...order, ...range })
  if (edge === undefined) return first
  const rest = order.direction === 'newest' ? { ...range, until: edge } : { ...range, from: edge + 1 }
  const left = { ...order, ...rest, limit: order.limit - first.length }
  const more =
    rows <= someRows ? runDriven(statements, branch, { ...left, driver }) : runMatch(statements, branch, left)
  return [...first, ...more]
}

/** A SELECT of a branch's ids without order or limit, for counting and grouping. */
export function selectIds(branch: Branch): Test {
  const tests = testsOf(branch)
  const range = { from: branch.from, until: branch.until }
  if (branch.match !== undefined) {
    if (tests.sql === '') {
      return {
        sql: `SELECT rowid AS id FROM message_index WHERE ${matchSql}`,
        values: [branch.match, range.from, range.until],
      }
    }
    return {
      sql: `SELECT m.id FROM message_index CROSS JOIN messages m ON m.id = message_index.rowid WHERE ${matchSql}${tests.sql}`,
      values: [branch.match, range.from, range.until, ...tests.values],
    }
  }
  const driver = smallest(branch.drivers)
  if (driver === undefined) {
    return {
      sql: `SELECT m.id FROM messages m WHERE m.id >= ? AND m.id < ?${tests.sql}`,
      values: [range.from, range.until, ...tests.values],
    }
  }
  return {
    sql: `SELECT m.id FROM ${driver.from} CROSS JOIN messages m ON m.id = ${driver.id} WHERE ${driver.where} AND m.id >= ? AND m.id < ?${tests.sql}`,
    values: [...driver.values, range.from, range.until, ...tests.values],
  }
}

const matchSql = 'message_index MATCH ? AND message_index.rowid >= ? AND message_index.rowid < ?'

interface Range {
  readonly from: number
  readonly until: number
}

type Run = Order & Range & { readonly driver?: Driver | undefined; readonly window?: number }

function rangeOf(branch: Branch, { direction, beyond }: Order): Range | undefined {
  const from = direction === 'oldest' && beyond !== undefined ? Math.max(branch.from, beyond + 1) : branch.from
  const until = direction === 'newest' && beyond !== undefined ? Math.min(branch.until, beyond) : branch.until
  return from < until ? { from, until } : undefined
}

function runPlain(statements: Statements, branch: Branch, run: Run): MessageId[] {
  const { driver } = run
  const tests = testsOf(branch)
  const source =
    driver === undefined
      ? { sql: 'messages m WHERE 1', id: 'm.id', values: [] }
      : {
          sql: `${driver.from} CROSS JOIN messages m ON m.id = ${driver.id} WHERE ${driver.where}`,
          id: driver.id,
          values: driver.values,
        }
  return ids(
    statements,
    `SELECT m.id FROM ${source.sql} AND ${source.id} >= ? AND ${source.id} < ?${tests.sql} ORDER BY ${source.id} ${sense(run)} LIMIT ?`,
    [...source.values, run.from, run.until, ...tests.values, run.limit],
  )
}

function runMatch(statements: Statements, branch: Branch, run: Run): MessageId[] {
  const tests = testsOf(branch)
  const values = [branch.match ?? '', run.from, run.until]
  const hits = `SELECT rowid FROM message_index WHERE ${matchSql} ORDER BY rowid ${sense(run)}`
  if (tests.sql === '') return ids(statements, `${hits} LIMIT ?`, [...values, run.limit])
  if (run.window !== undefined) {
    return ids(
      statements,
      `SELECT m.id FROM (${hits} LIMIT ?) f CROSS JOIN messages m ON m.id = f.rowid WHERE 1${tests.sql} LIMIT ?`,
      [...values, run.window, ...tests.values, run.limit],
    )
  }
  return ids(
    statements,
    `SELECT m.id FROM message_index CROSS JOIN messages m ON m.id = message_index.rowid
     WHERE ${matchSql}${tests.sql} ORDER BY message_index.rowid ${sense(run)} LIMIT ?`,
    [...values, ...tests.values, run.limit],
  )
}

/** The last hit of the window that was looked at; undefined when there are no more. */
function windowEdge(statements: Statements, match: string, run: Run): MessageId | undefined {
  const row = statements.one(
    `SELECT rowid FROM message_index WHERE ${matchSql} ORDER BY rowid ${sense(run)} LIMIT 1 OFFSET ?`,
    match,
    run.from,
    run.until,
    windowHits - 1,
  )
  return row === undefined ? undefined : integer(row, 0)
}

function runDriven(statements: Statements, branch: Branch, run: Run & { driver: Driver }): MessageId[] {
  const asked = {
    sql: 'EXISTS (SELECT 1 FROM message_index WHERE message_index MATCH ? AND message_index.rowid = m.id)',
    values: [branch.match ?? ''],
  }
  return runPlain(statements, { ...branch, tests: [...branch.tests, asked] }, run)
}

function testsOf({ tests }: Branch): Test {
  return { sql: tests.map(test => ` AND ${test.sql}`).join(''), values: tests.flatMap(test => [...test.values]) }
}

function smallest(drivers: readonly Driver[]): Driver | undefined {
  const [first, ...rest] = drivers
  if (first === undefined || rest.length === 0) return first
  const counted = drivers.map(driver => ({ driver, rows: driver.rows() }))
  return counted.reduce((best, one) => (one.rows < best.rows ? one : best)).driver
}

function sense({ direction }: Order): 'ASC' | 'DESC' {
  return direction === 'newest' ? 'DESC' : 'ASC'
}

function ids(statements: Statements, text: string, values: readonly Value[]): MessageId[] {
  return statements.all(text, ...values).map(row => integer(row, 0))
}
