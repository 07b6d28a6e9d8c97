import { bytes, type Statements } from '../database.ts'
import type { Segment } from './segment.ts'
import { addTotals, formatStructure, parseStructure, withSegment } from './structure.ts'

/** Rows of `message_index_data` with a meaning of their own. */
const averagesRow = 1
const structureRow = 10
/** A page's row is the segment's number, above the page's 31 bits, the height's 5 and the doclist index's 1. */
const pagesPerSegment = 2 ** 37

export interface Appended {
  /** How many segments the first level has now. */
  readonly segments: number
}

/**
 * Adds a segment to the index, as FTS5 does with what it has gathered. To be called within a transaction in which FTS5
 * has nothing to write any more. This connection's FTS5 does not know of the segment before `readAnew`.
 */
export function appendSegment(statements: Statements, segment: Segment): Appended {
  const { ids, pageEnds, totals } = segment
  const record = bytes(statements.one('SELECT block FROM message_index_data WHERE id = ?', structureRow), 0)
  const next = withSegment(parseStructure(record), { pages: pageEnds.length, rows: ids.length })
  if (next === undefined) throw new RangeError('the index has too many segments')
  const { structure, added } = next
  writeSizes(statements, segment, added.firstOrigin)
  const averages = statements.one('SELECT block FROM message_index_data WHERE id = ?', averagesRow)
  const before = averages === undefined ? new Uint8Array() : bytes(averages, 0)
  write(statements, averagesRow, addTotals(before, ids.length, totals))
  // Documents without any word have sizes and nothing else.
  if (pageEnds.length === 0) return { segments: (structure.levels[0]?.segments.length ?? 1) - 1 }
  writePages(statements, segment, added.id)
  write(statements, structureRow, formatStructure(structure))
  return { segments: structure.levels[0]?.segments.length ?? 0 }
}

/**
 * FTS5 keeps the index's structure in memory and looks at it anew only when another connection wrote, or after it was
 * rolled back: so it is made to take part in a transaction, and that is rolled back.
 */
export function readAnew({ database }: Statements): void {
  database.exec(
    'SAVEPOINT outdated; DELETE FROM message_index WHERE rowid = -1; ROLLBACK TO outdated; RELEASE outdated',
  )
}

function writePages(statements: Statements, segment: Segment, id: number): void {
  const { pages, pageEnds, fences, fenceEnds, fencePages } = segment
  for (let page = 1, start = 0; page <= pageEnds.length; page++) {
    const end = pageEnds[page - 1] ?? 0
    write(statements, id * pagesPerSegment + page, pages.subarray(start, end))
    start = end
  }
  for (let at = 0, start = 0; at < fencePages.length; at++) {
    const end = fenceEnds[at] ?? 0
    statements.run(
      'INSERT INTO message_index_idx(segid, term, pgno) VALUES (?, ?, ?)',
      id,
      fences.subarray(start, end),
      // The lowest bit says whether there is a doclist index.
      (fencePages[at] ?? 0) * 2,
    )
    start = end
  }
}

function writeSizes(statements: Statements, { ids, sizes, sizeEnds }: Segment, origin: number): void {
  for (let at = 0, start = 0; at < ids.length; at++) {
    const end = sizeEnds[at] ?? 0
    statements.run(
      'REPLACE INTO message_index_docsize(id, sz, origin) VALUES (?, ?, ?)',
      ids[at] ?? 0,
      sizes.subarray(start, end),
      origin,
    )
    start = end
  }
}

function write(statements: Statements, row: number, block: Uint8Array): void {
  statements.run('REPLACE INTO message_index_data(id, block) VALUES (?, ?)', row, block)
}
