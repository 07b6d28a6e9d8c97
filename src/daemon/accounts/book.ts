import { statSync } from 'node:fs'
import { err, ok, type Result } from '#base/result.ts'
import type { Account, Config, RefusedAccount } from '#config/index.ts'
import { parseConfig, readConfigFile } from '#config/index.ts'

/** What is new about the accounts. */
export interface AccountNews {
  readonly added: readonly Account[]
  /** The same name with other settings: what is open on it is to be opened anew. */
  readonly changed: readonly Account[]
  readonly removed: readonly string[]
  /** Accounts with another password, or whose person wants it tried again. */
  readonly freed: readonly string[]
}

type Listener = (news: AccountNews) => void

/**
 * The accounts in force, as long as the daemon lives. A settings file that cannot be used changes nothing: the daemon
 * goes on with what it had, and says so.
 */
export class AccountBook {
  readonly #file: string
  readonly #listeners = new Set<Listener>()
  readonly #always: readonly Account[]
  #accounts: readonly Account[]
  #refused: readonly RefusedAccount[]
  #stamp: string

  /** `always` are accounts that no settings name or take away. */
  constructor(file: string, config: Pick<Config, 'accounts' | 'refusedAccounts'>, always: readonly Account[] = []) {
    this.#file = file
    this.#always = always
    this.#accounts = this.#with(config.accounts)
    this.#refused = config.refusedAccounts
    this.#stamp = stampOf(file)
  }

  /** Those that are switched on. */
  get enabled(): readonly Account[] {
    return this.#accounts.filter(({ enabled }) => enabled)
  }

  get all(): readonly Account[] {
    return this.#accounts
  }

  get refused(): readonly RefusedAccount[] {
    return this.#refused
  }

  named(name: string): Account | undefined {
    return this.enabled.find(account => account.name === name)
  }

  onNews(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #with(accounts: readonly Account[]): readonly Account[] {
    return [...accounts.filter(({ name }) => !this.#always.some(other => other.name === name)), ...this.#always]
  }

  /** Whether the file is another one than was read last. */
  get isStale(): boolean {
    return stampOf(this.#file) !== this.#stamp
  }

  reload(freed: readonly string[] = []): Result<AccountNews, string> {
    this.#stamp = stampOf(this.#file)
    const read = parseConfig(readConfigFile(this.#file) ?? '')
    if (!read.ok) return err(read.error.map(({ line, message }) => `line ${line}: ${message}`).join('; '))
    const before = new Map(this.enabled.map(account => [account.name, account]))
    this.#accounts = this.#with(read.value.accounts)
    this.#refused = read.value.refusedAccounts
    const now = this.enabled
    const news = {
      added: now.filter(({ name }) => !before.has(name)),
      changed: now.filter(account => {
        const known = before.get(account.name)
        return known !== undefined && JSON.stringify(known) !== JSON.stringify(account)
      }),
      removed: [...before.keys()].filter(name => !now.some(account => account.name === name)),
      freed: freed.filter(name => now.some(account => account.name === name)),
    }
    const isNews = Object.values(news).some(list => list.length > 0)
    if (isNews) for (const listener of this.#listeners) listener(news)
    return ok(news)
  }
}

function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false })
  return found === undefined ? '' : `${found.ino}:${found.mtimeMs}:${found.size}`
}
