import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { startThread } from '#base/thread.ts'
import type { PackedBatch } from '../store/index.ts'
import { release, type Unread } from './prepare.ts'

const threadsMax = 3
/** A thread that needs more has met a message that should not be taken in. */
const heapMegabytesMax = 1024
/** With less, what one page makes is moved to the old generation, and that is cleaned up after nearly each page. */
const youngMegabytes = 20
/** Mail comes seldom: a thread that has had nothing to do for so long is given back. */
const idleMs = 30_000

interface Thread {
  readonly worker: Worker
  readonly asked: Asked[]
}

interface Asked {
  readonly resolve: (batch: PackedBatch) => void
  readonly reject: (reason: unknown) => void
}

/** Threads that read new mail, started when there is some. One for all accounts. */
export class Preparers {
  readonly #count: number
  readonly #threads: Thread[] = []
  #idle: NodeJS.Timeout | undefined

  constructor(count = Math.max(1, Math.min(threadsMax, availableParallelism() - 1))) {
    this.#count = count
  }

  readonly prepare = async (messages: readonly Unread[]): Promise<PackedBatch> => {
    clearTimeout(this.#idle)
    const { worker, asked } = this.#choose()
    try {
      const batch = await new Promise<PackedBatch>((resolve, reject) => {
        asked.push({ resolve, reject })
        // Copied, not handed over: when the thread dies of a message, the others are here to be tried again.
        worker.postMessage(messages)
      })
      release(messages)
      return batch
    } finally {
      this.#rest()
    }
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle)
    await Promise.all(this.#threads.splice(0).map(({ worker }) => worker.terminate()))
  }

  #choose(): Thread {
    const [idlest] = [...this.#threads].sort((one, other) => one.asked.length - other.asked.length)
    if (idlest !== undefined && (idlest.asked.length === 0 || this.#threads.length >= this.#count)) return idlest
    const started = this.#start()
    this.#threads.push(started)
    return started
  }

  #rest(): void {
    if (this.#threads.some(({ asked }) => asked.length > 0)) return
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => void this.stop(), idleMs)
    this.#idle.unref()
  }

  #start(): Thread {
    const worker = startThread(
      { name: 'sync', source: new URL('./worker.ts', import.meta.url) },
      { resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax, maxYoungGenerationSizeMb: youngMegabytes } },
    )
    worker.unref()
    const asked: Asked[] = []
    const thread: Thread = { worker, asked }
    worker.on('message', (batch: PackedBatch) => asked.shift()?.resolve(batch))
    const fail = (reason: unknown) => {
      const at = this.#threads.indexOf(thread)
      if (at >= 0) this.#threads.splice(at, 1)
      for (const { reject } of asked.splice(0)) reject(reason)
    }
    worker.on('error', fail)
    worker.on('exit', () => fail(new Error('the thread that reads mail has ended')))
    return thread
  }
}
