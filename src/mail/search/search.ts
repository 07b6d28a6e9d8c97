import { err, ok, type Result } from '#base/result.ts'
import type { Statements } from '../store/database.ts'
import {
  fromException,
  type ListedMessage,
  type MailReader,
  type MessageId,
  type StoreError,
} from '../store/reading.ts'
import type { Diagnostic, Query } from './language/index.ts'
import type { Test } from './run/branches.ts'
import { formatCursor, type Position, parseCursor, type Sort } from './run/cursor.ts'
import { type Group, type GroupBy, groupHits } from './run/groups.ts'
import { type Plan, type PlanOptions, planQuery } from './run/plan.ts'
import { type Ranked, rankBranch } from './run/ranked.ts'
import { readBranch, selectIds } from './run/rows.ts'

export interface SearchOptions extends PlanOptions {
  readonly sort?: Sort
  readonly limit?: number
  /** `nextCursor` of the page before, of the same query. */
  readonly cursor?: string
}

export interface IdPage {
  readonly ids: readonly MessageId[]
  /** Absent on the last page. */
  readonly nextCursor?: string
  /** What the person should know although the search ran. */
  readonly warnings: readonly Diagnostic[]
}

export interface MessagePage extends Omit<IdPage, 'ids'> {
  readonly messages: readonly ListedMessage[]
}

export type SearchError =
  | { readonly code: 'query_invalid'; readonly message: string; readonly diagnostics: readonly Diagnostic[] }
  | StoreError

export const pageSizeMax = 1_000
const pageSizeDefault = 50
export const countMax = 10_000

/** One page of messages as lists show them. */
export function search(reader: MailReader, query: string, options: SearchOptions): Result<MessagePage, SearchError> {
  return attempt(reader, () => {
    const found = searchIds(reader, query, options)
    if (!found.ok) return found
    const { ids, ...rest } = found.value
    return ok({ messages: reader.list(ids), ...rest })
  })
}

/** One page of ids. The order is that of the dates unless relevance is asked for; paging neither repeats nor skips. */
export function searchIds(reader: MailReader, query: string, options: SearchOptions): Result<IdPage, SearchError> {
  return attempt(reader, () => {
    const { statements } = reader
    const limit = Math.max(1, Math.min(pageSizeMax, Math.floor(options.limit ?? pageSizeDefault)))
    const started = startPage(statements, query, options)
    if (!started.ok) return started
    const { plan, position, sort, now } = started.value
    const page =
      sort === 'relevance'
        ? rankedPage(statements, plan, { limit, now, position })
        : datedPage(statements, plan, { sort, limit, position })
    const last = page.length > limit ? page[limit - 1] : undefined
    const ids = page.slice(0, limit).map(({ id }) => id)
    const nextCursor = last === undefined ? undefined : formatCursor(plan.canonical, { sort, now, ...last })
    return ok({ ids, warnings: started.value.warnings, ...(nextCursor === undefined ? {} : { nextCursor }) })
  })
}

interface Started {
  readonly plan: Plan
  readonly position: Position | undefined
  readonly sort: Sort
  readonly now: number
  readonly warnings: readonly Diagnostic[]
}

function startPage(statements: Statements, query: string, options: SearchOptions): Result<Started, SearchError> {
  const first = planOrRefuse(statements, query, options)
  if (!first.ok) return first
  const { cursor } = options
  const position = cursor === undefined ? undefined : parseCursor(cursor, first.value.canonical)
  if (cursor !== undefined && position === undefined) {
    return err({ code: 'cursor_invalid', message: 'this cursor belongs to another query: start again without it' })
  }
  // All pages take the same moment for now: else "newer_than:1h" would lose messages between two pages.
  const now = position?.now ?? options.now
  const plan = now === options.now ? first : planOrRefuse(statements, query, { ...options, now })
  if (!plan.ok) return plan
  const wanted = position?.sort ?? options.sort ?? 'newest'
  const sort = wanted === 'relevance' && !plan.value.canRank ? 'newest' : wanted
  const warnings = sort === wanted ? plan.value.warnings : [...plan.value.warnings, noRelevance(query)]
  return ok({ plan: plan.value, position, sort, now, warnings })
}

function noRelevance(query: string): Diagnostic {
  const message = 'only words can be ranked by: the newest come first'
  return { code: 'no_relevance', severity: 'warning', position: 0, length: query.length, message }
}

