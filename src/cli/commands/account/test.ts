import { Failure } from '#base/failure.ts'
import { tryAccount } from '#daemon/accounts/try.ts'
import type { Run } from '../../command.ts'
import { accountNamed, credentialsOf, tellDaemon, triedText } from './login.ts'

const tryMs = 60_000

export const run: Run = async ({ positionals: [name] }, session) => {
  const { output, clock } = session
  const config = await session.config()
  const accounts = name === undefined ? config.accounts.filter(({ enabled }) => enabled) : [accountNamed(config, name)]
  if (accounts.length === 0)
    throw new Failure('not_found', 'account_unknown', 'there is no account', { next: 'postern account add imap' })
  const credentials = await credentialsOf(session)
  const results = []
  for (const account of accounts) {
    const tried = await tryAccount(account, {
      clock,
      password: credentials.password,
      signal: AbortSignal.timeout(tryMs),
    })
    results.push({ account: account.name, servers: tried })
    if (output.json) continue
    output.write(`${account.name} (${account.email})\n`)
    for (const each of tried) output.write(`  ${triedText(each)}\n`)
    // What the daemon stopped trying may work now: it is told, once.
    if (tried.every(({ trouble }) => trouble === null)) await tellDaemon(session, account.name)
  }
  if (output.json) output.data({ accounts: results })
  const bad = results.flatMap(({ account, servers }) =>
    servers.filter(({ trouble }) => trouble !== null).map(each => ({ account, ...each })),
  )
  const [first] = bad
  if (first === undefined) return 'done'
  if (output.json) return 'failed'
  const isPassword = first.trouble?.code === 'auth'
  throw new Failure('failed', 'login_failed', `${first.account}: ${first.protocol} does not work`, {
    next: isPassword ? `postern account edit ${first.account} --password` : `postern account edit ${first.account}`,
  })
}
