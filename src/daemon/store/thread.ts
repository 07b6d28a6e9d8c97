import type { Worker } from 'node:worker_threads'
import { Failure } from '#base/failure.ts'
import { startThread } from '#base/thread.ts'
import { type ArrivedPage, MailWriter, type SealedBatch, type StoreError, transferables } from '#mail/store/index.ts'

/**
 * The writer, as the rest of the daemon has it: the same methods, answered later and in the order of calling. SQLite
 * waits for the disk inside of a call; in a thread of its own that keeps nobody from reading. Arguments and results
 * are copied between threads, so they are plain data; the buffers of a sealed batch are handed over without a copy.
 */
export type StoreThread = {
  readonly [Name in WriterMethod]: (...args: Parameters<MailWriter[Name]>) => Promise<ReturnType<MailWriter[Name]>>
}

export type WriterMethod = Exclude<keyof MailWriter, 'close'>

const methods: readonly WriterMethod[] = Object.getOwnPropertyNames(MailWriter.prototype).filter(isWriterMethod)

export function isWriterMethod(name: string): name is WriterMethod {
  return name !== 'constructor' && name !== 'close' && Object.hasOwn(MailWriter.prototype, name)
}

export interface ToWriter {
  readonly call: number
  readonly method: string
  readonly args: readonly unknown[]
}

export type FromWriter =
  | { readonly opened: true }
  | { readonly refused: Pick<StoreError, 'code' | 'message'> }
  | { readonly call: number; readonly result: unknown }
  /** A bug, with its stack. */
  | { readonly call: number; readonly fault: string }

export interface OpenedThread {
  readonly writer: StoreThread
  /** Settles when what was called is done and the file is closed. */
  close(): Promise<void>
}

export interface ThreadOptions {
  readonly path: string
  /** The thread ended although nobody closed it: a bug, after which nothing can be written. */
  readonly onCrash: (error: Error) => void
}

/** What a batch leaves behind; V8's own measure lets it lie around by the hundred megabytes of a first sync. */
const youngMegabytes = 12

/** Opens the store for writing in a thread of its own; a `Failure` says why it cannot be opened. */
export async function openStoreThread({ path, onCrash }: ThreadOptions): Promise<OpenedThread> {
  const worker = startThread(
    { name: 'store', source: new URL('./worker.ts', import.meta.url) },
    { workerData: { path }, resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes } },
  )
  const first = await new Promise<FromWriter>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  if ('refused' in first) {
    const { code, message } = first.refused
    await worker.terminate()
    throw new Failure(code === 'store_busy' ? 'try_later' : 'failed', code, message)
  }
  return new Calls(worker, onCrash).opened()
}

type Waiter = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }

class Calls {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiter>()
  readonly #ended: Promise<void>
  #calls = 0
  #isClosing = false

  constructor(worker: Worker, onCrash: (error: Error) => void) {
    this.#worker = worker
    worker.on('message', (message: FromWriter) => this.#answer(message))
    this.#ended = new Promise(resolve => {
      const end = (error: Error) => {
        for (const { reject } of this.#waiting.values()) reject(error)
        this.#waiting.clear()
        if (!this.#isClosing) onCrash(error)
        resolve()
      }
      worker.once('error', error => end(error instanceof Error ? error : new Error(String(error))))
      worker.once('exit', code => end(new Error(`the thread that writes ended with ${code}`)))
    })
  }

  opened(): OpenedThread {
    const call = (method: WriterMethod, ...args: readonly unknown[]) => this.#call(method, args)
    const entries = methods.map(name => [name, (...args: readonly unknown[]) => call(name, ...args)])
    // What a method gives is what the writer gave: both sides are this program.
    const writer = Object.fromEntries(entries) as StoreThread
    return { writer, close: () => this.#close() }
  }

  #call(method: WriterMethod, args: readonly unknown[]): Promise<unknown> {
    if (this.#isClosing) return Promise.reject(new Error('the store is closed'))
    const call = ++this.#calls
    const message: ToWriter = { call, method, args }
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject })
      this.#worker.postMessage(message, handedOver(args))
    })
  }

  #answer(message: FromWriter): void {
    if (!('call' in message)) return
    const waiter = this.#waiting.get(message.call)
    this.#waiting.delete(message.call)
    if ('fault' in message) waiter?.reject(new Error(message.fault))
    else waiter?.resolve(message.result)
  }

  /** After what was called before. */
  #close(): Promise<void> {
    if (!this.#isClosing) {
      this.#isClosing = true
      const message: ToWriter = { call: 0, method: 'close', args: [] }
      this.#worker.postMessage(message)
    }
    return this.#ended
  }
}

/** What is a view of Node's pool is copied: others look at it too. */
function handedOver(args: readonly unknown[]): ArrayBuffer[] {
  return buffersIn(args).filter(buffer => !isPooled(buffer))
}

/** The memory of the batches among a call's arguments: given as they are, or with the pages that they came in. */
export function buffersIn(args: readonly unknown[]): readonly ArrayBuffer[] {
  const [first] = args
  if (isBatch(first)) return [...new Set(transferables(first))]
  if (!Array.isArray(first)) return []
  return first.flatMap((page: unknown) => (isPage(page) ? page.batches.map(({ packed }) => packed.buffer) : []))
}

function isPage(value: unknown): value is ArrivedPage {
  return typeof value === 'object' && value !== null && 'batches' in value && 'state' in value
}

function isBatch(value: unknown): value is SealedBatch {
  return typeof value === 'object' && value !== null && 'blocks' in value && 'parts' in value
}

function isPooled(buffer: ArrayBuffer): boolean {
  return buffer.byteLength === Buffer.poolSize
}
