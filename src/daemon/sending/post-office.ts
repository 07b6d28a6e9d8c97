import type { Clock } from '#base/clock.ts'
import type { Log } from '#base/log.ts'
import type { Result } from '#base/result.ts'
import type { Account } from '#config/index.ts'
import { digestOf } from '#mail/compose/index.ts'
import { type Claimed, dueAt, type SendRow, sendById } from '#mail/drafts/index.ts'
import { type SmtpOutcome, sendBySmtp } from '#mail/providers/smtp/index.ts'
import type { MailReader, StoreError } from '#mail/store/index.ts'
import { demoProvider } from '../accounts/demo.ts'
import type { Credentials } from '../credentials/index.ts'
import type { StoreThread } from '../store/thread.ts'
import { following } from './outcome.ts'

export interface PostOfficeWorld {
  readonly clock: Clock
  readonly log: Log
  readonly writer: Pick<StoreThread, 'claimSend' | 'noteEnding' | 'settleSend' | 'recoverSends'>
  readonly reader: MailReader
  /** Accounts that can send, now. */
  readonly accounts: () => readonly Account[]
  readonly credentials: Credentials
  readonly lateMaxMs: number
  readonly random: () => number
  /** Something of an account's sends is other than before. */
  readonly onChange: (send: SendRow) => void
  /** An account cannot send until a person does something; said once. */
  readonly onStuck: (account: string, message: string) => void
  readonly onFree: (account: string) => void
  /** Something was tried: there may be more to do. */
  readonly onTried: () => void
}

const sendsAtOnce = 100
const stopMs = 4_000

/**
 * Takes messages whose time has come to their servers, one at a time for each account. Whatever happens to this
 * process, the rows say how far each one came; what it keeps in memory is only when to try again.
 */
export class PostOffice {
  readonly #world: PostOfficeWorld
  readonly #busy = new Map<string, Promise<void>>()
  readonly #paused = new Map<string, number | 'person'>()
  readonly #stopping = new AbortController()
  #isStopping = false

  constructor(world: PostOfficeWorld) {
    this.#world = world
  }

  /** Before the first send: what the last process left behind. */
  async recover(): Promise<void> {
    const { writer, log } = this.#world
    const recovered = valueFrom(await writer.recoverSends())
    if (recovered.again + recovered.unknown > 0) log.warn('sends.recovered', recovered)
  }

