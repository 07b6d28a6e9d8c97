import type { Value } from '../../store/database.ts'

/**
 * A query on its way to SQL: what the full-text index answers (`match`), what a row's columns answer (`sql`, over the
 * message row `m`), and how they are put together.
 */
export type Condition =
  | { readonly kind: 'true' | 'false' }
  | { readonly kind: 'match'; readonly match: string }
  | SqlCondition
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }

export interface SqlCondition {
  readonly kind: 'sql'
  readonly sql: string
  readonly values: readonly Value[]
  /** Ids outside of these cannot fulfil it. */
  readonly ids?: { readonly from: number; readonly until: number }
  /** A match that everything fulfils that fulfils this: it narrows a search at no cost. */
  readonly hint?: string
  /** Another way to find the rows: an index that holds few. */
  readonly driver?: Driver
}

/** A source of candidate ids in the order of the ids, and how many it has. */
export interface Driver {
  readonly name: string
  readonly from: string
  readonly id: string
  readonly where: string
  readonly values: readonly Value[]
  /** Asked only where there is a choice. */
  readonly rows: () => number
}

export const always: Condition = { kind: 'true' }
export const never: Condition = { kind: 'false' }

export function sql(text: string, values: readonly Value[] = [], extras: Partial<SqlCondition> = {}): SqlCondition {
  return { ...extras, kind: 'sql', sql: text, values }
}

/** With truths and falsehoods carried out, and nested groups of one kind made one. */
export function combine(kind: 'and' | 'or', members: readonly Condition[]): Condition {
  const neutral = kind === 'and' ? 'true' : 'false'
  const absorbing = kind === 'and' ? 'false' : 'true'
  const flat = members.flatMap(member => (member.kind === kind ? member.of : [member]))
  if (flat.some(member => member.kind === absorbing)) return { kind: absorbing }
  const left = flat.filter(member => member.kind !== neutral)
  const [only] = left
  if (only === undefined) return { kind: neutral }
  return left.length === 1 ? only : { kind, of: left }
}

export function negate(condition: Condition): Condition {
  if (condition.kind === 'true') return never
  if (condition.kind === 'false') return always
  return condition.kind === 'not' ? condition.of : { kind: 'not', of: condition }
}

export function holdsOnly(kind: 'match' | 'sql', condition: Condition): boolean {
  switch (condition.kind) {
    case 'match':
    case 'sql':
      return condition.kind === kind
    case 'and':
    case 'or':
      return condition.of.every(member => holdsOnly(kind, member))
    case 'not':
      return holdsOnly(kind, condition.of)
    default:
      return false
  }
}
