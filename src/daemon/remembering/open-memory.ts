import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { err, ok, type Result } from '#base/result.ts'
import { DraftQueue } from '#librarian/drafts/queue.ts'
import { Recall } from '#librarian/recall/recall.ts'
import { Sources } from '#librarian/sources.ts'
import { MemoryReader } from '#memory/reader.ts'
import { sealKeysOf } from '#memory/seal-key.ts'
import { storeErrorText } from '#memory/store-error.ts'
import { type RequestError, requestError } from '../protocol/errors.ts'

/** Memories of this many workspaces stay open. */
const openMax = 4

/** The memories that were asked lately, kept open: to read a log of years anew takes longer than to answer from it. */
export class OpenMemories {
  readonly #open = new Map<string, OpenMemory>()

  /** The memory of a log as it is now. */
  get(log: string): Result<OpenMemory, RequestError> {
    const known = this.#open.get(log)
    this.#open.delete(log)
    if (!existsSync(log)) {
      known?.close()
      return err(requestError('not_found', 'this workspace has no memory yet; postern memory init makes it'))
    }
    const current = known?.refreshed() === true ? ok(known) : openMemory(log)
    if (!current.ok) return current
    if (known !== undefined && known !== current.value) known.close()
    this.#open.set(log, current.value)
    for (const [oldest, memory] of this.#open) {
      if (this.#open.size <= openMax) break
      memory.close()
      this.#open.delete(oldest)
    }
    return current
  }

  close(): void {
    for (const memory of this.#open.values()) memory.close()
    this.#open.clear()
  }
}

export class OpenMemory {
  readonly log: string
  readonly reader: MemoryReader
  readonly queue: DraftQueue
  #sources: { readonly length: number; readonly value: Sources } | undefined
  #recall: { readonly state: string; readonly value: Recall } | undefined

  constructor(log: string, reader: MemoryReader, queue: DraftQueue) {
    this.log = log
    this.reader = reader
    this.queue = queue
  }

  /** False when the log cannot be followed any more. */
  refreshed(): boolean {
    return this.reader.refresh().ok
  }

  sources(): Sources {
    const { length } = this.reader
    if (this.#sources?.length !== length) this.#sources = { length, value: new Sources(this.reader.pipeline) }
    return this.#sources.value
  }

  recall(): Recall {
    const state = `${this.reader.length} ${this.queue.ids('pending').join(' ')}`
    if (this.#recall?.state !== state) {
      this.#recall = { state, value: new Recall({ pipeline: this.reader.pipeline, queue: this.queue }) }
    }
    return this.#recall.value
  }

  close(): void {
    this.reader.close()
  }
}

function openMemory(log: string): Result<OpenMemory, RequestError> {
  const queue = DraftQueue.open(draftsOf(log), { create: false })
  if (!queue.ok) return err(requestError('io_failed', queue.error.message))
  const reader = MemoryReader.open(log, { keys: sealKeysOf(log) })
  if (!reader.ok) return err(requestError('io_failed', storeErrorText(reader.error)))
  return ok(new OpenMemory(log, reader.value, queue.value))
}

export function draftsOf(log: string): string {
  return join(dirname(log), 'drafts')
}
