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
const windowHits = 100
/** As many rows of a driver take as long to be asked about as so many hits to be tested. */
const rowsWorthWindow = 10
/** With so few candidates the index is asked about each of them. */
const fewRows = 64
/** So many words of a query are tried for one that is rare. */
const partsProbed = 8

/** Ids of a branch in order; some short statements that tell which way is the shorter one, and that one. */
export function readBranch(statements: Statements, branch: Branch, order: Order): readonly MessageId[] {
  const range = rangeOf(branch, order)
  if (range === undefined) return []
  const driver = smallest(branch.drivers)
  if (branch.match === undefined) return runPlain(statements, branch, { ...order, ...range, driver })
  const rare = rareHits(statements, branch, { ...order, ...range })
  if (rare !== undefined) return runDriven(statements, branch, { ...order, ...range, driver: among(rare) })
  if (driver === undefined) return runMatch(statements, branch, { ...order, ...range })
  if (hasAtMost(fewRows, statements, driver, range))
    return runDriven(statements, branch, { ...order, ...range, driver })
  const { first, edge } = readWindow(statements, branch, { ...order, ...range })
  if (edge === undefined || first.length >= order.limit) return first.slice(0, order.limit)
  const [seen, rest] =
    order.direction === 'newest'
      ? [
          { from: edge, until: range.until },
          { from: range.from, until: edge },
        ]
      : [
          { from: range.from, until: edge + 1 },
          { from: edge + 1, until: range.until },
        ]
  const left = { ...order, ...rest, limit: order.limit - first.length }
  const more = hasAtMost(rowsWorthWindow, statements, driver, seen)
    ? runDriven(statements, branch, { ...left, driver })
    : runMatch(statements, branch, left)
  return [...first, ...more]
}

/**
 * All hits of a part of the match that has few. FTS5 goes through two words in step, which takes long where one is
 * everywhere and the other hardly anywhere.
 */
function rareHits(statements: Statements, branch: Branch, run: Run): readonly MessageId[] | undefined {
  if (branch.parts.length < 2) return undefined
  for (const match of branch.parts.slice(0, partsProbed)) {
    if (isGathered(match)) continue
    const hits = runMatch(statements, { ...branch, match, tests: [] }, { ...run, limit: fewRows + 1 })
    if (hits.length <= fewRows) return hits
  }
  return undefined
}

function among(ids: readonly MessageId[]): Driver {
  const values = [JSON.stringify(ids)]
  return { name: 'hits', from: 'json_each(?) hits', id: 'hits.value', where: '1', values, rows: () => ids.length }
}

function hasAtMost(most: number, statements: Statements, { from, where, id, values }: Driver, range: Range): boolean {
  const row = statements.one(
    `SELECT count(*) FROM (SELECT 1 FROM ${from} WHERE ${where} AND ${id} >= ? AND ${id} < ? LIMIT ${most + 1})`,
    ...values,
    range.from,
    range.until,
  )
  return integer(row, 0) <= most
}

/** Beginnings of words: FTS5 gathers all their hits before it gives the first. */
function isGathered(match: string): boolean {
  return match.includes('" *')
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

/** In order; whoever uses it sets an end. */
function hitsSql(run: Run): string {
  return `SELECT rowid FROM message_index WHERE ${matchSql} ORDER BY rowid ${sense(run)}`
}

interface Range {
  readonly from: number
  readonly until: number
}

type Run = Order & Range & { readonly driver?: Driver | undefined }

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
  const hits = hitsSql(run)
  if (tests.sql === '') return ids(statements, `${hits} LIMIT ?`, [...values, run.limit])
  return ids(
    statements,
    `SELECT m.id FROM message_index CROSS JOIN messages m ON m.id = message_index.rowid
     WHERE ${matchSql}${tests.sql} ORDER BY message_index.rowid ${sense(run)} LIMIT ?`,
    [...values, ...tests.values, run.limit],
  )
}

/** The first hits of the index, those of them that pass, and the last of all; undefined when there are no more. */
function readWindow(
  statements: Statements,
  branch: Branch,
  run: Run,
): { readonly first: readonly MessageId[]; readonly edge: MessageId | undefined } {
  const tests = testsOf(branch)
  const rows = statements.all(
    `SELECT f.rowid, m.id IS NOT NULL${tests.sql} FROM (${hitsSql(run)} LIMIT ?) f LEFT JOIN messages m ON m.id = f.rowid`,
    ...tests.values,
    branch.match ?? '',
    run.from,
    run.until,
    windowHits,
  )
  const first = rows.filter(row => row[1] === 1).map(row => integer(row, 0))
  return { first, edge: rows.length < windowHits ? undefined : integer(rows.at(-1), 0) }
}

function runDriven(statements: Statements, branch: Branch, run: Run & { driver: Driver }): MessageId[] {
  const match = branch.match ?? ''
  const asked = {
    sql: isGathered(match)
      ? 'm.id IN (SELECT rowid FROM message_index WHERE message_index MATCH ?)'
      : 'EXISTS (SELECT 1 FROM message_index WHERE message_index MATCH ? AND message_index.rowid = m.id)',
    values: [match],
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
