import { readFileSync } from 'node:fs'
import { err, ok, type Result } from '#base/result.ts'
import type { Account, Server } from '#config/index.ts'
import { deliveryBy } from '#mail/providers/deliver.ts'
import { ImapProvider, type ImapServer, type Login } from '#mail/providers/imap/index.ts'
import { type ProviderError, providerError } from '#mail/providers/provider-error.ts'
import { formatMessageId } from '#mail/store/index.ts'
import { AccountSync, type Happened, type Preparers } from '#mail/sync/index.ts'
import type { Credentials } from '../credentials/index.ts'
import { eventIdsMax } from '../events/table.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Core } from '../part.ts'
import type { Sending } from '../sending/index.ts'
import { conditionOf } from './wire.ts'

export interface AccountService {
  readonly account: Account
  readonly sync: AccountSync
  stop(): Promise<void>
}

export interface Serving {
  readonly account: Account
  readonly server: Server
  readonly credentials: Credentials
  readonly outbox: Outbox
  readonly sending: Sending
  readonly preparers: Preparers
}

/** Begins to keep an account in step; what goes wrong later is told by its state. */
export function startAccount(core: Core, serving: Serving): AccountService {
  const { account, server, credentials, outbox, sending, preparers } = serving
  const { name } = account
  const stopping = new AbortController()
  const signal = AbortSignal.any([core.signal, stopping.signal])
  const provider = new ImapProvider({
    account: name,
    server: imapServer(server),
    login: () => loginOf(account, server, credentials),
    clock: core.clock,
  })
  let wasAway = false
  const sync = new AccountSync({
    provider,
    store: { reader: core.reader, writer: core.writer },
    prepare: preparers.prepare,
    choice: account.folders,
    historyDays: account.historyDays,
    pollMs: account.syncIntervalMs,
    clock: core.clock,
    log: core.log,
    onHappened: happened => tell(core, serving, happened),
    onStatus: status => {
      core.accounts.set(name, conditionOf(status))
      const isAway = status.state === 'offline' || status.state === 'stopped'
      if (wasAway && !isAway) {
        outbox.retry(name)
        sending.retry()
      }
      wasAway = isAway
    },
  })
  const detach = outbox.attach(name, { ...deliveryBy(provider), lost: () => sync.wake() })
  const detachFiler = sending.attach(name, {
    append: async (message, until) => {
      const appended = await provider.append(message, until)
      sync.wake()
      return appended
    },
  })
  const ended = serve(core, account, () => sync.run(signal))
  return {
    account,
    sync,
    stop: async () => {
      stopping.abort()
      detachFiler()
      await detach()
      await ended
      await provider.close()
      core.accounts.remove(name)
    },
  }
}

async function serve(core: Core, account: Account, run: () => Promise<void>): Promise<void> {
  const { name } = account
  try {
    await core.writer.setDelivery(name, account.provider === 'gmail' ? 'labels' : 'folders')
    await run()
  } catch (error) {
    if (core.signal.aborted) return
    const reason = error instanceof Error ? error.message : String(error)
    core.log.error('sync.broken', { account: name, reason })
    core.accounts.set(name, { state: 'degraded', detail: 'synchronising stopped by a fault: postern daemon logs' })
  }
}

export function imapServer({
  host,
  port,
  tls,
  caFile,
  certificateSha256,
}: Server): () => Result<ImapServer, ProviderError> {
  return () => {
    let ca: string | undefined
    try {
      ca = caFile === null ? undefined : readFileSync(caFile, 'utf8')
    } catch (error) {
      return err(providerError('certificate', `the certificates in ${caFile} cannot be read`, { cause: error }))
    }
    return ok({
      host,
      port,
      tls,
      ...(ca === undefined ? {} : { ca }),
      ...(certificateSha256 === null ? {} : { certificateSha256 }),
    })
  }
}

export async function loginOf(
  account: Account,
  { username }: Server,
  credentials: Pick<Credentials, 'password'>,
): Promise<Result<Login | undefined, ProviderError>> {
  if (username === null) return ok(undefined)
  const found = await credentials.password(account, 'imap')
  if (!found.ok) return err(providerError('auth', found.error.message, { cause: found.error }))
  return ok({ user: username, password: found.value })
}

function tell(
  { events, log }: Core,
  { outbox, sending, account: { name: account } }: Serving,
  { kind, ids }: Happened,
): void {
  const named = ids.slice(0, eventIdsMax).map(formatMessageId)
  if (kind === 'arrived') events.emit('messages.arrived', { ids: named, total: ids.length }, account)
  else if (kind === 'removed') events.emit('messages.removed', { ids: named, total: ids.length }, account)
  else events.emit('messages.changed', { ids: named, total: ids.length, fields: ['flags', 'labels'] }, account)
  if (kind !== 'arrived') return
  Promise.all([outbox.arrived(ids), sending.arrived(ids)]).catch((error: unknown) => {
    log.error('arrival.failed', { account, reason: error instanceof Error ? error.message : String(error) })
  })
}
