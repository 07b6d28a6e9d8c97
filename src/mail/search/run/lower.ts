import { integer, type Statements, type Value } from '../../store/database.ts'
import { firstIdOf, parseMessageId, parseThreadId, spilledSecondsMax } from '../../store/ids.ts'
import { FLAG } from '../../store/incoming.ts'
import { sizeStep, sizeStepMax } from '../../store/index-terms.ts'
import { messageKey } from '../../thread/index.ts'
import { type Comparison, type Possession, type Query, STARS, type State } from '../language/index.ts'
import { always, type Condition, combine, type Driver, negate, never, type SqlCondition, sql } from './conditions.ts'
import type { NamedLabel } from './names.ts'
import { everyMessage, factMatch, nearPhrase, type TermContext, termCondition } from './terms.ts'
import { ageStart, type Moment, type Seconds, spanOf } from './zone.ts'

export interface LowerContext extends TermContext {
  readonly statements: Statements
  readonly moment: Moment
}

/** Gives every name and relative date of a query its meaning in this store, now. */
export function lower(query: Query, context: LowerContext): Condition {
  switch (query.kind) {
    case 'all':
      return always
    case 'none':
      return never
    case 'text':
      return termCondition(query.term, undefined, context)
    case 'field':
      return termCondition(query.term, query.field, context)
    case 'near': {
      const sides = [nearPhrase(query.left), nearPhrase(query.right)]
      return sides.includes(undefined) ? never : { kind: 'match', match: `NEAR(${sides.join(' ')}, ${query.distance})` }
    }
    case 'is':
      return stateCondition(query.state, context)
    case 'in':
      return placeCondition(query.place, context)
    case 'has':
      return possessionCondition(query.what, context)
    case 'category':
      return labelled(context.names.labels(`CATEGORY_${query.category}`))
    case 'label':
      return namedLabel(query.name, context)
    case 'keyword':
      return labelled(context.names.keywords(query.name))
    case 'account':
      return accountCondition(query.name, context)
    case 'thread':
    case 'id':
    case 'messageId':
      return identity(query.kind, query.name, context)
    case 'size':
      return sizeCondition(query.compare, query.bytes)
    case 'date': {
      const span = spanOf(query.day, context.moment)
      if (query.bound === 'on') return dated(span)
      return dated(query.bound === 'after' ? { from: span.from, until: endOfTime } : { from: 0, until: span.from })
    }
    case 'age': {
      const start = ageStart(query.amount, query.unit, context.moment)
      return dated(query.bound === 'newer' ? { from: start, until: endOfTime } : { from: 0, until: start })
    }
    case 'and':
    case 'or':
      return combine(
        query.kind,
        query.of.map(member => lower(member, context)),
      )
    case 'not':
      return negate(lower(query.of, context))
  }
}

const endOfTime = 2 ** 40

function dated({ from, until }: Seconds): SqlCondition {
  const low = Math.max(0, from)
  const high = Math.max(0, until)
  return sql('(m.date >= ? AND m.date < ?)', [low, high], {
    ids: { from: firstIdOf(low), until: firstIdOf(high + spilledSecondsMax) },
  })
}

const flagStates = {
  draft: FLAG.draft,
  sent: FLAG.sent,
  trash: FLAG.trash,
  spam: FLAG.spam,
  answered: FLAG.answered,
  archived: FLAG.archived,
} as const

function stateCondition(state: State, { names, statements }: LowerContext): Condition {
  switch (state) {
    case 'unread':
      return sql('(m.flags & 1) = 0', [], { driver: indexDriver(statements, 'messages_unread', '(d.flags & 1) = 0') })
    case 'read':
      return sql('(m.flags & 1) <> 0')
    case 'starred':
      return starred(statements)
    case 'inbox':
      return labelled(names.labelsByRole('inbox'))
    case 'important':
    case 'muted':
      return labelled(names.labelsByRole(state))
    case 'reply-later':
      return labelled(names.keywords('$ReplyLater'))
    case 'owed-reply':
      return sql(
        `(m.id = (SELECT t.last_message FROM threads t WHERE t.id = m.thread_id) AND m.list_no IS NULL
          AND (m.flags & ${FLAG.sent | FLAG.draft | FLAG.trash | FLAG.spam}) = 0
          AND NOT EXISTS (SELECT 1 FROM people p JOIN account_addresses o ON o.address = p.address
                          WHERE p.id = m.from_id AND o.account_id = m.account_id))`,
      )
    default:
      return sql(`(m.flags & ${flagStates[state]}) <> 0`)
  }
}

function starred(statements: Statements): SqlCondition {
  return sql('(m.flags & 2) <> 0', [], { driver: indexDriver(statements, 'messages_starred', '(d.flags & 2) <> 0') })
}

