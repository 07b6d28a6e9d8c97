import type { Clock } from '#base/clock.ts'
import type { Log } from '#base/log.ts'
import type { Result } from '#base/result.ts'
import type { Mailbox, MailProvider } from '../providers/provider.ts'
import { type PassOptions, type PassReport, passOver } from './account-pass.ts'
import type { Choice } from './choose.ts'
import type { Happened, SyncStore } from './mailbox-sync.ts'
import type { Prepare } from './prepare.ts'
import type { Progress } from './progress.ts'
import { atProvider, needsPerson, type SyncError } from './sync-error.ts'

export interface AccountSyncOptions {
  readonly provider: MailProvider
  readonly store: SyncStore
  readonly prepare: Prepare
  readonly choice: Choice
  /** How far back mail is fetched; null for all of it. */
  readonly historyDays: number | null
  /** Between looks at what the server does not report by itself. */
  readonly pollMs: number
  readonly clock: Clock
  readonly log: Log
  readonly onHappened: (happened: Happened) => void
  readonly onStatus: (status: SyncStatus) => void
}

export interface SyncStatus {
  readonly account: string
  readonly state: SyncState
  /** Why it is not well, for a person. */
  readonly problem: SyncError | null
  /** ms since the epoch: when all mailboxes were last seen to be up to date. */
  readonly syncedAt: number | null
  readonly progress: Progress | null
  /** Mailboxes that cannot be read, while the others can. */
  readonly failures: PassReport['failures']
}

/** `stopped`: it waits for a person (password, certificate) and asks the server nothing until then. */
export type SyncState = 'starting' | 'syncing' | 'ready' | 'offline' | 'stopped' | 'degraded'

const retryMs = 5_000
const retryMsMax = 5 * 60_000
/** New and renamed mailboxes are found by listing; nobody tells of them. */
const listingMs = 15 * 60_000
/** A mailbox that takes long goes back to its newest mail so often; with news of it, so soon. */
const newestAgainMs = 5 * 60_000
const newsAgainMs = 10_000
const dayMs = 24 * 60 * 60_000
const tendStepMs = 100
/** So much new mail makes housekeeping worth its time. */
const tendFrom = 500

/** Keeps one account in step with its provider for as long as it runs. */
export class AccountSync {
  readonly #options: AccountSyncOptions
  readonly #states = new Map<string, string>()
  readonly #news = new Set<string>()
  #mailboxes: readonly Mailbox[] = []
  #status: SyncStatus
  #wake: (() => void) | undefined
  #wantsAll = true
  #watching: { readonly keys: string; readonly stop: AbortController; readonly ended: Promise<void> } | undefined
  #watchFailed: SyncError | undefined
  #passing: Promise<unknown> = Promise.resolve()
  readonly #finished = new Set<string>()
  #tending: Promise<void> | undefined
  #isLooking = false
  #isGlancing = false
  #runs: AbortSignal | undefined

  constructor(options: AccountSyncOptions) {
    this.#options = options
    const { account } = options.provider
    this.#status = { account, state: 'starting', problem: null, syncedAt: null, progress: null, failures: [] }
  }

  get status(): SyncStatus {
    return this.#status
  }

  /** Looks through everything soon: a person asks, the machine woke up, a password was changed. */
  wake(): void {
    this.#wantsAll = true
    this.#states.clear()
    this.#wake?.()
  }

  /** One look at all mailboxes. Two at once wait for each other. */
  async once(signal: AbortSignal, only?: ReadonlySet<string>): Promise<Result<PassReport, SyncError>> {
    const turn = this.#passing.then(() => this.#pass(signal, only))
    this.#passing = turn.catch(() => {})
    return turn
  }

  /** Until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    this.#runs = signal
    signal.addEventListener('abort', () => this.#wake?.(), { once: true })
    try {
      for (let failures = 0; !signal.aborted; ) {
        const only = this.#takeNews()
        const done =
          this.#watchFailed === undefined
            ? await this.once(signal, only)
            : { ok: false as const, error: this.#watchFailed }
        this.#watchFailed = undefined
        if (signal.aborted) break
        if (done.ok) {
          failures = 0
          await this.#keepWatching(signal)
          await this.#rest(listingMs, signal)
        } else if (needsPerson(done.error)) await this.#rest(undefined, signal)
        else await this.#rest(patience(failures++, done.error), signal)
        // After a failure nothing that was heard before counts.
        if (!done.ok) this.#wantsAll = true
      }
    } finally {
      this.#watching?.stop.abort()
      await this.#watching?.ended
      await this.#tending
    }
  }

  /** What is to be looked at: undefined for everything. */
  #takeNews(): ReadonlySet<string> | undefined {
    const news = new Set(this.#news)
    const wantsAll = this.#wantsAll || news.size === 0
    this.#wantsAll = false
    return wantsAll ? undefined : news
  }

