import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import type { Clock } from '#base/clock.ts'
import { readDocument } from '../document.ts'
import { type IncomingLabel, type MailReader, type SealedBatch, Sealer, SegmentBuilder } from '../store/index.ts'
import { type Letter, LetterReader } from './letter-file.ts'
import { type Found, isTrouble, type Trouble } from './source.ts'

/** What a worker is started with. */
export interface WorkOrder {
  readonly account: string
  /** The store to look for mail that is here already; absent when it holds none. */
  readonly store?: string
  /** Nothing is sealed, only looked at. */
  readonly isDryRun: boolean
}

/** What a worker makes of a list of messages: of the first `taken` ones, since it stops when it holds many bytes. */
export interface Worked {
  readonly taken: number
  readonly batch: SealedBatch
  /** For each message of the batch, whether something was wrong with it. */
  readonly hasDefects: readonly boolean[]
  /** Here already, with these labels and flags. */
  readonly known: number
  readonly troubles: readonly Trouble[]
  /** Bytes of the messages that were read. */
  readonly bytes: number
  /** SHA-256 of what a dry run would take in, one after the other. */
  readonly digests: Uint8Array
}

/** Raw bytes that a batch holds at most, but for one large message. */
const batchBytesMax = 12 * 1024 * 1024

export class Work {
  readonly #order: WorkOrder
  readonly #reader: MailReader | undefined
  readonly #clock: Clock
  readonly #letters = new LetterReader()
  readonly #builder = new SegmentBuilder()

  constructor(order: WorkOrder, reader: MailReader | undefined, clock: Clock) {
    this.#order = order
    this.#reader = reader
    this.#clock = clock
  }

  /** Reads, parses and seals. What cannot be read is named, and no message stops the others. */
  do(items: readonly Found[]): Worked {
    const gathered = new Gathered({ builder: this.#builder, now: this.#clock.now() })
    for (const found of items) {
      if (gathered.heldBytes >= batchBytesMax) break
      gathered.taken++
      const letter = this.#letters.read(found)
      if (isTrouble(letter)) gathered.troubles.push(letter)
      else this.#take(found, letter, gathered)
    }
    this.#letters.close()
    const worked = gathered.sealed()
    this.#letters.reuse()
    return worked
  }

  #take(found: Found, letter: Letter, gathered: Gathered): void {
    const { raw, flags } = letter
    const label = letter.isDeleted ? deletedLabel : found.folder
    gathered.bytes += raw.length
    const digest = digestOf(raw)
    if (this.#isKnown(digest, label, flags)) gathered.known++
    else if (this.#order.isDryRun) gathered.digests.push(digest)
    else {
      const { document, receivedAt, defects } = readDocument(raw)
      const at = receivedAt ?? found.receivedAt ?? letter.modifiedAt
      gathered.heldBytes += raw.length
      gathered.hasDefects.push(defects > 0)
      const message = { raw, account: this.#order.account, labels: [label], flags, document }
      gathered.sealer.add(at === undefined ? message : { ...message, receivedAt: at }, digest)
    }
  }

  /** Whether the store has the bytes of this digest with all that they come with here. */
  #isKnown(digest: Uint8Array, label: IncomingLabel, flags: number): boolean {
    const placed = this.#reader?.placed(this.#order.account, digest)
    return placed !== undefined && (placed.flags & flags) === flags && placed.labelKeys.includes(label.key)
  }
}

const deletedLabel: IncomingLabel = { key: 'Trash', kind: 'folder', role: 'trash' }

class Gathered {
  readonly sealer: Sealer
  readonly hasDefects: boolean[] = []
  readonly troubles: Trouble[] = []
  readonly digests: Uint8Array[] = []
  taken = 0
  known = 0
  bytes = 0
  heldBytes = 0

  constructor(indexing: { readonly builder: SegmentBuilder; readonly now: number }) {
    this.sealer = new Sealer({ indexing })
  }

  sealed(): Worked {
    const { taken, known, bytes, hasDefects, troubles } = this
    return {
      taken,
      known,
      bytes,
      hasDefects,
      troubles,
      batch: this.sealer.finish(),
      digests: Buffer.concat(this.digests),
    }
  }
}

function digestOf(raw: Uint8Array): Uint8Array {
  return hash('sha256', raw, 'buffer')
}
