import * as v from 'valibot'

/**
 * How far a mailbox is known. What it promises: every message that the store has shows what the server said up to
 * `modseq`; if `isWhole`, every message below `uidnext` that should be here is, out of `exists`.
 */
export interface Cursor {
  readonly uidvalidity: number
  readonly uidnext: number
  readonly modseq: bigint | null
  readonly exists: number
  readonly isWhole: boolean
  /** UIDs were given out anew, and older places have not been taken back yet. */
  readonly isRenumbering: boolean
  /** When all flags were last looked at, where mod-sequences do not tell: ms since the epoch. */
  readonly sweptAt: number
}

const natural = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))
const schema = v.strictObject({
  v: v.literal(1),
  uidvalidity: natural,
  uidnext: natural,
  modseq: v.nullable(v.pipe(v.string(), v.regex(/^\d{1,19}$/))),
  exists: natural,
  whole: v.boolean(),
  renumbering: v.boolean(),
  swept_at: natural,
})

/** Undefined when it is not one of ours: then the mailbox is looked through again, and nothing is lost. */
export function parseCursor(text: string | null): Cursor | undefined {
  if (text === null) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const parsed = v.safeParse(schema, value)
  if (!parsed.success) return undefined
  const { uidvalidity, uidnext, modseq, exists, whole, renumbering, swept_at } = parsed.output
  return {
    uidvalidity,
    uidnext,
    modseq: modseq === null ? null : BigInt(modseq),
    exists,
    isWhole: whole,
    isRenumbering: renumbering,
    sweptAt: swept_at,
  }
}

export function formatCursor(cursor: Cursor): string {
  return JSON.stringify({
    v: 1,
    uidvalidity: cursor.uidvalidity,
    uidnext: cursor.uidnext,
    modseq: cursor.modseq === null ? null : String(cursor.modseq),
    exists: cursor.exists,
    whole: cursor.isWhole,
    renumbering: cursor.isRenumbering,
    swept_at: cursor.sweptAt,
  })
}
