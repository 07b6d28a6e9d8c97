import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Clock } from '#base/clock.ts'
import type { Usage } from '#gate/index.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

export type UsageKind = 'messages' | 'sends' | 'new_recipients' | 'export_bytes' | 'memory_drafts'

/**
 * What each token has used up (R-02-12), kept over restarts. Time goes by the monotonic clock from the start of the
 * daemon on: setting the clock forward does not empty a budget.
 */
export class UsageCounts {
  readonly #add: StatementSync
  readonly #sum: StatementSync
  readonly #forget: StatementSync
  readonly #now: () => number

  constructor(database: DatabaseSync, clock: Clock) {
    this.#add = database.prepare('INSERT INTO usage(agent, kind, amount, at) VALUES (?, ?, ?, ?)')
    this.#sum = database.prepare(
      'SELECT coalesce(sum(amount), 0) AS used FROM usage WHERE agent = ? AND kind = ? AND at > ?',
    )
    this.#forget = database.prepare('DELETE FROM usage WHERE at < ?')
    // What was used in a future that is over counts as used just now.
    const newest = Number(database.prepare('SELECT coalesce(max(at), 0) AS at FROM usage').get()?.at ?? 0)
    const [wall, monotonic] = [Math.max(clock.now(), newest), clock.monotonicMs()]
    this.#now = () => wall + (clock.monotonicMs() - monotonic)
  }

  add(agent: string, kind: UsageKind, amount: number): void {
    if (amount > 0) this.#add.run(agent, kind, Math.round(amount), Math.floor(this.#now()))
  }

  of(agent: string): Usage {
    return {
      messagesLastHour: this.#used(agent, 'messages', hourMs),
      sendsLastDay: this.#used(agent, 'sends', dayMs),
      newRecipientsLastDay: this.#used(agent, 'new_recipients', dayMs),
      exportBytesLastHour: this.#used(agent, 'export_bytes', hourMs),
      memoryDraftsLastHour: this.#used(agent, 'memory_drafts', hourMs),
    }
  }

  forgetOld(): void {
    this.#forget.run(Math.floor(this.#now() - 2 * dayMs))
  }

  #used(agent: string, kind: UsageKind, withinMs: number): number {
    return Number(this.#sum.get(agent, kind, Math.floor(this.#now() - withinMs))?.used ?? 0)
  }
}
