import { parse } from 'smol-toml'
import { Failure } from '#base/failure.ts'
import { type AccountTable, replaceAccount } from '#config/edit.ts'
import { loadConfig, readConfigFile } from '#config/index.ts'
import { lineOf } from '#config/line-of.ts'
import { changeConfigFile } from '#config/write.ts'
import { asking } from '../../ask.ts'
import type { Options, Run } from '../../command.ts'
import { openEditor } from '../../editor.ts'
import type { Session } from '../../session.ts'
import { accountIn, credentialsOf, secretFromInput, tellDaemon } from './login.ts'
import { tableFrom } from './table.ts'

export const run: Run = async ({ positionals: [name = ''], options }, session) => {
  const { output, paths } = session
  const text = readConfigFile(paths.configFile) ?? ''
  const table = tableOf(text, name)
  const said = tableFrom(options)
  const isPassword = options.flag('password') || options.flag('password-stdin')
  if (Object.keys(said).length > 0) {
    const merged = merge(table, said)
    const edited = replaceAccount(text, name, merged)
    if (!edited.ok)
      throw new Failure('usage', edited.error.code, edited.error.message, { next: `postern account edit ${name}` })
    accountIn(edited.value, name)
    changeConfigFile(paths, before => replaceAccount(before, name, merged))
  } else if (!isPassword) editByHand(session, text, name)
  if (isPassword) await changePassword(session, name, options)
  await tellDaemon(session, name)
  if (output.json) output.data({ account: name, changed: true })
  else output.write(`changed ${name}\n`)
  return 'done'
}

async function changePassword(session: Session, name: string, options: Options): Promise<void> {
  const secret = options.flag('password-stdin')
    ? secretFromInput(session)
    : await asking(session).secret(`New password of ${name}`, { option: '--password-stdin' })
  const only = options.value('only')
  const kept = await (await credentialsOf(session)).keep(
    name,
    secret,
    only === 'imap' || only === 'smtp' ? only : undefined,
  )
  if (!kept.ok) throw new Failure('failed', kept.error.code, kept.error.message, { next: kept.error.next })
  session.output.talk(`the password is in ${kept.value.title}`)
}

/** The person's editor on the file, at the account; a file that cannot be used afterwards is said and stays theirs. */
function editByHand(session: Session, text: string, name: string): void {
  const { paths, input } = session
  if (!input.isTerminal)
    throw new Failure('usage', 'nothing_to_change', 'say what to change, or run it at a terminal', {
      next: 'postern account edit --help',
    })
  openEditor(session, { file: paths.configFile, line: lineOf(text, ['accounts', name]) })
  const { refusedAccounts } = loadConfig(paths.configFile)
  const [refused] = refusedAccounts.filter(account => account.name === name)
  if (refused !== undefined)
    throw new Failure('usage', 'account_invalid', `${paths.configFile}:${refused.line}: ${refused.message}`, {
      next: `postern account edit ${name}`,
    })
}

function tableOf(text: string, name: string): AccountTable {
  const { accounts } = parse(text)
  const table: unknown = typeof accounts === 'object' && accounts !== null ? Reflect.get(accounts, name) : undefined
  if (typeof table === 'object' && table !== null) return { ...table }
  throw new Failure('not_found', 'account_unknown', `there is no account "${name}"`, { next: 'postern account list' })
}

/** Keys of servers are changed one by one. */
function merge(table: AccountTable, said: AccountTable): AccountTable {
  const server = (kind: 'imap' | 'smtp') => {
    const before = table[kind]
    const after = said[kind]
    return after === undefined
      ? {}
      : { [kind]: { ...(typeof before === 'object' ? before : {}), ...(typeof after === 'object' ? after : {}) } }
  }
  return { ...table, ...said, ...server('imap'), ...server('smtp') }
}
