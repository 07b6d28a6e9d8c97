import { err, ok, type Result } from '#base/result.ts'
import { type ProviderError, providerError } from '../provider-error.ts'
import type { Wire } from './wire.ts'

export type Dial = (signal: AbortSignal) => Promise<Result<Wire, ProviderError>>

/** Servers allow some ten connections of one person; phones want some of them. */
const workingMax = 4
const keptMs = 60_000
/** After so much quiet a connection is asked whether it is still there. */
const doubtedMs = 2_000

interface Kept {
  readonly wire: Wire
  readonly since: number
}

/**
 * The connections of an account: a few that work, each kept for a while after its work. A refused login is remembered
 * and not tried again: servers lock accounts, and only a person can mend it.
 */
export class Connections {
  readonly #dial: Dial
  readonly #now: () => number
  readonly #kept: Kept[] = []
  readonly #open = new Set<Wire>()
  readonly #waiting: (() => void)[] = []
  readonly #closing = new AbortController()
  #working = 0
  #refused: ProviderError | undefined
  #sweeper: NodeJS.Timeout | undefined

  constructor(dial: Dial, now: () => number) {
    this.#dial = dial
    this.#now = now
  }

  /**
   * The same for what may be done twice: when a connection that was kept turns out to be gone, it is done anew on
   * another one, as a person expects after the network was away for a while.
   */
  async useAgain<T>(
    signal: AbortSignal,
    work: (wire: Wire) => Promise<Result<T, ProviderError>>,
    mailbox?: string,
  ): Promise<Result<T, ProviderError>> {
    const before = this.#kept.length
    const done = await this.use(signal, work, mailbox)
    const wasStale = !done.ok && done.error.code === 'network' && before > 0 && !signal.aborted
    return wasStale ? this.use(signal, work, mailbox) : done
  }

  /** Lends a connection to `work`; one on which this mailbox is open already, if there is one. */
  async use<T>(
    signal: AbortSignal,
    work: (wire: Wire) => Promise<Result<T, ProviderError>>,
    mailbox?: string,
  ): Promise<Result<T, ProviderError>> {
    const taken = await this.take(signal, mailbox)
    if (!taken.ok) return taken
    const wire = taken.value
    const abort = () => wire.close()
    signal.addEventListener('abort', abort, { once: true })
    try {
      return await work(wire)
    } finally {
      signal.removeEventListener('abort', abort)
      this.give(wire)
    }
  }

  async take(signal: AbortSignal, mailbox?: string): Promise<Result<Wire, ProviderError>> {
    while (this.#working >= workingMax) {
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
    this.#working++
    const reused = await this.#reuse(mailbox)
    if (reused !== undefined) return ok(reused)
    const dialled = await this.dial(signal)
    if (!dialled.ok) this.#free()
    return dialled
  }

  /** Gives back what `take` gave. */
  give(wire: Wire): void {
    if (wire.isIdle && !this.#closing.signal.aborted) {
      this.#kept.push({ wire, since: this.#now() })
      this.#sweeper ??= setInterval(() => this.#sweep(), keptMs / 2).unref()
    } else {
      wire.close()
      this.#open.delete(wire)
    }
    this.#free()
  }

  /** A connection that is not counted and not kept: for IDLE. */
  async dial(signal: AbortSignal): Promise<Result<Wire, ProviderError>> {
    if (this.#refused !== undefined) return err(this.#refused)
    if (this.#closing.signal.aborted) return err(providerError('cancelled', 'the account is being closed'))
    const dialled = await this.#dial(AbortSignal.any([signal, this.#closing.signal]))
    if (dialled.ok) this.#open.add(dialled.value)
    else if (dialled.error.code === 'auth') this.#refused = dialled.error
    return dialled
  }

  drop(wire: Wire): void {
    wire.close()
    this.#open.delete(wire)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    clearInterval(this.#sweeper)
    const kept = this.#kept.splice(0)
    await Promise.all(kept.map(({ wire }) => wire.logout()))
    for (const wire of this.#open) wire.close()
    this.#open.clear()
  }

  async #reuse(mailbox: string | undefined): Promise<Wire | undefined> {
    for (;;) {
      const at = this.#kept.findIndex(({ wire }) => wire.selected?.mailbox === mailbox)
      const [kept] = this.#kept.splice(at >= 0 ? at : this.#kept.length - 1, 1)
      if (kept === undefined) return undefined
      const { wire, since } = kept
      const isFresh = this.#now() - since < doubtedMs
      if (wire.isIdle && (isFresh || (await wire.run('NOOP')).ok)) return wire
      this.drop(wire)
    }
  }

  #sweep(): void {
    const now = this.#now()
    for (const kept of [...this.#kept]) {
      if (now - kept.since < keptMs) continue
      this.#kept.splice(this.#kept.indexOf(kept), 1)
      void kept.wire.logout().then(() => this.#open.delete(kept.wire))
    }
  }

  #free(): void {
    this.#working--
    this.#waiting.shift()?.()
  }
}
