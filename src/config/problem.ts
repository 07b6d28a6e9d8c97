import type * as v from 'valibot'
import { nearest } from '#base/nearest.ts'
import { lineOf } from './line-of.ts'
import { namesAt, typeAt } from './schema.ts'

export interface ConfigProblem {
  readonly code: 'not_toml' | 'unknown_key' | 'invalid_value'
  /** Counted from 1. */
  readonly line: number
  /** Dotted; empty when the file as a whole does not parse. */
  readonly key: string
  readonly message: string
}

/** Words under which people write passwords into files; what stands behind them is never repeated. */
const secretNames = /^(?:pass(?:word|wd|phrase)?|secret|token|api_?key|credentials?)$/i
const receivedCharactersMax = 60

/** What a schema found, in a person's words and with its line. `above` is the path of the table that was checked. */
export function problemOf(
  issue: v.BaseIssue<unknown>,
  { text, above }: { readonly text: string; readonly above: readonly string[] },
): ConfigProblem {
  const path = [...above, ...(issue.path ?? []).map(({ key }) => String(key))]
  const key = path.join('.')
  const line = lineOf(text, path)
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return { code: 'unknown_key', line, key, message: unknownKey(path) }
  }
  return {
    code: 'invalid_value',
    line,
    key,
    message: `${key} must be ${typeAt(path) ?? 'a table'}${received(issue, path)}`,
  }
}

function unknownKey(path: readonly string[]): string {
  const name = path.at(-1) ?? ''
  if (path[0] === 'accounts' && secretNames.test(name)) {
    const account = path[1] ?? 'NAME'
    return `a secret has no place in this file ("${name}" in [accounts.${account}]): delete the line, then run postern account edit ${account} --password`
  }
  const meant = nearest(name, namesAt(path.slice(0, -1)))
  const where = path.length > 1 ? ` in [${path.slice(0, -1).join('.')}]` : ''
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`
  return `unknown key "${name}"${where}${hint}`
}

/** What stood there, unless it may be a password that was written where the command to get it belongs. */
function received({ received: what }: v.BaseIssue<unknown>, path: readonly string[]): string {
  if (path.includes('password_command')) return ''
  return `, not ${what.length > receivedCharactersMax ? `${what.slice(0, receivedCharactersMax)}…` : what}`
}
