import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { startThread } from '#base/thread.ts'
import type { Found } from './source.ts'
import type { Worked, WorkOrder } from './work.ts'

/** One thread stores, and keeps no more than three busy. */
const threadsMax = 3
/** A thread that needs more has met a message that should not be taken in. */
const heapMegabytesMax = 1024
/** With less, what one batch makes is moved to the old generation, and that is cleaned up after nearly each batch. */
const youngMegabytes = 64

interface Asked {
  readonly resolve: (worked: Worked) => void
  readonly reject: (reason: unknown) => void
}

/** The threads that parse. Each answers what it was asked in order; who asks bounds how much is under way. */
export class Threads {
  readonly #threads: { readonly worker: Worker; readonly asked: Asked[] }[] = []

  constructor(order: WorkOrder, count = Math.max(1, Math.min(threadsMax, availableParallelism() - 1))) {
    for (let at = 0; at < count; at++) this.#threads.push(this.#start(order))
  }

  get count(): number {
    return this.#threads.length
  }

  do(items: readonly Found[]): Promise<Worked> {
    const [first, ...others] = this.#threads
    if (first === undefined) throw new Error('no thread was started')
    const idlest = others.reduce((best, each) => (each.asked.length < best.asked.length ? each : best), first)
    return new Promise((resolve, reject) => {
      idlest.asked.push({ resolve, reject })
      idlest.worker.postMessage(items)
    })
  }

  async stop(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()))
  }

  #start(order: WorkOrder) {
    const worker = startThread(
      { name: 'import', source: new URL('./worker.ts', import.meta.url) },
      {
        workerData: order,
        resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax, maxYoungGenerationSizeMb: youngMegabytes },
      },
    )
    const asked: Asked[] = []
    worker.on('message', (worked: Worked) => asked.shift()?.resolve(worked))
    worker.on('error', reason => {
      for (const { reject } of asked.splice(0)) reject(reason)
    })
    return { worker, asked }
  }
}
