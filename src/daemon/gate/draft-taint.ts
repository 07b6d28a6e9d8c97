import type { DatabaseSync, StatementSync } from 'node:sqlite'
import * as v from 'valibot'
import { type Taint, together, untainted } from '#gate/index.ts'

const strings = v.pipe(v.array(v.string()), v.maxLength(10_000))
const kept = v.object({
  overflow: v.number(),
  sources: v.array(
    v.object({
      kind: v.picklist(['message', 'attachment', 'memory']),
      id: v.string(),
      author: v.string(),
      audience: strings,
      own: v.boolean(),
      unconfirmed: v.optional(v.boolean(), false),
      prints: v.array(v.number()),
      codes: strings,
    }),
  ),
})

/** Held, whatever it is about: what was known of the draft cannot be read. */
const unknown: Taint = { sources: [], overflow: 1 }

/**
 * What whoever wrote a draft had read by then, as far as its text shows it. Kept as long as the draft: words that were
 * put aside in a draft and sent hours later, after a restart or by another agent, are still somebody else's.
 */
export class DraftTaint {
  readonly #find: StatementSync
  readonly #keep: StatementSync
  readonly #forget: StatementSync

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT taint FROM draft_taint WHERE draft = ?')
    this.#keep = database.prepare('INSERT OR REPLACE INTO draft_taint(draft, taint) VALUES (?, ?)')
    this.#forget = database.prepare('DELETE FROM draft_taint WHERE draft = ?')
  }

  of(draft: number): Taint {
    const row = this.#find.get(draft)
    return row === undefined ? untainted : taintFrom(String(row.taint))
  }

  /** Adds to what is known of it: an earlier revision may come back. */
  add(draft: number, taint: Taint): void {
    const all = together(this.of(draft), taint)
    if (all.sources.length + all.overflow > 0) this.#keep.run(draft, textOf(all))
  }

  forget(draft: number): void {
    this.#forget.run(draft)
  }
}

function textOf({ overflow, sources }: Taint): string {
  return JSON.stringify({
    overflow,
    sources: sources.map(({ prints, codes, ...facts }) => ({ ...facts, prints: [...prints], codes: [...codes] })),
  })
}

function taintFrom(text: string): Taint {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), kept), text)
  if (!parsed.success) return unknown
  const sources = parsed.output.sources.map(({ prints, codes, ...facts }) => {
    return { ...facts, prints: new Set(prints), codes: new Set(codes) }
  })
  return { overflow: parsed.output.overflow, sources }
}
