import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { idLowerSize, LeafWriter, type Leaves, type SplitIds } from './leaves.ts'
import { Postings, withRoom } from './postings.ts'
import { putVarint, varintBytesMax } from './varint.ts'
import { inByteOrder } from './word-order.ts'

/** A text of a document: UTF-8, or a string without lone surrogates. */
export type Column = string | Uint8Array

/**
 * The index of some documents in the form in which FTS5 keeps it, so that whoever writes it only copies pages. Plain
 * data, made by a worker.
 */
export interface Segment extends Leaves {
  /** Ascending. */
  readonly ids: Float64Array
  /** For each document how many words each column has, as FTS5 keeps that. */
  readonly sizes: Uint8Array
  readonly sizeEnds: Int32Array
  /** Of all documents, by column. */
  readonly totals: readonly number[]
}

export function segmentBuffers(segment: Segment): ArrayBufferLike[] {
  const { pages, pageEnds, fences, fenceEnds, fencePages, ids, sizes, sizeEnds } = segment
  return [pages, pageEnds, fences, fenceEnds, fencePages, ids, sizes, sizeEnds].map(({ buffer }) => buffer)
}

/** The memory of so many words is used again: 16 MB and what their texts take. */
const wordsKept = 2_000_000

export class SegmentBuilder {
  readonly #seed: number
  #postings: Postings
  readonly #leaves = new LeafWriter()
  #placed = new Int32Array(1 << 16)
  #scratch = Buffer.allocUnsafeSlow(4_096)
  readonly #ids: number[] = []
  /** Where the words of each document end among all that were read. */
  readonly #ends: number[] = []
  readonly #sizeEnds: number[] = []
  #sizes = new Uint8Array(1 << 12)
  #sizeBytes = 0
  #totals: number[] = []

  /** @param seed any 32 bits that a sender cannot know; what is built does not depend on it */
  constructor(seed = randomBytes(4).readInt32LE()) {
    this.#seed = seed
    this.#postings = new Postings(seed)
  }

  /** @param id above that of the document before */
  add(id: number, columns: readonly Column[]): void {
    if (id <= (this.#ids.at(-1) ?? -1)) throw new RangeError('documents come in the order of their ids')
    this.#ids.push(id)
    if (this.#sizes.length < this.#sizeBytes + columns.length * varintBytesMax) {
      const larger = new Uint8Array(this.#sizes.length * 2 + columns.length * varintBytesMax)
      larger.set(this.#sizes)
      this.#sizes = larger
    }
    for (const [column, text] of columns.entries()) {
      if (text.length === 0) {
        this.#sizes[this.#sizeBytes++] = 0
        this.#totals[column] ??= 0
        continue
      }
      const words = typeof text === 'string' ? this.#readString(text, column) : this.#postings.read(text, column)
      this.#totals[column] = (this.#totals[column] ?? 0) + words
      this.#sizeBytes = putVarint(this.#sizes, this.#sizeBytes, words)
    }
    this.#sizeEnds.push(this.#sizeBytes)
    this.#ends.push(this.#postings.total)
  }

  /** The segment of all that was added; the next one begins. */
  finish(): Segment {
    const segment = {
      ...this.#writeLeaves(),
      ids: Float64Array.from(this.#ids),
      sizes: this.#sizes.slice(0, this.#sizeBytes),
      sizeEnds: Int32Array.from(this.#sizeEnds),
      totals: this.#totals,
    }
    if (this.#postings.total > wordsKept) {
      this.#postings = new Postings(this.#seed)
      this.#placed = new Int32Array(1 << 16)
    } else this.#postings.clear()
    this.#ids.length = 0
    this.#ends.length = 0
    this.#sizeEnds.length = 0
    this.#sizeBytes = 0
    this.#totals = []
    return segment
  }

  #readString(text: string, column: number): number {
    if (this.#scratch.length < text.length * 3) this.#scratch = Buffer.allocUnsafeSlow(text.length * 3)
    const bytes = this.#scratch.write(text)
    return this.#postings.read(this.#scratch, column, bytes)
  }

  #writeLeaves(): Leaves {
    const { words, bytes, ends } = this.#postings
    const starts = this.#sortByWord()
    const occurrences = { ids: splitIds(this.#ids), placed: this.#placed }
    for (const word of inByteOrder(bytes, ends, words)) {
      this.#leaves.word(bytes, word === 0 ? 0 : (ends[word - 1] ?? 0), ends[word] ?? 0)
      this.#leaves.documents(occurrences, starts[word] ?? 0, starts[word + 1] ?? 0)
    }
    return this.#leaves.finish()
  }

  /** Sorts all that was read by word and, under each, in the order of reading; returns where each word's share starts. */
  #sortByWord(): Int32Array {
    const { total, words, seen } = this.#postings
    const starts = new Int32Array(words + 2)
    for (let at = 0; at < total * 2; at += 2) {
      const count = (seen[at] ?? 0) + 2
      starts[count] = (starts[count] ?? 0) + 1
    }
    for (let word = 2; word < starts.length; word++) starts[word] = (starts[word] ?? 0) + (starts[word - 1] ?? 0)
    this.#placed = withRoom(this.#placed, total * 2)
    const placed = this.#placed
    // Each start moves to the end of its word's share, which is where the next one starts.
    for (let at = 0, document = 0; document < this.#ends.length; document++) {
      for (const end = (this.#ends[document] ?? 0) * 2; at < end; at += 2) {
        const slot = (seen[at] ?? 0) + 1
        const to = (starts[slot] ?? 0) * 2
        starts[slot] = (starts[slot] ?? 0) + 1
        placed[to] = document
        placed[to + 1] = seen[at + 1] ?? 0
      }
    }
    return starts
  }
}

function splitIds(ids: readonly number[]): SplitIds {
  const uppers = new Int32Array(ids.length)
  const lowers = new Int32Array(ids.length)
  for (const [at, id] of ids.entries()) {
    uppers[at] = Math.floor(id / idLowerSize)
    lowers[at] = id % idLowerSize
  }
  return { uppers, lowers }
}
