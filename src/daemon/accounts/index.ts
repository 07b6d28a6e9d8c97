import { err, ok } from '#base/result.ts'
import type { Account, Server } from '#config/index.ts'
import { type Credentials, openCredentials } from '../credentials/index.ts'
import type { Core, Part } from '../part.ts'
import { requestError } from '../protocol/errors.ts'
import type { accountRequests } from '../requests/accounts.ts'
import { AccountBook } from './book.ts'
import { demoAccounts } from './demo.ts'

export { AccountBook, type AccountNews } from './book.ts'

/** What other parts want of the accounts. */
export interface Accounts extends Part<keyof typeof accountRequests> {
  readonly book: AccountBook
  readonly credentials: Credentials
}

const watchMs = 15_000

/** Which accounts there are, and their passwords. Whoever serves them listens to the book. */
export function accountsPart(core: Core): Accounts {
  const { paths, config, log, writer, scheduler } = core
  const book = new AccountBook(paths.configFile, config, demoAccounts(paths, core.reader))
  const credentials = openCredentials({
    paths,
    env: process.env,
    store: config.secrets.store,
    platform: process.platform,
  })
  const keepAddresses = async (accounts: readonly Account[]) => {
    for (const { name, identities } of accounts) {
      const kept = await writer.setAddresses(
        name,
        identities.map(({ email }) => email),
      )
      if (!kept.ok) log.warn('account.addresses', { account: name, code: kept.error.code })
    }
  }
  book.onNews(({ added, changed, removed }) => {
    log.info('accounts.changed', { added: added.length, changed: changed.length, removed: removed.length })
    void keepAddresses([...added, ...changed])
  })
  const reload = (freed: readonly string[]) => {
    const news = book.reload(freed)
    if (!news.ok) log.warn('config.refused', { reason: news.error })
    return news
  }
  scheduler.every('settings', watchMs, () => {
    if (book.isStale) reload([])
  })
  return {
    name: 'accounts',
    book,
    credentials,
    handlers: {
      'account.list': ({ accounts }) => {
        const isWanted = (name: string) => accounts === undefined || accounts.includes(name)
        return ok({
          items: book.all.filter(({ name }) => isWanted(name)).map(toWire),
          refused: book.refused
            .filter(({ name }) => isWanted(name))
            .map(({ name, key, line, message }) => ({ account: name, key, line, message })),
        })
      },
      'account.reload': ({ account }) => {
        const news = reload(account === null ? [] : [account])
        if (!news.ok) return err(requestError('refused', `the settings cannot be used: ${news.error}`))
        return ok({ accounts: book.enabled.map(({ name }) => name), refused: book.refused.length })
      },
    },
    start: () => keepAddresses(book.enabled),
  }
}

function toWire({ name, email, identities, provider, enabled, imap, smtp }: Account) {
  const addresses = identities.map(identity => identity.email)
  return { account: name, email, addresses, provider, enabled, imap: serverToWire(imap), smtp: serverToWire(smtp) }
}

function serverToWire(server: Server | null) {
  if (server === null) return null
  return { host: server.host, port: server.port, tls: server.tls, login: server.username !== null }
}
