import * as v from 'valibot'
import { err, ok, type Result } from '#base/result.ts'
import { type Account, resolveAccount } from './account.ts'
import { accountSchema, accountsMax, isAccountName } from './account-schema.ts'
import { lineOf } from './line-of.ts'
import { type ConfigProblem, problemOf } from './problem.ts'
import type { Config, RefusedAccount } from './schema.ts'

/**
 * The tables `[accounts.NAME]`. One that cannot be used is left out and named: a slip in one account must not stop the
 * others, and no account guards anything.
 */
export function readAccounts(
  value: unknown,
  text: string,
): Result<Pick<Config, 'accounts' | 'refusedAccounts'>, readonly ConfigProblem[]> {
  const tables = value ?? {}
  if (typeof tables !== 'object' || Array.isArray(tables) || tables instanceof Date) {
    const line = lineOf(text, ['accounts'])
    return err([{ code: 'invalid_value', line, key: 'accounts', message: 'accounts must be tables [accounts.NAME]' }])
  }
  const accounts: Account[] = []
  const refusedAccounts: RefusedAccount[] = []
  for (const [name, table] of Object.entries(tables).slice(0, accountsMax)) {
    const read = readAccount(name, table, text)
    const double = read.ok ? accounts.find(other => sameAddress(other, read.value)) : undefined
    if (!read.ok) refusedAccounts.push(...read.error)
    else if (double !== undefined) {
      const message = `accounts.${name}.email is that of [accounts.${double.name}] too`
      refusedAccounts.push({
        name,
        line: lineOf(text, ['accounts', name, 'email']),
        key: `accounts.${name}.email`,
        message,
      })
    } else accounts.push(read.value)
  }
  return ok({ accounts, refusedAccounts })
}

function readAccount(name: string, table: unknown, text: string): Result<Account, readonly RefusedAccount[]> {
  const above = ['accounts', name]
  if (!isAccountName(name)) {
    const message = `an account's name is lower-case letters, digits, - and _: "${name.slice(0, 64)}" is not`
    return err([{ name, line: lineOf(text, above), key: above.join('.'), message }])
  }
  const checked = v.safeParse(accountSchema, table)
  if (!checked.success) {
    return err(checked.issues.map(issue => ({ name, ...problemOf(issue, { text, above }) })))
  }
  const resolved = resolveAccount(name, checked.output)
  if (resolved.ok) return resolved
  const path = [...above, ...resolved.error.path]
  return err([
    { name, line: lineOf(text, path), key: path.join('.'), message: `accounts.${name}: ${resolved.error.message}` },
  ])
}

function sameAddress(a: Account, b: Account): boolean {
  return a.email.toLowerCase() === b.email.toLowerCase()
}
