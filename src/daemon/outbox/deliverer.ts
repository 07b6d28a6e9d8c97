import type { Result } from '#base/result.ts'
import { accountOutboxes, type Settled, type Taken } from '#mail/outbox/index.ts'
import {
  type Delivery,
  type DeliveryError,
  type DeliveryResult,
  deliveryMessagesMax,
} from '#mail/providers/delivery.ts'
import { formatMessageId, type MessageId, type StoreError } from '#mail/store/index.ts'
import type { Core } from '../part.ts'
import { backoffMs } from './backoff.ts'

/** What an account's provider does besides applying changes. */
export interface Attached extends Delivery {
  /** Messages that are nowhere any more: look for them, or take them out. */
  lost?(ids: readonly MessageId[]): void
}

export type DeliveryState = 'idle' | 'delivering' | 'waiting' | 'auth_needed'

/**
 * Delivers what was decided for one account: in order, one batch after the other, and after a failure again with
 * growing pauses. It holds nothing that the store does not hold, so that it may end at any moment.
 */
export class Deliverer {
  readonly account: string
  readonly #core: Core
  readonly #provider: Attached
  readonly #random: () => number
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  /** Something came in while it ran. */
  #isWanted = false
  /** Somebody asked to try at once while it ran. */
  #isUrgent = false
  #attempts = 0
  #state: DeliveryState = 'idle'
  #nextTryAt: number | undefined

  constructor(
    core: Core,
    { account, provider, random }: { account: string; provider: Attached; random: () => number },
  ) {
    this.account = account
    this.#core = core
    this.#provider = provider
    this.#random = random
  }

  get state(): DeliveryState {
    return this.#state
  }

  /** ms since the epoch, while it waits. */
  get nextTryAt(): number | undefined {
    return this.#nextTryAt
  }

  /** There may be something to deliver. While it waits after a failure, only `retry` makes it try earlier. */
  wake(): void {
    if (this.#state === 'waiting' || this.#state === 'auth_needed') return
    this.#start()
  }

  /** The network or the password is back, or a person asks. */
  retry(): void {
    clearTimeout(this.#timer)
    this.#isUrgent = this.#running !== undefined
    this.#start()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    clearTimeout(this.#timer)
    await this.#running
  }

  #start(): void {
    if (this.#stopping.signal.aborted) return
    if (this.#running !== undefined) {
      this.#isWanted = true
      return
    }
    clearTimeout(this.#timer)
    this.#isWanted = false
    this.#isUrgent = false
    this.#nextTryAt = undefined
    this.#state = 'delivering'
    this.#running = this.#deliverAll()
      .catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error)
        this.#core.log.error('outbox.failed', { account: this.account, reason: message })
        return { code: 'internal', message } as const
      })
      .then(async failure => {
        this.#running = undefined
        if (failure === undefined) {
          this.#state = 'idle'
          if (this.#isWanted) this.#start()
        } else await this.#pause(failure)
      })
  }

  /** Batch after batch; undefined when nothing is left. */
  async #deliverAll(): Promise<DeliveryError | undefined> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const taken = orThrow(await this.#core.writer.takeDeliveries(this.account, deliveryMessagesMax))
      if (taken.length === 0) return undefined
      const failure = await this.#deliver(taken, signal)
      if (failure !== undefined) return failure
      if (this.#attempts > 0) await this.#core.writer.noteDeliverySuccess(this.account)
      this.#attempts = 0
    }
    return undefined
  }

  async #deliver(taken: readonly Taken[], signal: AbortSignal): Promise<DeliveryError | undefined> {
    const { account } = this
    const applied = await this.#provider.apply(
      taken.map(({ change }) => change),
      signal,
    )
    if (!applied.ok) return applied.error
    const results: readonly DeliveryResult[] = applied.value
    if (results.length !== taken.length)
      throw new Error(`the provider gave ${results.length} results for ${taken.length}`)
    const deliveries = taken.flatMap((each, index) => {
      const result = results[index]
      return result === undefined ? [] : [{ taken: each, result }]
    })
    const settled = orThrow(await this.#core.writer.settleDeliveries(account, deliveries))
    this.#tell(settled)
    // What has to wait would be taken again at once: the pause is for all, the others are done.
    for (const result of results) if (result.outcome === 'later') return { code: result.code, message: result.message }
    return undefined
  }

  #tell({ applied, failed, reverted, lost }: Settled): void {
    const { account } = this
    const { log, events } = this.#core
    log.info('outbox.delivered', { account, applied, failed: failed.length, lost: lost.length })
    if (reverted.length > 0) {
      const ids = reverted.map(formatMessageId)
      events.emit(
        'messages.changed',
        { ids: ids.slice(0, 500), total: ids.length, fields: ['flags', 'labels'] },
        account,
      )
    }
    for (const [decision, code, count] of byDecision(failed)) {
      events.emit('decision.failed', { decision_id: decision, failed: count, code }, account)
    }
    if (lost.length > 0) this.#provider.lost?.(lost)
    const now = this.#core.clock.now()
    const outbox = accountOutboxes(this.#core.reader.statements, now).find(each => each.account === account)
    events.emit('outbox.changed', { pending: outbox?.pending ?? 0 }, account)
  }

  async #pause(failure: DeliveryError): Promise<void> {
    if (this.#stopping.signal.aborted) return
    this.#attempts++
    this.#core.log.warn('outbox.waits', { account: this.account, code: failure.code, attempts: this.#attempts })
    await this.#core.writer
      .noteDeliveryFailure(this.account, { code: failure.code, message: failure.message })
      .catch((error: unknown) =>
        this.#core.log.warn('outbox.unnoted', { account: this.account, reason: String(error) }),
      )
    if (failure.code === 'auth_needed') {
      this.#state = 'auth_needed'
      return
    }
    this.#state = 'waiting'
    const pause = Math.max(failure.retryAfterMs ?? 0, backoffMs(this.#attempts, this.#random))
    this.#nextTryAt = this.#core.clock.now() + pause
    this.#timer = setTimeout(() => this.#start(), pause)
    this.#timer.unref()
    if (this.#isUrgent) this.retry()
  }
}

function byDecision(failed: Settled['failed']): [number, string, number][] {
  const counted = new Map<number, [number, string, number]>()
  for (const { decision, code } of failed) {
    const known = counted.get(decision)
    if (known === undefined) counted.set(decision, [decision, code, 1])
    else known[2]++
  }
  return [...counted.values()]
}

function orThrow<T>(result: Result<T, StoreError>): T {
  if (result.ok) return result.value
  throw new Error(`${result.error.code}: ${result.error.message}`)
}
