import { Failure } from '#base/failure.ts'
import { ok } from '#base/result.ts'
import type { Secret } from '#base/secret.ts'
import { type AccountTable, addAccount } from '#config/edit.ts'
import { type Account, isAccountName, isEmail, providerNamed, providerOf, readConfigFile } from '#config/index.ts'
import { changeConfigFile } from '#config/write.ts'
import { type Discovered, discover } from '#daemon/accounts/discover.ts'
import { systemNetwork } from '#daemon/accounts/network.ts'
import { tryAccount } from '#daemon/accounts/try.ts'
import { type Asking, asking } from '../../ask.ts'
import type { Options, Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { accountIn, credentialsOf, secretFromInput, triedText } from './login.ts'
import { tableFrom } from './table.ts'

const tryMs = 60_000
const discoverMs = 20_000

export const run: Run = async ({ positionals: [kind = 'imap'], options }, session) => {
  const { output, paths } = session
  const ask = asking(session)
  const email = options.value('email') ?? ask.line('Address', { option: '--email' })
  if (!isEmail(email)) throw new Failure('usage', 'email_invalid', `"${email.slice(0, 80)}" is no address`)
  const text = readConfigFile(paths.configFile) ?? ''
  const name = options.value('account') ?? nameFor(email, (await session.config()).accounts)
  if (!isAccountName(name))
    throw new Failure('usage', 'name_invalid', 'an account is called by lower-case letters, digits, - and _')
  const table = await servers(session, {
    kind,
    table: named({ ...tableFrom(options), email }, options, ask, session),
    options,
  })
  const edited = addAccount(text, name, table)
  if (!edited.ok) throw new Failure('usage', edited.error.code, edited.error.message)
  const account = accountIn(edited.value, name)
  const hint = account.provider === null ? undefined : providerNamed(account.provider)?.hint
  if (hint !== undefined) output.talk(`note: ${hint}`)
  const secret = await passwordFor(account, options, session, ask)
  if (!options.flag('no-test')) await checkLogin(session, account, secret)
  const where = secret === undefined ? undefined : await keep(session, name, secret)
  changeConfigFile(paths, before => addAccount(before, name, table))
  const started = await withDaemon(session, async client =>
    granted(await client.request('account.reload', { account: name })),
  )
  if (output.json)
    output.data({
      account: name,
      email,
      imap: account.imap,
      smtp: account.smtp,
      password: where ?? null,
      accounts: started.accounts,
    })
  else {
    if (where !== undefined) output.talk(`the password is in ${where}`)
    output.write(`added ${name} (${email})\n`)
    if (account.imap !== null) output.talk('mail is being fetched, the newest first; see: postern status')
  }
  return 'done'
}

/** `ann@example.org` is `example`, or `ann` at a provider of many; a number follows where that is taken. */
function nameFor(email: string, accounts: readonly Account[]): string {
  const at = email.lastIndexOf('@')
  const domain =
    email
      .slice(at + 1)
      .split('.')
      .at(-2) ?? email.slice(at + 1)
  const base = (providerOf(email) === undefined ? domain : email.slice(0, at))
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 40)
  const stem = base === '' ? 'mail' : base
  for (let number = 1; ; number++) {
    const name = number === 1 ? stem : `${stem}-${number}`
    if (!accounts.some(account => account.name === name)) return name
  }
}

function named(table: AccountTable, options: Options, ask: Asking, { input }: Session): AccountTable {
  if (options.value('name') !== undefined || !input.isTerminal || options.flag('yes')) return table
  const name = ask.line('Your name, as others shall see it', { option: '--name', standard: '' })
  return name === '' ? table : { ...table, name }
}

interface Choosing {
  readonly kind: string
  readonly table: AccountTable
  readonly options: Options
}