function placeCondition(place: (Query & { kind: 'in' })['place'], context: LowerContext): Condition {
  switch (place) {
    case 'anywhere':
      return always
    case 'inbox':
      return stateCondition('inbox', context)
    case 'drafts':
      return stateCondition('draft', context)
    case 'archive':
      return stateCondition('archived', context)
    case 'snoozed':
      return labelled(context.names.labelsByRole('snoozed'))
    default:
      return stateCondition(place, context)
  }
}

const stars: ReadonlySet<string> = new Set(STARS)

function possessionCondition(what: Possession, { names, statements }: LowerContext): Condition {
  if (stars.has(what)) return starred(statements)
  switch (what) {
    case 'userlabels':
      return labelled(names.userLabels())
    case 'nouserlabels':
      return negate(labelled(names.userLabels()))
    case 'link-heavy':
      return factMatch('heavylink')
    case 'no-link':
      return factMatch('nolink')
    default:
      return factMatch(what)
  }
}

function namedLabel(name: string, { names, warn }: LowerContext): Condition {
  const labels = names.labels(name)
  if (labels.length === 0) {
    const close = names.nearestLabel(name)
    warn('unknown_label', `there is no label "${name}"`, close === undefined ? undefined : `label:"${close}"`)
  }
  return labelled(labels)
}

function labelled(labels: readonly NamedLabel[]): Condition {
  const [only] = labels
  if (only === undefined) return never
  const ids = labels.map(({ id }) => id)
  const marks = ids.map(() => '?').join(', ')
  const where = labels.length === 1 ? 'd.label_id = ?' : `d.label_id IN (${marks})`
  const rows = labels.reduce((sum, { total }) => sum + total, 0)
  const driver: Driver = {
    name: 'label',
    from: 'message_labels d',
    id: 'd.message_id',
    where,
    values: ids,
    rows: () => rows,
  }
  const test = labels.length === 1 ? 'l.label_id = ?' : `l.label_id IN (${marks})`
  return sql(`EXISTS (SELECT 1 FROM message_labels l WHERE ${test} AND l.message_id = m.id)`, ids, {
    // Several labels are not one order: then only few rows are worth sorting.
    ...(labels.length === 1 || rows < sortedRowsMax ? { driver } : {}),
  })
}

const sortedRowsMax = 2_000

function accountCondition(name: string, { names, warn }: LowerContext): Condition {
  const id = names.account(name)
  if (id !== undefined) return sql('m.account_id = ?', [id])
  const close = names.nearestAccount(name)
  warn('unknown_account', `there is no account "${name}"`, close === undefined ? undefined : `account:${close}`)
  return never
}

function identity(kind: 'thread' | 'id' | 'messageId', name: string, { statements, warn }: LowerContext): Condition {
  if (kind === 'messageId') {
    const key = messageKey(name)
    return sql(
      '(m.message_key = ? AND EXISTS (SELECT 1 FROM envelopes e WHERE e.id = m.id AND lower(e.message_id) = ?))',
      [key, name],
      { driver: columnDriver('message_key', key, 1) },
    )
  }
  const id = kind === 'id' ? parseMessageId(name) : parseThreadId(name)
  if (id === undefined) {
    warn('unknown_id', `"${name}" is not the id of a ${kind === 'id' ? 'message' : 'thread'}`)
    return never
  }
  if (kind === 'id') return sql('m.id = ?', [id], { driver: columnDriver('id', id, 1) })
  const row = statements.one(
    'SELECT t.id, t.messages FROM messages m JOIN threads t ON t.id = m.thread_id WHERE m.id = ?',
    id,
  )
  if (row === undefined) return never
  return sql('m.thread_id = ?', [integer(row, 0)], {
    driver: columnDriver('thread_id', integer(row, 0), integer(row, 1)),
  })
}

function columnDriver(column: string, value: Value, rows: number): Driver {
  return { name: column, from: 'messages d', id: 'd.id', where: `d.${column} = ?`, values: [value], rows: () => rows }
}

const countedRowsMax = 2_000

/** Counted only as far as it matters: past some thousands the index is no shortcut. */
function indexDriver(statements: Statements, index: string, where: string): Driver {
  const from = `messages d INDEXED BY ${index}`
  const counting = `SELECT count(*) FROM (SELECT 1 FROM ${from} WHERE ${where} LIMIT ${countedRowsMax + 1})`
  return { name: index, from, id: 'd.id', where, values: [], rows: () => integer(statements.one(counting), 0) }
}

function sizeCondition(compare: Comparison, bytes: number): Condition {
  const asked = sql(`m.size_bytes ${compare} ?`, [bytes])
  if (compare === '<' || compare === '<=' || bytes < 1024) return asked
  const first = sizeStep(bytes)
  const steps = Array.from({ length: compare === '=' ? 1 : sizeStepMax - first + 1 }, (_, up) => `size${first + up}`)
  const matches = steps.map(step => factMatch(step)).flatMap(fact => (fact.kind === 'match' ? [fact.match] : []))
  return { ...asked, hint: `facts : (${matches.join(' OR ')})` }
}

export { everyMessage }
