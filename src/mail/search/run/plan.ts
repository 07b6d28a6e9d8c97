import type { Statements } from '../../store/database.ts'
import { FLAG } from '../../store/incoming.ts'
import { type Diagnostic, type DiagnosticCode, parse, print, type Query } from '../language/index.ts'
import { type Branch, branchesOf } from './branches.ts'
import { type Condition, combine, never, sql } from './conditions.ts'
import { lower } from './lower.ts'
import { Names, type Scope } from './names.ts'
import type { Moment } from './zone.ts'

export interface Plan {
  readonly ast: Query
  /** The query in canonical form. */
  readonly canonical: string
  readonly warnings: readonly Diagnostic[]
  readonly branches: readonly Branch[]
  /** There are words to rank by, and they bear on every hit: a filter beside them as an alternative has no rank. */
  readonly canRank: boolean
}

export interface PlanOptions extends Moment {
  /** Names of the accounts that may be seen; undefined means all. */
  readonly accounts?: Scope
  /** Names of labels whose messages are not there for whoever asks, whatever the query says. */
  readonly labelsHidden?: readonly string[]
}

/** Everything about a query that has to be known before rows are read. Errors of the language leave no branch. */
export function planQuery(statements: Statements, query: string, options: PlanOptions): Plan {
  const parsed = parse(query)
  const warnings: Diagnostic[] = [...parsed.warnings]
  const warn = (code: DiagnosticCode, message: string, suggestion?: string) => {
    if (warnings.some(known => known.code === code && known.message === message)) return
    const whole = { position: 0, length: query.length }
    warnings.push({ code, severity: 'warning', ...whole, message, ...(suggestion === undefined ? {} : { suggestion }) })
  }
  const names = new Names(statements, options.accounts)
  const isRefused = parsed.warnings.some(({ severity }) => severity === 'error')
  const condition = isRefused ? never : lower(parsed.ast, { names, warn, statements, moment: options })
  const scoped = combine('and', [
    condition,
    hiddenPlaces(parsed.ast, names),
    accountScope(names),
    withoutLabels(options.labelsHidden ?? [], names),
  ])
  const branches = branchesOf(scoped)
  const canRank = holdsText(parsed.ast) && branches.length <= 1
  return { ast: parsed.ast, canonical: print(parsed.ast), warnings, branches, canRank }
}

/** Trash and spam stay out unless they are asked for. */
function hiddenPlaces(query: Query, names: Names): Condition {
  const asked = placesAskedFor(query, names)
  const hidden = (asked.has('trash') ? 0 : FLAG.trash) | (asked.has('spam') ? 0 : FLAG.spam)
  return hidden === 0 ? { kind: 'true' } : sql(`(m.flags & ${hidden}) = 0`)
}

function placesAskedFor(query: Query, names: Names): Set<'trash' | 'spam'> {
  switch (query.kind) {
    case 'in':
      if (query.place === 'anywhere') return new Set(['trash', 'spam'])
      return query.place === 'trash' || query.place === 'spam' ? new Set([query.place]) : new Set()
    case 'is':
      return query.state === 'trash' || query.state === 'spam' ? new Set([query.state]) : new Set()
    case 'label': {
      const roles = names.labels(query.name).map(({ role }) => role)
      return new Set((['trash', 'spam'] as const).filter(role => roles.includes(role)))
    }
    case 'id':
    case 'messageId':
      return new Set(['trash', 'spam'])
    case 'and':
    case 'or':
      return new Set(query.of.flatMap(member => [...placesAskedFor(member, names)]))
    default:
      return new Set()
  }
}

function accountScope(names: Names): Condition {
  if (names.seesAll) return { kind: 'true' }
  const ids = names.accounts()
  return ids.length === 0 ? never : sql(`m.account_id IN (${ids.map(() => '?').join(', ')})`, ids)
}

function withoutLabels(hidden: readonly string[], names: Names): Condition {
  const ids = hidden.flatMap(name => names.labels(name).map(({ id }) => id))
  if (ids.length === 0) return { kind: 'true' }
  const marks = ids.map(() => '?').join(', ')
  return sql(`NOT EXISTS (SELECT 1 FROM message_labels h WHERE h.label_id IN (${marks}) AND h.message_id = m.id)`, ids)
}

function holdsText(query: Query): boolean {
  switch (query.kind) {
    case 'text':
    case 'field':
    case 'near':
      return true
    case 'and':
    case 'or':
      return query.of.some(holdsText)
    default:
      return false
  }
}
