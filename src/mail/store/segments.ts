import type { DatabaseSync } from 'node:sqlite'

/**
 * How many segments of the first level the index may have before a transaction goes on merging them. A search looks
 * into each of them, hence few; but whoever takes in very much merges once, at the end.
 */
export const SEGMENTS = { usual: 256, bulk: 1_000 } as const

/** At so many FTS5 merges all of them while a transaction waits, which ours never come to. */
const segmentsInCrisis = 1_999

export function settleSegments(database: DatabaseSync): void {
  const known = database.prepare("SELECT v FROM message_index_config WHERE k = 'crisismerge'").get()
  if (Number(known?.v) === segmentsInCrisis) return
  // Node binds a number as a real, which FTS5 does not take here.
  database
    .prepare("INSERT INTO message_index(message_index, rank) VALUES ('crisismerge', ?)")
    .run(BigInt(segmentsInCrisis))
}