  /** Begins to send what is due, all accounts at once: a server that does not answer holds up nobody else's mail. */
  run(): void {
    const { accounts, clock, log, onTried } = this.#world
    for (const account of this.#stopping.signal.aborted || this.#isStopping ? [] : accounts()) {
      const { name } = account
      const pause = this.#paused.get(name)
      if (this.#busy.has(name) || pause === 'person' || (pause ?? 0) > clock.now()) continue
      const work = this.#drain(account, this.#stopping.signal)
        .catch((error: unknown) => {
          log.error('send.broken', { account: name, reason: reasonOf(error) })
          return 0
        })
        .then(tried => {
          this.#busy.delete(name)
          if (tried > 0) onTried()
        })
      this.#busy.set(name, work)
    }
  }

  /** Begins nothing more, and gives servers that have a message a moment to answer: else nobody would know. */
  async stop(): Promise<void> {
    this.#isStopping = true
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>(resolve => {
      timer = setTimeout(resolve, stopMs)
    })
    await Promise.race([Promise.all(this.#busy.values()), late])
    clearTimeout(timer)
    this.#stopping.abort()
    await Promise.all(this.#busy.values())
  }

  /** ms until something may be begun; null when nothing waits but for a person, or for what is under way. */
  nextInMs(): number | null {
    const { reader, clock, accounts } = this.#world
    const served = new Set(accounts().map(({ name }) => name))
    const waits = dueAt(reader.statements).flatMap(({ account, at }) => {
      const pause = this.#paused.get(account) ?? 0
      const isElsewhere = this.#busy.has(account) || !served.has(account)
      return isElsewhere || pause === 'person' ? [] : [Math.max(at, pause) - clock.now()]
    })
    return waits.length === 0 ? null : Math.max(0, Math.min(...waits))
  }

  /** The network is back, or a person did something about the account. */
  free(account?: string): void {
    if (account === undefined) {
      for (const [name, pause] of this.#paused) if (pause !== 'person') this.#paused.delete(name)
    } else if (this.#paused.delete(account)) this.#world.onFree(account)
  }

  isStuck(account: string): boolean {
    return this.#paused.get(account) === 'person'
  }

  /** How many messages were tried. */
  async #drain(account: Account, signal: AbortSignal): Promise<number> {
    const { writer, lateMaxMs } = this.#world
    for (let tried = 0; tried < sendsAtOnce; tried++) {
      if (this.#isStopping || signal.aborted) return tried
      const claimed = valueFrom(await writer.claimSend({ account: account.name, lateMaxMs }))
      if (claimed === null) return tried
      this.#changed(claimed.id)
      const isPaused = await this.#send(account, claimed, signal)
      this.#changed(claimed.id)
      if (isPaused) return tried + 1
    }
    return sendsAtOnce
  }

  async #send(account: Account, claimed: Claimed, signal: AbortSignal): Promise<boolean> {
    const { writer, clock, log, random } = this.#world
    const outcome = await this.#handOver(account, claimed, signal)
    const row = sendById(this.#world.reader.statements, claimed.id)
    const { settlement, pauseUntil } = following(outcome, {
      claimed,
      now: clock.now(),
      firstTryAt: row?.notBefore ?? clock.now(),
      chance: random(),
    })
    const { state } = valueFrom(await writer.settleSend(settlement))
    log.info('send.tried', {
      account: account.name,
      send: claimed.id,
      outcome: outcome.outcome,
      state,
      code: settlement.code,
    })
    if (pauseUntil === null) {
      if (outcome.outcome === 'taken') this.free(account.name)
      return false
    }
    const wasStuck = this.isStuck(account.name)
    this.#paused.set(account.name, pauseUntil)
    if (pauseUntil === 'person' && !wasStuck) this.#world.onStuck(account.name, settlement.detail ?? 'it cannot send')
    return true
  }

  async #handOver(account: Account, claimed: Claimed, signal: AbortSignal): Promise<SmtpOutcome> {
    const { credentials, writer } = this.#world
    const refuse = (message: string): SmtpOutcome => ({
      outcome: 'not_taken',
      trouble: { code: 'refused', message },
      refused: [],
    })
    if (account.smtp === null) return refuse(`account ${account.name} has no server to send by`)
    // What was decided on is what goes out, or nothing does: the disk is no better a friend than anybody else.
    if (digestOf(claimed, claimed.bytes) !== claimed.digest) {
      return refuse('the message is not the one that was decided on')
    }
    if (account.provider === demoProvider) {
      await writer.noteEnding(claimed.id)
      return { outcome: 'taken', refused: [], answer: 'the demo delivers nowhere' }
    }
    let unnoted: StoreError | undefined
    const dialogue = { server: account.smtp, password: () => credentials.password(account, 'smtp'), signal }
    const message = { from: claimed.from, to: claimed.pending, bytes: claimed.bytes }
    try {
      return await sendBySmtp(message, dialogue, async () => {
        const noted = await writer.noteEnding(claimed.id)
        if (noted.ok) return
        unnoted = noted.error
        throw new Error(noted.error.code)
      })
    } catch (error) {
      if (unnoted === undefined) this.#world.log.error('send.fault', { send: claimed.id, reason: reasonOf(error) })
      // Whatever went wrong: what the store says was noted is what may have happened, and no more.
      const mayHaveEnded = sendById(this.#world.reader.statements, claimed.id)?.state === 'ending'
      const trouble = { code: 'network', message: unnoted?.message ?? 'sending stopped by a fault' } as const
      return mayHaveEnded ? { outcome: 'unknown', trouble } : { outcome: 'not_taken', trouble, refused: [] }
    }
  }

  #changed(id: number): void {
    const row = sendById(this.#world.reader.statements, id)
    if (row !== undefined) this.#world.onChange(row)
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function valueFrom<T>(result: Result<T, StoreError>): T {
  if (result.ok) return result.value
  throw new Error(`${result.error.code}: ${result.error.message}`)
}