function datedPage(
  statements: Statements,
  plan: Plan,
  { sort, limit, position }: { sort: 'newest' | 'oldest'; limit: number; position: Position | undefined },
): Ranked[] {
  const order = { direction: sort, limit: limit + 1, beyond: position?.id }
  const found = new Set(plan.branches.flatMap(branch => readBranch(statements, branch, order)))
  const ids = [...found].sort((one, other) => (sort === 'newest' ? other - one : one - other))
  return ids.slice(0, limit + 1).map(id => ({ id, score: 0 }))
}

function rankedPage(
  statements: Statements,
  { branches: [branch] }: Plan,
  { limit, now, position }: { limit: number; now: number; position: Position | undefined },
): Ranked[] {
  return branch === undefined ? [] : rankBranch(statements, branch, { limit: limit + 1, now, beyond: position })
}

export interface Count {
  readonly total: number
  /** There are at least so many: beyond 10,000 nobody counts. */
  readonly isLowerBound: boolean
  readonly warnings: readonly Diagnostic[]
}

export function count(reader: MailReader, query: string, options: PlanOptions): Result<Count, SearchError> {
  return attempt(reader, () => {
    const plan = planOrRefuse(reader.statements, query, options)
    if (!plan.ok) return plan
    const hits = allHits(plan.value)
    const row = reader.statements.one(
      `SELECT count(*) FROM (SELECT id FROM (${hits.sql}) LIMIT ${countMax + 1})`,
      ...hits.values,
    )
    const found = Number(row?.[0])
    return ok({ total: Math.min(found, countMax), isLowerBound: found > countMax, warnings: plan.value.warnings })
  })
}

export function group(
  reader: MailReader,
  query: string,
  options: PlanOptions & { readonly by: GroupBy },
): Result<{ groups: readonly Group[]; warnings: readonly Diagnostic[] }, SearchError> {
  return attempt(reader, () => {
    const plan = planOrRefuse(reader.statements, query, options)
    if (!plan.ok) return plan
    const groups = groupHits(reader.statements, allHits(plan.value), options.by, options)
    return ok({ groups, warnings: plan.value.warnings })
  })
}

export interface Explanation {
  /** The query as it was understood. */
  readonly canonical: string
  readonly ast: Query
  readonly diagnostics: readonly Diagnostic[]
  readonly branches: readonly {
    readonly match: string | undefined
    readonly tests: readonly string[]
    readonly drivers: readonly { readonly name: string; readonly rows: number }[]
    readonly plan: readonly string[]
  }[]
}

/** How a query is read and run; also for one that would be refused. */
export function explain(reader: MailReader, query: string, options: PlanOptions): Result<Explanation, SearchError> {
  return attempt(reader, () => {
    const { statements } = reader
    const plan = planQuery(statements, query, options)
    const branches = plan.branches.map(branch => {
      const hits = selectIds(branch)
      const steps = statements.all(`EXPLAIN QUERY PLAN ${hits.sql}`, ...hits.values)
      return {
        match: branch.match?.replace(/[\ue000-\uf8ff]/g, sign => String.fromCharCode(sign.charCodeAt(0) - 0xe000)),
        tests: branch.tests.map(test => test.sql.replace(/\s+/g, ' ')),
        drivers: branch.drivers.map(({ name, rows }) => ({ name, rows: rows() })),
        plan: steps.map(step => String(step[3])),
      }
    })
    return ok({ canonical: plan.canonical, ast: plan.ast, diagnostics: plan.warnings, branches })
  })
}

function planOrRefuse(statements: Statements, query: string, options: PlanOptions): Result<Plan, SearchError> {
  const plan = planQuery(statements, query, options)
  const errors = plan.warnings.filter(({ severity }) => severity === 'error')
  const [first] = errors
  return first === undefined
    ? ok(plan)
    : err({ code: 'query_invalid', message: first.message, diagnostics: plan.warnings })
}

/** Every hit once. */
function allHits({ branches }: Plan): Test {
  const parts = branches.map(selectIds)
  if (parts.length === 0) return { sql: 'SELECT 0 AS id WHERE 0', values: [] }
  return { sql: parts.map(part => part.sql).join(' UNION '), values: parts.flatMap(part => [...part.values]) }
}

function attempt<T>(reader: MailReader, work: () => Result<T, SearchError>): Result<T, SearchError> {
  try {
    return reader.snapshot(work)
  } catch (thrown) {
    return err(fromException(thrown))
  }
}
