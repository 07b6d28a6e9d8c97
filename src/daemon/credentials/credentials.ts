import { join } from 'node:path'
import { runChild } from '#base/child.ts'
import type { Paths } from '#base/paths.ts'
import { err, ok, type Result } from '#base/result.ts'
import { type Secret, secretFrom } from '#base/secret.ts'
import type { Account, Config } from '#config/index.ts'
import { fileKeep } from './file-keep.ts'
import { type Keep, type KeepError, keepOutputBytesMax } from './keep.ts'
import { macosKeychain } from './macos-keychain.ts'
import { secretService } from './secret-service.ts'
import { windowsVault } from './windows-vault.ts'

export type Protocol = 'imap' | 'smtp'

/** Why there is no password to log in with. `next` is what a person can do. */
export interface CredentialError {
  readonly code: 'password_missing' | 'password_command_failed' | KeepError['code']
  readonly message: string
  readonly next: string
}

export interface CredentialsOptions {
  readonly paths: Paths
  readonly env: Readonly<Record<string, string | undefined>>
  readonly store: Config['secrets']['store']
  readonly platform: NodeJS.Platform
}

/** The passwords of accounts. Asked at each login, never held longer than that takes. */
export interface Credentials {
  /** The password for a server; the account's own unless it has another for sending. */
  password(account: Account, protocol: Protocol): Promise<Result<Secret, CredentialError>>
  /** Keeps it in one place and takes it out of every other; says where. */
  keep(account: string, secret: Secret, only?: Protocol): Promise<Result<Keep, CredentialError>>
  /** Forgets everything of an account, wherever it lies. */
  forget(account: string): Promise<Result<undefined, CredentialError>>
}

const commandTimeoutMs = 120_000

export function openCredentials(options: CredentialsOptions): Credentials {
  const { paths, env, store } = options
  const file = fileKeep(join(paths.dataDir, 'passwords'), paths.homeDir)
  const keychain = keychainOf(options)
  /** The file is asked first: it costs no program, and what lies in it lies nowhere else. */
  const keeps = store === 'file' ? [file] : store === 'keychain' ? [keychain] : [file, keychain]

  const lookUp = async (account: string, protocol: Protocol): Promise<Result<Secret | undefined, KeepError>> => {
    let unreachable: KeepError | undefined
    for (const keep of keeps) {
      for (const key of [`${account}/${protocol}`, account]) {
        const found = await keep.get(key)
        if (found.ok && found.value !== undefined) return found
        // That a place is broken says more than that another one is not there.
        if (!found.ok && (unreachable === undefined || unreachable.code === 'keep_missing')) unreachable = found.error
      }
    }
    return unreachable === undefined || (unreachable.code === 'keep_missing' && store === 'auto')
      ? ok(undefined)
      : err(unreachable)
  }

  return {
    password: async (account, protocol) => {
      if (account.passwordCommand !== null) return askCommand(account.name, account.passwordCommand, env)
      const found = await lookUp(account.name, protocol)
      if (!found.ok) return err({ ...found.error, next: `postern account test ${account.name}` })
      if (found.value !== undefined) return ok(found.value)
      return err({
        code: 'password_missing',
        message: `no password is kept for ${account.name}`,
        next: `postern account edit ${account.name} --password`,
      })
    },
    keep: async (account, secret, only) => {
      const key = only === undefined ? account : `${account}/${only}`
      const chosen = await choose(keeps, store)
      if (!chosen.ok) return err({ ...chosen.error, next: 'postern config explain secrets.store' })
      const kept = await chosen.value.set(key, secret)
      if (!kept.ok) return err({ ...kept.error, next: 'postern config explain secrets.store' })
      for (const other of [file, keychain]) if (other !== chosen.value) await other.forget(key)
      return ok(chosen.value)
    },
    forget: async account => {
      for (const keep of [file, keychain]) {
        for (const key of [account, `${account}/imap`, `${account}/smtp`]) {
          const forgotten = await keep.forget(key)
          if (!forgotten.ok && forgotten.error.code !== 'keep_missing') {
            return err({ ...forgotten.error, next: `postern account remove ${account}` })
          }
        }
      }
      return ok(undefined)
    },
  }
}

/** The keychain if there is one and it may be used, else the file, else the reason. */
async function choose(keeps: readonly Keep[], store: Config['secrets']['store']): Promise<Result<Keep, KeepError>> {
  const keychain = keeps.find(({ kind }) => kind === 'keychain')
  const file = keeps.find(({ kind }) => kind === 'file')
  if (keychain === undefined) return file === undefined ? err(noKeep) : ok(file)
  const there = await keychain.isThere()
  if (there.ok) return ok(keychain)
  return there.error.code === 'keep_missing' && store === 'auto' && file !== undefined ? ok(file) : there
}

const noKeep: KeepError = { code: 'keep_missing', message: 'there is no place for passwords' }

function keychainOf({ paths, env, platform }: CredentialsOptions): Keep {
  if (platform === 'darwin') return macosKeychain(paths.instance, env)
  if (platform === 'win32') return windowsVault(paths.instance, env)
  return secretService(paths.instance, env)
}

/** Runs the person's own command. What it prints is the secret: nothing of it goes into an error. */
async function askCommand(
  account: string,
  words: readonly string[],
  env: CredentialsOptions['env'],
): Promise<Result<Secret, CredentialError>> {
  const refuse = (message: string): Result<never, CredentialError> =>
    err({ code: 'password_command_failed', message, next: `postern account edit ${account}` })
  const answer = await runChild(words, { env, timeoutMs: commandTimeoutMs, outputBytesMax: keepOutputBytesMax })
  const program = words[0] ?? ''
  if (!answer.ok) return refuse(`password_command of ${account}: ${answer.error.message}`)
  if (answer.value.exit !== 0)
    return refuse(`password_command of ${account}: ${program} ended with ${answer.value.exit}`)
  const secret = secretFrom(new TextDecoder().decode(answer.value.stdout))
  return secret === undefined ? refuse(`password_command of ${account}: ${program} printed no single line`) : ok(secret)
}
