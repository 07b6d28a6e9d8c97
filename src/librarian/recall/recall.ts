import type { Pipeline } from '#memory/compile/pipeline.ts'
import type { DraftQueue } from '../drafts/queue.ts'
import type { Source } from '../sources.ts'
import { RecallIndex } from './index.ts'
import { type MemoryDocument, memoryDocuments } from './memories.ts'

export interface Recalled {
  readonly id: string
  /** The passage that answers best. */
  readonly text: string
  readonly at: number | undefined
  readonly score: number
  /** A person or a trusted source stands behind it. */
  readonly confirmed: boolean
  /** Proposed, and not yet memory. */
  readonly waiting: boolean
  readonly records: readonly string[]
  readonly source: Source | undefined
}

/** Drafts that are looked through besides memory. */
const draftsMax = 2_000

export interface Recallable {
  readonly pipeline: Pipeline
  readonly queue: DraftQueue
}

/**
 * Memory and what waits for it, made ready to be asked. The same question over the same memory and drafts has the same
 * answer: no model, no chance, no clock.
 */
export class Recall {
  readonly #byId: ReadonlyMap<string, MemoryDocument>
  readonly #index: RecallIndex

  constructor({ pipeline, queue }: Recallable) {
    const documents = [...memoryDocuments(pipeline), ...waitingDocuments(queue)]
    this.#byId = new Map(documents.map(document => [document.id, document]))
    this.#index = new RecallIndex(documents)
  }

  ask({ question, limit }: { readonly question: string; readonly limit: number }): readonly Recalled[] {
    return this.#index.search(question, { limit }).flatMap(({ id, score, passage }) => {
      const found = this.#byId.get(id)
      if (found === undefined) return []
      const { text, at, records, source, unconfirmed, draft } = found
      const waiting = draft !== undefined && source === undefined
      const said = text.slice(passage.start, passage.end)
      return [{ id, text: said, at, score, confirmed: !unconfirmed, waiting, records, source }]
    })
  }
}

export function recall(
  from: Recallable,
  asked: { readonly question: string; readonly limit: number },
): readonly Recalled[] {
  return new Recall(from).ask(asked)
}

function waitingDocuments(queue: DraftQueue): readonly MemoryDocument[] {
  return queue
    .ids('pending')
    .slice(0, draftsMax)
    .flatMap(draft => {
      const read = queue.read(draft, 'pending')
      if (!read.ok) return []
      const { text, submittedAt: at } = read.value
      return [{ id: draft, text, at, records: [], draft, source: undefined, unconfirmed: true }]
    })
}
