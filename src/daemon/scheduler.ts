import type { Clock } from '#base/clock.ts'
import type { Log } from '#base/log.ts'

/**
 * Work that comes back. Timers run on the monotonic clock, so a clock that is set cannot stop or flood them. A machine
 * that slept stands still there too: what is due at a time of day is therefore asked for again and again ("is anything
 * due?"), never waited for with one long timer, and `onWake` tells those who hold connections.
 */
export interface Task {
  /** Runs it as soon as possible; once more when it is running now. */
  wake(): void
  /** No further run; resolves when the one under way is done. */
  stop(): Promise<void>
}

export type Work = (signal: AbortSignal) => Promise<void> | void

const tickMs = 15_000
/** The wall clock went so much further than the monotonic one: the machine slept, or somebody set the clock. */
const jumpMs = 60_000

export class Scheduler {
  readonly #clock: Clock
  readonly #log: Log
  readonly #signal: AbortSignal
  readonly #tasks = new Set<Task>()
  readonly #wakers = new Set<() => void>()

  constructor({ clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal }) {
    this.#clock = clock
    this.#log = log
    this.#signal = signal
    this.#watchForSleep()
  }

  /** Runs `work` every so often, never twice at once; the first time after one interval, unless woken. */
  every(name: string, intervalMs: number, work: Work): Task {
    let timer: NodeJS.Timeout | undefined
    let running: Promise<void> | undefined
    let isWanted = false
    let isStopped = false
    const arm = () => {
      clearTimeout(timer)
      if (!isStopped && !this.#signal.aborted) timer = setTimeout(run, intervalMs)
      timer?.unref()
    }
    const run = () => {
      if (isStopped || this.#signal.aborted) return
      if (running !== undefined) {
        isWanted = true
        return
      }
      clearTimeout(timer)
      isWanted = false
      running = this.#attempt(name, work).finally(() => {
        running = undefined
        if (isWanted) run()
        else arm()
      })
    }
    const task: Task = {
      wake: run,
      stop: async () => {
        isStopped = true
        clearTimeout(timer)
        this.#tasks.delete(task)
        await running
      },
    }
    this.#tasks.add(task)
    arm()
    return task
  }

  /** Calls back after the machine slept or its clock was set. */
  onWake(listener: () => void): () => void {
    this.#wakers.add(listener)
    return () => this.#wakers.delete(listener)
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#tasks].map(task => task.stop()))
  }

  /** A task that fails is tried again next time: one bad account must not stop the others. */
  async #attempt(name: string, work: Work): Promise<void> {
    try {
      await work(this.#signal)
    } catch (error) {
      this.#log.error('task.failed', { task: name, reason: error instanceof Error ? error.message : String(error) })
    }
  }

  #watchForSleep(): void {
    let wall = this.#clock.now()
    let monotonic = this.#clock.monotonicMs()
    this.every('clock', tickMs, () => {
      const wallPassed = this.#clock.now() - wall
      const passed = this.#clock.monotonicMs() - monotonic
      wall += wallPassed
      monotonic += passed
      if (Math.abs(wallPassed - passed) < jumpMs) return
      this.#log.info('clock.jumped', { by_ms: Math.round(wallPassed - passed) })
      for (const listener of this.#wakers) listener()
    })
  }
}
