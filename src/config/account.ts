import { homedir } from 'node:os'
import { nearest } from '#base/nearest.ts'
import { err, ok, type Result } from '#base/result.ts'
import type { AccountSettings } from './account-schema.ts'
import { type Provider, providerNamed, providerOf, providers, type ServerPreset, type TlsMode } from './providers.ts'

/** An account with everything settled that its few lines left open. */
export interface Account {
  /** The key in the file: what commands, the store and the log call it. */
  readonly name: string
  readonly email: string
  readonly enabled: boolean
  readonly provider: string | null
  /** Null: it does not receive here. */
  readonly imap: Server | null
  /** Null: it does not send. */
  readonly smtp: Server | null
  /** Null: the keychain is asked. */
  readonly passwordCommand: readonly string[] | null
  /** How far back mail is fetched; null for all of it. */
  readonly historyDays: number | null
  readonly syncIntervalMs: number
  readonly folders: { readonly include: readonly string[]; readonly exclude: readonly string[] }
  /** Who files what was sent. */
  readonly sentCopy: 'append' | 'server'
  /** Addresses that may stand in From; the account's own comes first. */
  readonly identities: readonly Identity[]
}

export interface Server {
  readonly host: string
  readonly port: number
  readonly tls: TlsMode
  readonly caFile: string | null
  /** Lower-case hex: only this certificate is accepted, whoever signed it. */
  readonly certificateSha256: string | null
  /** Null: no login. */
  readonly username: string | null
}

export interface Identity {
  readonly email: string
  readonly name: string | null
  readonly signature: string | null
  /** Addresses and domains that are written to from this address. */
  readonly defaultFor: readonly string[]
}

/** A reason why settings that are well-formed make no account, with the key below the account that it is about. */
export interface AccountRefusal {
  readonly path: readonly string[]
  readonly message: string
}

/** Pure: what the file says, completed by what is known of the provider. */
export function resolveAccount(name: string, settings: AccountSettings): Result<Account, AccountRefusal> {
  const found = presetOf(settings)
  if (!found.ok) return found
  const preset = found.value
  const imap = serverOf('imap', settings, preset)
  if (!imap.ok) return imap
  const smtp = serverOf('smtp', settings, preset)
  if (!smtp.ok) return smtp
  if (imap.value === null && smtp.value === null) {
    const message = `nothing says where ${settings.email} is: add provider, or [accounts.${name}.imap] and [accounts.${name}.smtp]`
    return err({ path: [], message })
  }
  const folders = settings.folders ?? { include: [], exclude: [] }
  return ok({
    name,
    email: settings.email,
    enabled: settings.enabled,
    provider: preset?.name ?? null,
    imap: imap.value,
    smtp: smtp.value,
    passwordCommand: settings.password_command ?? null,
    historyDays: daysOf(settings.history),
    syncIntervalMs: settings.sync_interval_s * 1000,
    folders,
    sentCopy:
      settings.sent_copy === 'auto' ? (preset?.filesSentMail === true ? 'server' : 'append') : settings.sent_copy,
    identities: identitiesOf(settings),
  })
}

/** A loopback host needs no name resolution to be told. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i.test(host)
}

function presetOf({ email, provider, imap, smtp }: AccountSettings): Result<Provider | undefined, AccountRefusal> {
  if (provider === undefined) return ok(imap === undefined && smtp === undefined ? providerOf(email) : undefined)
  const preset = providerNamed(provider)
  if (preset !== undefined) return ok(preset)
  const names = providers.map(known => known.name)
  const meant = nearest(provider, names)
  const hint = meant === undefined ? `; known are ${names.join(', ')}` : `; did you mean "${meant}"?`
  return err({ path: ['provider'], message: `there is no provider "${provider}"${hint}` })
}

function serverOf(
  kind: 'imap' | 'smtp',
  settings: AccountSettings,
  provider: Provider | undefined,
): Result<Server | null, AccountRefusal> {
  const said = settings[kind]
  if (said === undefined && provider === undefined) return ok(null)
  const server = placeOf(kind, said, provider?.[kind])
  if (server.host === '') return err({ path: [kind], message: `${kind}.host is missing` })
  if (server.tls === 'none' && !isLoopback(server.host)) {
    const message = `tls = "none" is for servers on this machine: ${server.host} would get the password in clear text`
    return err({ path: [kind, 'tls'], message })
  }
  if (settings.auth === 'none' && !isLoopback(server.host)) {
    return err({ path: ['auth'], message: 'auth = "none" is for servers on this machine' })
  }
  return ok({
    ...server,
    caFile: said?.ca_file?.replace(/^~(?=\/)/, () => homedir()) ?? null,
    certificateSha256: said?.certificate_sha256?.replaceAll(':', '').toLowerCase() ?? null,
    username: settings.auth === 'none' ? null : (said?.username ?? settings.username ?? settings.email),
  })
}

function placeOf(kind: 'imap' | 'smtp', said: AccountSettings['imap'], preset: ServerPreset | undefined): ServerPreset {
  const clear = kind === 'imap' ? [143] : [25, 587]
  const tls: TlsMode =
    said?.tls ??
    (said?.port === undefined ? preset?.tls : undefined) ??
    (clear.includes(said?.port ?? 0) ? 'starttls' : 'implicit')
  const usual = kind === 'imap' ? { implicit: 993, other: 143 } : { implicit: 465, other: 587 }
  return {
    host: said?.host ?? preset?.host ?? '',
    port:
      said?.port ??
      (said?.tls === undefined ? preset?.port : undefined) ??
      (tls === 'implicit' ? usual.implicit : usual.other),
    tls,
  }
}

function daysOf(history: string): number | null {
  const found = /^(\d+)([dy])$/.exec(history)
  return found === null ? null : Number(found[1]) * (found[2] === 'y' ? 365 : 1)
}

function identitiesOf(settings: AccountSettings): Identity[] {
  const own = {
    email: settings.email,
    name: settings.name ?? null,
    signature: settings.signature ?? null,
    defaultFor: [],
  }
  const others = settings.identities.map(identity => ({
    email: identity.email,
    name: identity.name ?? settings.name ?? null,
    signature: identity.signature ?? settings.signature ?? null,
    defaultFor: identity.default_for,
  }))
  const same = others.find(({ email }) => email.toLowerCase() === own.email.toLowerCase())
  return [same ?? own, ...others.filter(identity => identity !== same)]
}
