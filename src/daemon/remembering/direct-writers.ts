import { err, ok, type Result } from '#base/result.ts'
import type { Store } from '#memory/store.ts'
import { type StoreError, storeErrorText } from '#memory/store-error.ts'
import { type RequestError, requestError } from '../protocol/errors.ts'

export interface WritersWorld {
  readonly openStore: (log: string) => Result<Store, StoreError>
  readonly monotonicMs: () => number
  /** Does `work` once so many ms are over; the way to call it off. */
  readonly after: (ms: number, work: () => void) => () => void
}

interface Lease {
  readonly connection: number
  readonly store: Store
  readonly endsAt: number
  readonly callOff: () => void
}

/**
 * Who writes a memory past the librarian: one connection at a time, under the log's lock, until it lets go or its time
 * is over. The lock is let go of by a timer, not when somebody next asks.
 */
export class DirectWriters {
  readonly #world: WritersWorld
  readonly #leases = new Map<string, Lease>()

  constructor(world: WritersWorld) {
    this.#world = world
  }

  open(log: string, connection: number, ttlMs: number): Result<undefined, RequestError> {
    if (this.#leases.has(log)) return err(requestError('conflict', 'lease_held: somebody writes this memory already'))
    const opened = this.#world.openStore(log)
    if (!opened.ok) {
      const code = opened.error.code === 'Locked' ? 'workspace_lock_held' : 'store_open_failed'
      return err(requestError('conflict', `${code}: ${storeErrorText(opened.error)}`))
    }
    this.#keep(log, connection, opened.value, ttlMs)
    return ok(undefined)
  }

  renew(log: string, connection: number, ttlMs: number): Result<undefined, RequestError> {
    const held = this.#held(log, connection)
    if (!held.ok) return held
    held.value.callOff()
    this.#keep(log, connection, held.value.store, ttlMs)
    return ok(undefined)
  }

  /** The store to write to. */
  store(log: string, connection: number): Result<Store, RequestError> {
    const held = this.#held(log, connection)
    return held.ok ? ok(held.value.store) : held
  }

  release(log: string, connection: number): boolean {
    const held = this.#held(log, connection)
    if (held.ok) this.#end(log)
    return held.ok
  }

  close(): void {
    for (const log of [...this.#leases.keys()]) this.#end(log)
  }

  #held(log: string, connection: number): Result<Lease, RequestError> {
    const lease = this.#leases.get(log)
    if (lease?.connection === connection && lease.endsAt > this.#world.monotonicMs()) return ok(lease)
    return err(requestError('conflict', 'no_lease: this connection does not hold the memory'))
  }

  #keep(log: string, connection: number, store: Store, ttlMs: number): void {
    const callOff = this.#world.after(ttlMs, () => this.#end(log))
    this.#leases.set(log, { connection, store, endsAt: this.#world.monotonicMs() + ttlMs, callOff })
  }

  #end(log: string): void {
    const lease = this.#leases.get(log)
    if (lease === undefined) return
    this.#leases.delete(log)
    lease.callOff()
    lease.store.close()
  }
}