  async #pass(signal: AbortSignal, only: ReadonlySet<string> | undefined): Promise<Result<PassReport, SyncError>> {
    const { provider, clock, log } = this.#options
    const { account } = provider
    if (this.#status.state !== 'ready') this.#say({ state: 'syncing' })
    const began = clock.monotonicMs()
    const begun = new Map<string, number>()
    this.#isLooking = true
    const done = await passOver({
      ...this.#passOptions(signal, only),
      hasNews: mailbox => {
        const now = clock.monotonicMs()
        const passedMs = now - (begun.get(mailbox) ?? began)
        const isDue = passedMs > newestAgainMs || (passedMs > newsAgainMs && this.#news.has(mailbox))
        if (isDue) {
          begun.set(mailbox, now)
          this.#news.delete(mailbox)
        }
        return isDue
      },
      onMailboxes: mailboxes => {
        this.#mailboxes = mailboxes
        for (const key of only ?? mailboxes.map(mailbox => mailbox.key)) this.#news.delete(key)
        // A first look may take hours: what comes meanwhile is to be seen meanwhile.
        if (this.#runs !== undefined) void this.#keepWatching(this.#runs)
      },
      onProgress: meter => {
        const progress = meter.read(clock.monotonicMs())
        if (progress.total > 0) this.#say({ state: 'syncing', progress })
      },
    }).finally(() => {
      this.#isLooking = false
    })
    if (signal.aborted) return done
    const tookMs = Math.round(clock.monotonicMs() - began)
    if (done.ok) {
      const { arrived, changed, removed, failures } = done.value
      log.info('sync.done', { account, arrived, changed, removed, failures: failures.length, took_ms: tookMs })
      const [worst] = failures
      const problem = worst?.error ?? null
      const state = worst === undefined ? 'ready' : 'degraded'
      this.#say({ state, problem, failures, progress: null, syncedAt: clock.now() })
      if (arrived >= tendFrom) this.#tendSoon()
    } else {
      const { from, error } = done.error
      log.warn('sync.failed', { account, from, code: error.code, took_ms: tookMs })
      this.#say({ state: stateAfter(done.error), problem: done.error, progress: null })
    }
    return done
  }

  #passOptions(signal: AbortSignal, only: ReadonlySet<string> | undefined): PassOptions {
    const { clock, historyDays } = this.#options
    return {
      ...this.#options,
      signal,
      states: this.#states,
      finished: this.#finished,
      ...(only === undefined ? {} : { only }),
      ...(historyDays === null ? {} : { since: clock.now() - historyDays * dayMs }),
      hasNews: () => false,
      monotonicMs: () => clock.monotonicMs(),
    }
  }

  /** While a long look goes on, mailboxes that are whole are looked at beside it when there is news of them. */
  async #glance(signal: AbortSignal): Promise<void> {
    if (this.#isGlancing) return
    this.#isGlancing = true
    try {
      while (this.#isLooking && !signal.aborted) {
        const only = this.#news.intersection(this.#finished)
        if (only.size === 0) return
        for (const key of only) this.#news.delete(key)
        const done = await passOver(this.#passOptions(signal, only))
        // The long look meets the same trouble, and says so.
        if (!done.ok) return
      }
    } finally {
      this.#isGlancing = false
    }
  }

  /** All mail is found already: the index is merged while nobody waits, and each step lets others write in between. */
  #tendSoon(): void {
    const signal = this.#runs
    if (signal === undefined) return
    this.#tending ??= this.#tend(signal)
      .catch((error: unknown) => {
        this.#options.log.error('sync.tend', { reason: error instanceof Error ? error.message : String(error) })
      })
      .finally(() => {
        this.#tending = undefined
      })
  }

  async #tend(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const tended = await this.#options.store.writer.tend({ budgetMs: tendStepMs })
      if (!tended.ok || tended.value.isDone) return
    }
  }

  /** Starts to watch, and anew when there are other mailboxes than before. */
  async #keepWatching(signal: AbortSignal): Promise<void> {
    const mailboxes = this.#mailboxes.map(({ key }) => key)
    const keys = JSON.stringify(mailboxes)
    if (this.#watching?.keys === keys) return
    this.#watching?.stop.abort()
    await this.#watching?.ended
    const stop = new AbortController()
    const ended = this.#watch(mailboxes, AbortSignal.any([signal, stop.signal]))
    this.#watching = { keys, stop, ended }
  }

  async #watch(mailboxes: readonly string[], signal: AbortSignal): Promise<void> {
    const { provider, pollMs } = this.#options
    for await (const news of provider.watch({ mailboxes, pollMs, signal })) {
      if (news.ok) {
        this.#news.add(news.value.mailbox)
        this.#states.delete(news.value.mailbox)
        if (this.#isLooking) {
          this.#glance(signal).catch((error: unknown) => {
            this.#options.log.error('sync.glance', { reason: error instanceof Error ? error.message : String(error) })
          })
        }
      } else this.#watchFailed = atProvider(news.error)
      this.#wake?.()
    }
    if (!signal.aborted) this.#watching = undefined
  }

  /** Until there is news, somebody calls, or the time is over. */
  async #rest(ms: number | undefined, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#wantsAll || this.#news.size > 0) return
    await new Promise<void>(resolve => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
    if (this.#news.size === 0) this.#wantsAll = true
  }

  #say(change: Partial<SyncStatus>): void {
    this.#status = { ...this.#status, ...change }
    this.#options.onStatus(this.#status)
  }
}

function stateAfter(problem: SyncError): SyncState {
  if (needsPerson(problem)) return 'stopped'
  const { from, error } = problem
  const isAway =
    from === 'provider' && (error.code === 'network' || error.code === 'timeout' || error.code === 'rate_limit')
  return isAway ? 'offline' : 'degraded'
}

function patience(failures: number, { from, error }: SyncError): number {
  const asked = from === 'provider' ? error.retryAfterMs : undefined
  return asked ?? Math.min(retryMsMax, retryMs * 2 ** Math.min(failures, 10))
}
