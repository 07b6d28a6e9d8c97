import { ok } from '#base/result.ts'
import type { Account } from '#config/index.ts'
import { Preparers } from '#mail/sync/index.ts'
import { type Credentials, openCredentials } from '../credentials/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Core, Part } from '../part.ts'
import type { syncingRequests } from '../requests/syncing.ts'
import { type AccountService, startAccount } from './account.ts'
import { passToWire, startedToWire, statusToWire } from './wire.ts'

type Names = keyof typeof syncingRequests

/** What other parts want of synchronisation. */
export interface Syncing extends Part<Names> {
  /** From now on this account is kept in step, with these settings; one of that name before is let go of. */
  adopt(account: Account): Promise<void>
  abandon(name: string): Promise<void>
  /** Its password was changed: what was refused is tried again. */
  forgive(name: string): Promise<void>
}

/** Keeps accounts in step with their providers, and lets the outbox deliver to them. */
export function syncPart(core: Core, outbox: Outbox): Syncing {
  const { config, paths, scheduler } = core
  const services = new Map<string, AccountService>()
  const preparers = new Preparers()
  let credentials: Credentials | undefined
  const keep = () => {
    credentials ??= openCredentials({
      paths,
      env: process.env,
      store: config.secrets.store,
      platform: process.platform,
    })
    return credentials
  }

  const abandon = async (name: string) => {
    const service = services.get(name)
    services.delete(name)
    await service?.stop()
  }
  const adopt = async (account: Account) => {
    await abandon(account.name)
    if (!account.enabled || account.imap === null) return
    services.set(
      account.name,
      startAccount(core, { account, server: account.imap, credentials: keep(), outbox, preparers }),
    )
  }
  const forgive = async (name: string) => {
    const service = services.get(name)
    if (service !== undefined) await adopt(service.account)
  }
  const chosen = (accounts: readonly string[] | undefined) =>
    [...services.values()].filter(({ account }) => accounts === undefined || accounts.includes(account.name))

  scheduler.onWake(() => {
    for (const service of services.values()) service.sync.wake()
  })
  return {
    name: 'sync',
    handlers: {
      'sync.start': async ({ accounts, wait }, { signal }) => {
        // A person who asks has perhaps mended what was refused.
        for (const { account, sync } of chosen(accounts))
          if (sync.status.state === 'stopped') await forgive(account.name)
        const asked = chosen(accounts)
        if (wait !== true) {
          for (const { sync } of asked) sync.wake()
          return ok({ accounts: asked.map(({ account }) => startedToWire(account.name)) })
        }
        const done = await Promise.all(
          asked.map(async ({ account, sync }) => passToWire(account.name, await sync.once(signal))),
        )
        return ok({ accounts: done })
      },
      'sync.status': ({ accounts }) => ok({ accounts: chosen(accounts).map(service => statusToWire(core, service)) }),
    },
    start: async () => {
      for (const account of config.accounts) await adopt(account)
    },
    stop: async () => {
      await Promise.all([...services.keys()].map(abandon))
      await preparers.stop()
    },
    adopt,
    abandon,
    forgive,
  }
}
