import { ok } from '#base/result.ts'
import type { Account } from '#config/index.ts'
import { Preparers } from '#mail/sync/index.ts'
import type { Accounts } from '../accounts/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Core, Part } from '../part.ts'
import type { syncingRequests } from '../requests/syncing.ts'
import type { Sending } from '../sending/index.ts'
import { type AccountService, startAccount } from './account.ts'
import { passToWire, startedToWire, statusToWire } from './wire.ts'

type Names = keyof typeof syncingRequests

/** Keeps accounts in step with their providers, and lets the outbox deliver to them. */
export function syncPart(
  core: Core,
  { outbox, accounts, sending }: { outbox: Outbox; accounts: Accounts; sending: Sending },
): Part<Names> {
  const { log, scheduler } = core
  const { book, credentials } = accounts
  const services = new Map<string, AccountService>()
  const preparers = new Preparers()
  /** One after the other: settings may change again while an account is being let go of. */
  let settling: Promise<void> = Promise.resolve()

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
      startAccount(core, { account, server: account.imap, credentials, outbox, sending, preparers }),
    )
  }
  const settle = (work: () => Promise<void>) => {
    settling = settling.then(work).catch((error: unknown) => {
      log.error('sync.settle', { reason: error instanceof Error ? error.message : String(error) })
    })
    return settling
  }
  /** A refused login is remembered by its provider; a new one asks again. */
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
        // An account that was added a moment ago is meant too.
        await settling
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
      book.onNews(({ added, changed, removed, freed }) => {
        void settle(async () => {
          for (const name of removed) await abandon(name)
          for (const account of [...added, ...changed]) await adopt(account)
          for (const name of freed) await forgive(name)
        })
      })
      for (const account of book.enabled) await adopt(account)
    },
    stop: async () => {
      await settling
      await Promise.all([...services.keys()].map(abandon))
      await preparers.stop()
    },
  }
}