/** The servers: as said, else those of the provider, else what the domain announces, shown before anything is sent. */
async function servers(session: Session, { kind, table, options }: Choosing): Promise<AccountTable> {
  const isSaid = kind === 'smtp' ? 'smtp' in table : 'imap' in table
  const email = String(table.email)
  if (isSaid) return without(table, kind, options)
  const known = table.provider === undefined ? providerOf(email) : providerNamed(String(table.provider))
  if (known !== undefined && kind === 'imap' && !options.flag('no-smtp')) return { ...table, provider: known.name }
  const found = known ?? (await discovered(session, email, options))
  if (found === undefined) return without({ ...table, ...askServers(session, kind, options) }, kind, options)
  const isWhole = kind === 'imap' && !options.flag('no-smtp')
  if ('how' in found && found.provider !== undefined && isWhole) return { ...table, provider: found.provider }
  const { provider: _, ...rest } = table
  const login = 'how' in found && found.username !== undefined ? { username: found.username } : {}
  return without({ ...login, ...rest, imap: { ...found.imap }, smtp: { ...found.smtp } }, kind, options)
}

function askServers(session: Session, kind: string, options: Options): AccountTable {
  const ask = asking(session)
  const imap =
    kind === 'imap' ? { imap: { host: ask.line('Server to receive from (IMAP)', { option: '--imap HOST' }) } } : {}
  const smtp = options.flag('no-smtp')
    ? {}
    : { smtp: { host: ask.line('Server to send by (SMTP)', { option: '--smtp HOST' }) } }
  return { ...imap, ...smtp }
}

/** What the domain announces, once a person has agreed to send a password there. */
async function discovered(session: Session, email: string, options: Options): Promise<Discovered | undefined> {
  const { output, input } = session
  output.talk(`looking for the servers of ${email} …`)
  const found = await discover(email, systemNetwork(AbortSignal.timeout(discoverMs)))
  if (found === undefined) return undefined
  const { imap, smtp, how } = found
  const shown = `${imap.host}:${imap.port} (${imap.tls}), ${smtp.host}:${smtp.port} (${smtp.tls})`
  output.talk(`found: ${shown}; ${how}`)
  if (options.flag('yes') || found.provider !== undefined) return found
  if (input.isTerminal)
    return asking(session).yes('Send the password there?', { option: '--yes', standard: true }) ? found : undefined
  throw new Failure('usage', 'servers_unconfirmed', `found ${shown}, and nobody is there to agree to it`, {
    next: 'the same command with --yes, or with --imap and --smtp',
  })
}

function without(table: AccountTable, kind: string, options: Options): AccountTable {
  const { imap, smtp, ...rest } = table
  const receives = kind === 'imap' && imap !== undefined ? { imap } : {}
  const sends = !options.flag('no-smtp') && smtp !== undefined ? { smtp } : {}
  return { ...rest, ...receives, ...sends }
}

async function passwordFor(
  account: Account,
  options: Options,
  session: Session,
  ask: Asking,
): Promise<Secret | undefined> {
  if (account.passwordCommand !== null) return undefined
  if (account.imap?.username == null && account.smtp?.username == null) return undefined
  if (options.flag('password-stdin')) return secretFromInput(session)
  return ask.secret(`Password of ${account.email}`, { option: '--password-stdin or --password-command' })
}

async function checkLogin(session: Session, account: Account, secret: Secret | undefined): Promise<void> {
  const credentials = await credentialsOf(session)
  const password: typeof credentials.password = async (which, protocol) =>
    secret === undefined ? credentials.password(which, protocol) : ok(secret)
  const tried = await tryAccount(account, { clock: session.clock, password, signal: AbortSignal.timeout(tryMs) })
  for (const each of tried) session.output.talk(triedText(each))
  const failed = tried.find(({ trouble }) => trouble !== null)
  if (failed === undefined) return
  const data = { server: failed.protocol, code: failed.trouble?.code }
  throw new Failure(
    'failed',
    'login_failed',
    `nothing was kept: ${failed.protocol}: ${failed.trouble?.message ?? ''}`,
    {
      data,
      next: 'the same command with other settings, or with --no-test',
    },
  )
}

async function keep(session: Session, name: string, secret: Secret): Promise<string> {
  const kept = await (await credentialsOf(session)).keep(name, secret)
  if (kept.ok) return kept.value.title
  throw new Failure('failed', kept.error.code, kept.error.message, { next: kept.error.next })
}
