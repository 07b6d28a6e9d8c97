import { Failure } from '#base/failure.ts'
import { type Secret, secretFrom } from '#base/secret.ts'
import { type Account, type Config, parseConfig } from '#config/index.ts'
import type { Tried } from '#daemon/accounts/try.ts'
import { type Credentials, openCredentials } from '#daemon/credentials/index.ts'
import type { Session } from '../../session.ts'
import { granted, withRunningDaemon } from '../../with-daemon.ts'

const passwordBytesMax = 8192

export async function credentialsOf({ paths, env, config }: Session): Promise<Credentials> {
  const { secrets } = await config()
  return openCredentials({ paths, env, store: secrets.store, platform: process.platform })
}

/** The password that somebody pipes in. */
export function secretFromInput({ input }: Session): Secret {
  if (input.isTerminal) throw new Failure('usage', 'password_missing', '--password-stdin reads a pipe, not a terminal')
  const secret = secretFrom(new TextDecoder().decode(input.readAll(passwordBytesMax)))
  if (secret !== undefined) return secret
  throw new Failure('usage', 'password_invalid', 'a password is one line, and standard input held none or more')
}

export function accountNamed({ accounts, refusedAccounts }: Config, name: string): Account {
  const found = accounts.find(account => account.name === name)
  if (found !== undefined) return found
  const refused = refusedAccounts.find(account => account.name === name)
  if (refused !== undefined)
    throw new Failure('usage', 'account_invalid', refused.message, { next: 'postern config check' })
  throw new Failure('not_found', 'account_unknown', `there is no account "${name}"`, { next: 'postern account list' })
}

/** An account as a text of settings would make it, before that text is a file. */
export function accountIn(text: string, name: string): Account {
  const parsed = parseConfig(text)
  if (!parsed.ok) {
    throw new Failure('usage', 'config_invalid', parsed.error.map(({ message }) => message).join('\n'), {
      next: 'postern config check',
    })
  }
  const refused = parsed.value.refusedAccounts.filter(account => account.name === name)
  if (refused.length > 0)
    throw new Failure('usage', 'account_invalid', refused.map(({ message }) => message).join('\n'))
  return accountNamed(parsed.value, name)
}

/** What a person reads of a try. */
export function triedText({ protocol, host, port, trouble, mailboxes }: Tried): string {
  const place = `${protocol}  ${host}:${port}`
  if (trouble === null) return mailboxes === null ? `${place}  ok` : `${place}  ok, ${mailboxes} mailboxes`
  const shown = trouble.certificate
  const certificate =
    shown === null
      ? ''
      : `\n      it shows: ${shown.subject}, by ${shown.issuer}, valid until ${new Date(shown.validUntil).toISOString().slice(0, 10)}` +
        `\n      if that is right: --certificate-sha256 ${shown.sha256}`
  return `${place}  ${trouble.message}${certificate}`
}

/** Tells a running daemon; without one there is nobody to tell. */
export async function tellDaemon(session: Session, account: string | null): Promise<void> {
  await withRunningDaemon(session, async client => granted(await client.request('account.reload', { account })))
}
