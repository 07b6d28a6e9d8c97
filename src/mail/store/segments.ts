import type { DatabaseSync } from 'node:sqlite'

/**
 * How many segments of one size the index may have before a transaction stops to merge them. A search looks into each
 * of them, hence few; but whoever takes in very much merges once, at the end, instead of again and again.
 */
export const SEGMENTS = { usual: 256, bulk: 1_000 } as const

/** The number is kept in the file: an import that was killed leaves its own behind, and the next writer resets it. */
export function allowSegments(database: DatabaseSync, wanted: number): void {
  const known = database.prepare("SELECT v FROM message_index_config WHERE k = 'crisismerge'").get()
  if (Number(known?.v) === wanted) return
  // Node binds a number as a real, which FTS5 does not take here.
  database.prepare("INSERT INTO message_index(message_index, rank) VALUES ('crisismerge', ?)").run(BigInt(wanted))
}
