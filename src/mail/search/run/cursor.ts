import type { MessageId } from '../../store/ids.ts'
import { key } from '../../thread/nodes.ts'

export type Sort = 'newest' | 'oldest' | 'relevance'

/** Where a page ended. It fits one query in one order, and carries the moment that the first page took for now. */
export interface Position {
  readonly sort: Sort
  readonly now: number
  readonly id: MessageId
  /** Only with relevance. */
  readonly score: number
}

const sorts: readonly Sort[] = ['newest', 'oldest', 'relevance']
const version = 1

/** Opaque to callers; not secret, and not trusted when it comes back. */
export function formatCursor(canonical: string, { sort, now, id, score }: Position): string {
  const fields = [version, sorts.indexOf(sort), now, id, score, key(0, canonical)]
  return Buffer.from(JSON.stringify(fields)).toString('base64url')
}

const cursorCharsMax = 400

/** Undefined when it is no cursor, or one of another query. */
export function parseCursor(text: string, canonical: string): Position | undefined {
  if (text.length > cursorCharsMax) return undefined
  let fields: unknown
  try {
    fields = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
  if (!Array.isArray(fields) || fields.length !== 6) return undefined
  const [cursorVersion, sortNumber, now, id, score, query] = fields.map(number)
  const sort = sorts[sortNumber ?? -1]
  if (cursorVersion !== version || sort === undefined || query !== key(0, canonical)) return undefined
  if (now === undefined || id === undefined || score === undefined || !Number.isSafeInteger(id)) return undefined
  return { sort, now, id, score }
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
