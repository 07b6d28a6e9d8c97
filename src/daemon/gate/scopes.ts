import type { Scope as GateScope } from '#gate/index.ts'
import { draftById, sendById } from '#mail/drafts/index.ts'
import type { MessageId } from '#mail/store/index.ts'
import { formatMessageId, parseMessageId } from '#mail/store/index.ts'
import type { Core } from '../part.ts'
import type { RequestSpec, Scope } from '../requests/index.ts'

/** A request's params, checked by its schema; fields are looked up by the names that its table entry gives. */
export type CheckedParams = Readonly<Record<string, unknown>>

/**
 * Whose mail a request concerns: everything that its fields name or imply, from the store and not from the request
 * (R-02 §4). A reference that leads nowhere concerns no account; its handler says that there is no such thing.
 */
export function scopeOf(core: Core, spec: RequestSpec, params: CheckedParams): GateScope {
  const parts = spec.scope.map(scope => partOf(core, scope, params))
  const named = parts.filter(part => part.type === 'accounts').flatMap(({ accounts }) => accounts)
  const [reachable] = parts.filter(part => part.type === 'reachable')
  if (named.length > 0) return { type: 'accounts', accounts: [...new Set(named)] }
  return reachable ?? { type: 'none' }
}

/** The same params, with what is about all accounts narrowed to those that are left. */
export function narrow(
  spec: RequestSpec,
  params: CheckedParams,
  accounts: readonly string[] | undefined,
): CheckedParams {
  if (accounts === undefined) return params
  let narrowed = params
  for (const scope of spec.scope) {
    if (scope.accounts === 'narrowed') narrowed = { ...narrowed, [scope.field]: [...accounts] }
    if (scope.accounts === 'referenced' && scope.by === 'selection') {
      const selection = narrowed[scope.field]
      if (isQuery(selection)) narrowed = { ...narrowed, [scope.field]: { ...selection, accounts: [...accounts] } }
    }
  }
  return narrowed
}

/** The messages that a request names, for their labels and their number. */
export function messagesOf(core: Core, spec: RequestSpec, params: CheckedParams): readonly MessageId[] {
  return spec.scope.flatMap(scope => {
    if (scope.accounts !== 'referenced') return []
    const value = params[scope.field]
    if (scope.by === 'messages') return idsOf(value)
    if (scope.by === 'answered') return answeredIds(value)
    if (scope.by === 'selection') return isIds(value) ? idsOf(value.ids) : []
    if (scope.by === 'thread') return (core.reader.thread(String(value)) ?? []).flatMap(({ id }) => idsOf(id))
    if (scope.by === 'plan') return planMessages(core, String(value))
    return []
  })
}

/** The ids of messages that the value of a field spells out. */
export function namedMessages({ by }: Extract<Scope, { accounts: 'referenced' }>, value: unknown): readonly string[] {
  if (by === 'messages') return (Array.isArray(value) ? value : [value]).map(String)
  if (by === 'answered') return answeredIds(value).map(formatMessageId)
  return by === 'selection' && isIds(value) ? value.ids : []
}

type Part = Extract<GateScope, { type: 'none' }> | Exclude<GateScope, { type: 'none' }>

function partOf(core: Core, scope: Scope, params: CheckedParams): Part {
  switch (scope.accounts) {
    case 'none':
      return { type: 'none' }
    case 'all':
      return { type: 'accounts', accounts: allAccounts(core) }
    case 'narrowed': {
      const given = params[scope.field]
      if (Array.isArray(given)) return { type: 'accounts', accounts: given.map(String) }
      return { type: 'reachable', accounts: allAccounts(core) }
    }
    case 'named': {
      const given = params[scope.field]
      if (typeof given === 'string') return { type: 'accounts', accounts: [given] }
      // Left out where another field leads to the account: that one decides.
      return Object.keys(params).some(name => name !== scope.field && isReference(name))
        ? { type: 'none' }
        : { type: 'accounts', accounts: allAccounts(core) }
    }
    case 'referenced':
      return referenced(core, scope, params)
  }
}

function isReference(field: string): boolean {
  return /_id$|^ids?$/.test(field)
}

function referenced(
  core: Core,
  { by, field }: Extract<Scope, { accounts: 'referenced' }>,
  params: CheckedParams,
): Part {
  const value = params[field]
  if (value === undefined && by !== 'decision') return { type: 'none' }
  const accounts = (found: readonly string[]): Part =>
    found.length === 0 ? { type: 'none' } : { type: 'accounts', accounts: [...new Set(found)] }
  switch (by) {
    case 'messages':
      return accounts(core.reader.list(idsOf(value)).map(({ account }) => account))
    case 'thread':
      return accounts((core.reader.thread(String(value)) ?? []).map(({ account }) => account))
    case 'answered':
      return accounts(core.reader.list(answeredIds(value)).map(({ account }) => account))
    case 'draft':
      return accounts([draftById(core.reader.statements, Number(value))?.account ?? []].flat())
    case 'send':
      return accounts([sendById(core.reader.statements, Number(value))?.account ?? []].flat())
    case 'plan':
      return accounts(core.reader.list(planMessages(core, String(value))).map(({ account }) => account))
    case 'decision':
      return accounts(decisionAccounts(core, value === undefined ? undefined : Number(value)))
    case 'selection': {
      if (isIds(value)) return accounts(core.reader.list(idsOf(value.ids)).map(({ account }) => account))
      if (!isQuery(value)) return { type: 'none' }
      const given = value.accounts
      return Array.isArray(given) ? accounts(given.map(String)) : { type: 'reachable', accounts: allAccounts(core) }
    }
    case 'saved_search': {
      const saved = core.reader.savedSearches().find(({ name }) => name === value)
      return saved?.account === undefined || saved.account === null
        ? { type: 'accounts', accounts: allAccounts(core) }
        : accounts([saved.account])
    }
  }
}

export function allAccounts(core: Core): readonly string[] {
  const stored = core.reader.accounts().map(({ name }) => name)
  return [...new Set([...stored, ...core.config.accounts.map(({ name }) => name)])]
}

function idsOf(value: unknown): readonly MessageId[] {
  const list = Array.isArray(value) ? value : [value]
  return list.flatMap(id => (typeof id === 'string' ? (parseMessageId(id) ?? []) : []))
}

function answeredIds(content: unknown): readonly MessageId[] {
  if (typeof content !== 'object' || content === null || !('answers' in content)) return []
  const { answers } = content
  return typeof answers === 'object' && answers !== null && 'id' in answers ? idsOf(answers.id) : []
}

function isIds(value: unknown): value is { readonly ids: readonly string[] } {
  return typeof value === 'object' && value !== null && 'ids' in value
}

function isQuery(value: unknown): value is { readonly query: string; readonly accounts?: unknown } {
  return typeof value === 'object' && value !== null && 'query' in value
}

function planMessages(core: Core, plan: string): readonly MessageId[] {
  const rows = core.reader.statements.all('SELECT message_id FROM plan_items WHERE plan_id = ? LIMIT 100000', plan)
  return rows.map(([id]) => Number(id))
}

function decisionAccounts(core: Core, decision: number | undefined): readonly string[] {
  const which = decision === undefined ? '(SELECT max(id) FROM decisions)' : '?'
  const values = decision === undefined ? [] : [decision]
  const rows = core.reader.statements.all(
    `SELECT DISTINCT a.name FROM decision_items i JOIN messages m ON m.id = i.message_id
     JOIN accounts a ON a.id = m.account_id WHERE i.decision_id = ${which}`,
    ...values,
  )
  return rows.map(([name]) => String(name))
}
