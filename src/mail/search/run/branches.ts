import type { Value } from '../../store/database.ts'
import { type Condition, combine, type Driver, holdsOnly, negate, type SqlCondition } from './conditions.ts'
import { everyMessage } from './terms.ts'

/** A conjunction that one statement can answer: something for the index and something for the row. */
export interface Branch {
  readonly match: string | undefined
  /** What all of its hits match too, each by itself. */
  readonly parts: readonly string[]
  readonly tests: readonly Test[]
  /** Only ids within these. */
  readonly from: number
  readonly until: number
  readonly drivers: readonly Driver[]
}

export interface Test {
  readonly sql: string
  readonly values: readonly Value[]
}

const branchesMax = 12
const idEnd = Number.MAX_SAFE_INTEGER

/**
 * A condition as alternatives, each of which can be read in the order of the ids; the newest of all are then among
 * the newest of each. Where that would take too many, a part is tested row by row instead.
 */
export function branchesOf(condition: Condition): Branch[] {
  return alternatives(pushNegations(condition)).map(toBranch)
}

type Conjunction = readonly Condition[]

function alternatives(condition: Condition): Conjunction[] {
  if (condition.kind === 'false') return []
  if (isPure(condition) || condition.kind === 'true') return [[condition]]
  if (condition.kind === 'or') {
    const groups = [
      condition.of.filter(member => holdsOnly('match', member)),
      condition.of.filter(member => holdsOnly('sql', member)),
    ].filter(group => group.length > 0)
    const mixed = condition.of.filter(member => !isPure(member))
    return [...groups.map(group => [combine('or', group)]), ...mixed.flatMap(alternatives)]
  }
  if (condition.kind !== 'and') return [[condition]]
  let product: Conjunction[] = [condition.of.filter(isPure)]
  for (const member of condition.of.filter(one => !isPure(one))) {
    const choices = alternatives(member)
    product =
      product.length * choices.length > branchesMax
        ? product.map(conjunction => [...conjunction, member])
        : product.flatMap(conjunction => choices.map(choice => [...conjunction, ...choice]))
  }
  return product
}

function isPure(condition: Condition): boolean {
  return holdsOnly('match', condition) || holdsOnly('sql', condition)
}

/** `not` only over what is all match or all SQL. */
function pushNegations(condition: Condition): Condition {
  if (condition.kind === 'and' || condition.kind === 'or') {
    return combine(condition.kind, condition.of.map(pushNegations))
  }
  if (condition.kind !== 'not' || isPure(condition)) return condition
  const inner = condition.of
  if (inner.kind !== 'and' && inner.kind !== 'or') return condition
  return pushNegations(combine(inner.kind === 'and' ? 'or' : 'and', inner.of.map(negate)))
}

function toBranch(conjunction: Conjunction): Branch {
  const matches = conjunction.filter(member => holdsOnly('match', member))
  const rest = conjunction.filter(member => !holdsOnly('match', member) && member.kind !== 'true')
  const plain = rest.flatMap(member => (member.kind === 'and' ? member.of : [member]))
  const asked = plain.filter((member): member is SqlCondition => member.kind === 'sql')
  const hints = asked.flatMap(({ hint }) => hint ?? [])
  const own = matches.length === 0 ? undefined : toMatch(combine('and', matches))
  const parts = matches.flatMap(member => (member.kind === 'and' ? member.of : [member]))
  const all = [...(own === undefined ? [] : [own]), ...hints]
  return {
    match: all.length === 0 ? undefined : all.map(match => (all.length > 1 ? `(${match})` : match)).join(' AND '),
    parts: [...parts.filter(({ kind }) => kind !== 'not').map(toMatch), ...hints],
    tests: plain.map(toTest),
    from: Math.max(0, ...asked.map(({ ids }) => ids?.from ?? 0)),
    until: Math.min(idEnd, ...asked.map(({ ids }) => ids?.until ?? idEnd)),
    drivers: asked.flatMap(({ driver }) => driver ?? []),
  }
}

/** An expression of FTS5. Its NOT takes something away from something: alone, from everything. */
function toMatch(condition: Condition): string {
  switch (condition.kind) {
    case 'match':
      return condition.match
    case 'or':
      return condition.of.map(member => `(${toMatch(member)})`).join(' OR ')
    case 'and': {
      const kept = condition.of.filter(({ kind }) => kind !== 'not')
      const taken = condition.of.flatMap(member => (member.kind === 'not' ? [member.of] : []))
      const base = kept.length === 0 ? everyMessage : kept.map(member => `(${toMatch(member)})`).join(' AND ')
      return taken.reduce((match, member) => `(${match}) NOT (${toMatch(member)})`, base)
    }
    case 'not':
      return `${everyMessage} NOT (${toMatch(condition.of)})`
    default:
      throw new RangeError('only matches go to the index')
  }
}

function toTest(condition: Condition): Test {
  switch (condition.kind) {
    case 'true':
      return { sql: '1', values: [] }
    case 'false':
      return { sql: '0', values: [] }
    case 'sql':
      return { sql: condition.sql, values: condition.values }
    case 'match':
      return {
        sql: 'm.id IN (SELECT rowid FROM message_index WHERE message_index MATCH ?)',
        values: [condition.match],
      }
    case 'not': {
      const inner = toTest(condition.of)
      return { sql: `NOT (${inner.sql})`, values: inner.values }
    }
    default: {
      if (holdsOnly('match', condition)) return toTest({ kind: 'match', match: toMatch(condition) })
      const members = condition.of.map(toTest)
      const joiner = condition.kind === 'and' ? ' AND ' : ' OR '
      return {
        sql: `(${members.map(test => test.sql).join(joiner)})`,
        values: members.flatMap(test => [...test.values]),
      }
    }
  }
}
