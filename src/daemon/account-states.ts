import type { EventBus } from './events/bus.ts'

/** How an account with a provider is doing. */
export const ACCOUNT_STATES = ['starting', 'ready', 'syncing', 'offline', 'auth_needed', 'degraded'] as const
export type AccountState = (typeof ACCOUNT_STATES)[number]

export interface AccountCondition {
  readonly state: AccountState
  /** Why it is not ready and what to do, for a person; never a secret, never mail. */
  readonly detail?: string
  /** ms since the epoch, of the last pass that ended well. */
  readonly syncedAt?: number
  readonly progress?: { readonly done: number; readonly total?: number }
}

/** Whoever serves an account says here how that goes; `status` and the events show it. */
export class AccountStates {
  readonly #events: EventBus
  readonly #conditions = new Map<string, AccountCondition>()

  constructor(events: EventBus) {
    this.#events = events
  }

  /** What is left out stays as it was, but for `detail`, which belongs to the state. */
  set(account: string, condition: Partial<AccountCondition> & Pick<AccountCondition, 'state'>): void {
    const before = this.#conditions.get(account)
    const { detail: _, ...kept } = before ?? {}
    this.#conditions.set(account, { ...kept, ...condition })
    if (before?.state !== condition.state || before.detail !== condition.detail) {
      this.#events.emit('account.state', { state: condition.state, detail: condition.detail ?? null }, account)
    }
    const { progress } = condition
    if (progress !== undefined) {
      this.#events.emit('sync.progress', { done: progress.done, total: progress.total ?? null }, account)
    }
  }

  of(account: string): AccountCondition | undefined {
    return this.#conditions.get(account)
  }

  remove(account: string): void {
    this.#conditions.delete(account)
  }
}
