import { parse, stringify } from 'smol-toml'
import { err, ok, type Result } from '#base/result.ts'

/** Why a change was not made; the text is as it was. */
export interface EditRefusal {
  readonly code: 'not_toml' | 'account_exists' | 'account_unknown' | 'cannot_edit'
  readonly message: string
}

/** The table of an account as data: what stands below `[accounts.NAME]`. */
export type AccountTable = Readonly<Record<string, unknown>>

/**
 * Pure: changes to the text of a settings file that leave every other line, comment and blank where it stands. Each
 * result is read again and compared with what was meant: where a file is written so unusually that a change by lines
 * would do something else, it is refused and a person edits it.
 */
export function addAccount(text: string, name: string, table: AccountTable): Result<string, EditRefusal> {
  const before = read(text)
  if (before === undefined) return refuse('not_toml', 'the settings file does not parse: postern config check')
  if (Object.hasOwn(accountsOf(before), name)) return refuse('account_exists', `there is an account "${name}" already`)
  const lead = text === '' || text.endsWith('\n\n') ? '' : text.endsWith('\n') ? '\n' : '\n\n'
  const after = `${text}${lead}${accountText(name, table)}`
  return checked(after, { ...before, accounts: { ...accountsOf(before), [name]: table } })
}

export function removeAccount(text: string, name: string): Result<string, EditRefusal> {
  const before = read(text)
  if (before === undefined) return refuse('not_toml', 'the settings file does not parse: postern config check')
  const { [name]: gone, ...others } = accountsOf(before)
  if (gone === undefined) return refuse('account_unknown', `there is no account "${name}" in the settings`)
  const lines = text.split('\n')
  const kept = lines.filter((_, index) => !belongsTo(lines, index, name))
  const { accounts: _, ...rest } = before
  return checked(tidied(kept.join('\n')), Object.keys(others).length === 0 ? rest : { ...rest, accounts: others })
}

/** Puts the account's lines anew where they stood; comments inside of its tables go with them. */
export function replaceAccount(text: string, name: string, table: AccountTable): Result<string, EditRefusal> {
  const before = read(text)
  if (before === undefined) return refuse('not_toml', 'the settings file does not parse: postern config check')
  if (!Object.hasOwn(accountsOf(before), name)) {
    return refuse('account_unknown', `there is no account "${name}" in the settings`)
  }
  const lines = text.split('\n')
  const first = lines.findIndex((_, index) => belongsTo(lines, index, name))
  if (first < 0) return refuse('cannot_edit', unusual)
  const head = lines.slice(0, first)
  const tail = lines.slice(first).filter((_, index) => !belongsTo(lines, first + index, name))
  const fresh = accountText(name, table).split('\n')
  const after = [...head, ...fresh.slice(0, -1), ...(tail.length > 0 && tail[0] !== '' ? ['', ...tail] : tail)].join(
    '\n',
  )
  return checked(after.endsWith('\n') ? after : `${after}\n`, {
    ...before,
    accounts: { ...accountsOf(before), [name]: table },
  })
}

const unusual = 'the settings file is written in a way that cannot be changed line by line: edit it by hand'

function accountText(name: string, table: AccountTable): string {
  return `${stringify({ accounts: { [name]: table } }).trimEnd()}\n`
}

/** The line stands in `[accounts.NAME]` or a table below it. Comments right above a later header belong to that. */
function belongsTo(lines: readonly string[], index: number, name: string): boolean {
  const header = lines.findLastIndex((line, at) => at <= index && headerOf(line) !== undefined)
  const path = header < 0 ? undefined : headerOf(lines[header] ?? '')
  if (path?.[0] !== 'accounts' || path[1] !== name) return false
  const next = lines.findIndex((line, at) => at > index && headerOf(line) !== undefined)
  const between = lines.slice(index, next < 0 ? lines.length : next)
  const isLead =
    next >= 0 && between.every(line => /^\s*(?:#.*)?$/.test(line)) && between.some(line => line.includes('#'))
  return (
    !isLead ||
    headerOf(lines[next] ?? '')
      ?.slice(0, 2)
      .join('.') === `accounts.${name}`
  )
}

function headerOf(line: string): string[] | undefined {
  const header = /^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$/.exec(line)?.[1]
  if (header === undefined) return undefined
  return [...header.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)].map(found => found[1] ?? found[2] ?? found[3] ?? '')
}

function tidied(text: string): string {
  return text.replace(/\n{3,}/g, '\n\n').replace(/^\n+/, '')
}

function checked(text: string, meant: Record<string, unknown>): Result<string, EditRefusal> {
  const after = read(text)
  return after !== undefined && canonical(after) === canonical(meant) ? ok(text) : refuse('cannot_edit', unusual)
}

function read(text: string): Record<string, unknown> | undefined {
  try {
    return parse(text)
  } catch {
    return undefined // whatever is wrong with it, postern config check says it with its line
  }
}

function accountsOf(document: Record<string, unknown>): Record<string, unknown> {
  const { accounts } = document
  return typeof accounts === 'object' && accounts !== null && !Array.isArray(accounts) ? { ...accounts } : {}
}

/** The same for equal documents, whatever the order of their keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}n`
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner) || inner instanceof Date) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
  })
}

function refuse(code: EditRefusal['code'], message: string): Result<never, EditRefusal> {
  return err({ code, message })
}
