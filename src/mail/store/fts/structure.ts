import { Varints, varints } from './varint.ts'

/**
 * FTS5's structure record (SQLite's fts5_index.c, "Structure Records", version 2): which segments make up the index.
 * What a merge has under way stands in it too.
 */
export interface Structure {
  /** The first four bytes: they change with the table's settings, and are kept as they are. */
  readonly cookie: Uint8Array
  readonly writeCounter: number
  readonly levels: readonly Level[]
}

export interface Level {
  /** How many of the first segments a merge is at. */
  readonly merging: number
  /** The oldest first. */
  readonly segments: readonly SegmentRecord[]
}

export interface SegmentRecord {
  readonly id: number
  readonly firstPage: number
  readonly lastPage: number
  /** The rows that it may hold are those whose origin lies between these. */
  readonly firstOrigin: number
  readonly lastOrigin: number
  readonly tombstonePages: number
  readonly tombstones: number
  readonly rows: number
}

const cookieBytes = 4
const version2 = [0xff, 0x00, 0x00, 0x01] as const
/** FTS5 takes no more. */
const segmentsMax = 2_000

/** @throws {RangeError} when the record is not one of version 2 */
export function parseStructure(record: Uint8Array): Structure {
  if (version2.some((byte, at) => record[cookieBytes + at] !== byte)) {
    throw new RangeError('the index has a structure of another version')
  }
  const numbers = new Varints(record, cookieBytes + version2.length)
  const levelCount = numbers.next()
  numbers.next() // the number of all segments
  const writeCounter = numbers.next()
  const levels: Level[] = []
  while (levels.length < levelCount) {
    const merging = numbers.next()
    const segmentCount = numbers.next()
    const segments: SegmentRecord[] = []
    while (segments.length < segmentCount) segments.push(nextSegment(numbers))
    levels.push({ merging, segments })
  }
  return { cookie: record.slice(0, cookieBytes), writeCounter, levels }
}

function nextSegment(numbers: Varints): SegmentRecord {
  return {
    id: numbers.next(),
    firstPage: numbers.next(),
    lastPage: numbers.next(),
    firstOrigin: numbers.next(),
    lastOrigin: numbers.next(),
    tombstonePages: numbers.next(),
    tombstones: numbers.next(),
    rows: numbers.next(),
  }
}

export function formatStructure({ cookie, writeCounter, levels }: Structure): Uint8Array {
  const numbers = [levels.length, segmentsOf(levels).length, writeCounter]
  for (const { merging, segments } of levels) {
    numbers.push(merging, segments.length)
    for (const each of segments) {
      numbers.push(each.id, each.firstPage, each.lastPage, each.firstOrigin, each.lastOrigin)
      numbers.push(each.tombstonePages, each.tombstones, each.rows)
    }
  }
  return Uint8Array.from([...cookie, ...version2, ...varints(numbers)])
}

/**
 * The structure with one more segment, as the newest of the first level, whose rows have an origin of their own.
 * Undefined when there are as many as FTS5 takes.
 */
export function withSegment(
  structure: Structure,
  { pages, rows }: { readonly pages: number; readonly rows: number },
): { readonly structure: Structure; readonly added: SegmentRecord } | undefined {
  const all = segmentsOf(structure.levels)
  if (all.length >= segmentsMax) return undefined
  const taken = new Set(all.map(({ id }) => id))
  let id = 1
  while (taken.has(id)) id++
  const origin = all.reduce((highest, { lastOrigin }) => Math.max(highest, lastOrigin), 0) + 1
  const place = { id, firstPage: 1, lastPage: pages, firstOrigin: origin, lastOrigin: origin }
  const added = { ...place, tombstonePages: 0, tombstones: 0, rows }
  const [first = { merging: 0, segments: [] }, ...others] = structure.levels
  const levels = [{ ...first, segments: [...first.segments, added] }, ...others]
  return { structure: { ...structure, writeCounter: structure.writeCounter + pages, levels }, added }
}

export function segmentsOf(levels: readonly Level[]): readonly SegmentRecord[] {
  return levels.flatMap(({ segments }) => segments)
}

/** FTS5's averages record: the number of rows, then the words of each column; shorter, or empty, in an empty index. */
export function addTotals(record: Uint8Array, rows: number, totals: readonly number[]): Uint8Array {
  const numbers = new Varints(record)
  const next = () => (numbers.isAtEnd ? 0 : numbers.next())
  const sum = [next() + rows]
  for (const total of totals) sum.push(next() + total)
  return varints(sum)
}
