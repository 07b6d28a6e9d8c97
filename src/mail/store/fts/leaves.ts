import { placeBits, placeMask } from './postings.ts'
import { putSplit, putVarint, varintBytesMax } from './varint.ts'

/** FTS5's `pgsz`, which nobody changed. */
const pageBytes = 4_050
const headerBytes = 4
/** Each word is marked as one of the main index, which has no other. */
const mainIndex = 0x30
const columnMark = 0x01
/** The length of fewer places, doubled, takes one byte. */
const shortPlaces = 64
/** At most: an id, a length, a column with its mark, and a place. */
const bytesPerOccurrence = 2 * varintBytesMax + 12

/** What four bytes of a varint hold: ids are written as two whole numbers, which are quicker than one of 53 bits. */
const idLowerBits = 28
export const idLowerSize = 2 ** idLowerBits

export interface SplitIds {
  readonly uppers: Int32Array
  readonly lowers: Int32Array
}

/** Words in documents, by word and then in the order of reading. */
export interface Occurrences {
  readonly ids: SplitIds
  /** Two numbers each: the document's index in `ids`, and the column with the place. */
  readonly placed: Int32Array
}

/** The pages of a segment, one after the other, and the words that tell which page to read. */
export interface Leaves {
  readonly pages: Uint8Array
  readonly pageEnds: Int32Array
  /** The shortest text that is above the last word of the page before, for each page on which a word begins. */
  readonly fences: Uint8Array
  readonly fenceEnds: Int32Array
  readonly fencePages: Int32Array
}

/**
 * Writes the leaf pages of a segment (SQLite's fts5_index.c, "Segment leaves"): words in the order of their bytes,
 * and
 * under each its documents with the places in them, each as its distance plus two, the columns marked by a one. There
 * is no doclist index, which FTS5 writes for words that fill pages: it adds one when it merges.
 */
export class LeafWriter {
  /** Used again for the next segment. */
  #out = new Uint8Array(1 << 20)
  #start = 0
  #at = headerBytes
  #footer = new Uint8Array(pageBytes * 2)
  #footerBytes = 0
  #lastWordAt = 0
  /** The word before: where it stands in the bytes of all words; it has an end once there is one. */
  #wordStart = 0
  #wordEnd = 0
  #needsRowid = true
  #fences = new Uint8Array(1 << 12)
  #fenceBytes = 0
  #pageEnds: number[] = []
  #fenceEnds: number[] = []
  #fencePages: number[] = []

  /** The bytes of the next word stand in `bytes`, as those of all words of the segment, from `start` to `end`. */
  word(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start + 1
    if (this.#bytesOnPage + length + 2 >= pageBytes && this.#at > this.#start + headerBytes) this.#closePage()
    this.#makeRoom(length)
    const shared = this.#shared(bytes, start, end)
    const isFirst = this.#footerBytes === 0
    if (isFirst) this.#fence(bytes, start, Math.min(shared + 1, length))
    const place = this.#at - this.#start
    this.#footerBytes = putVarint(this.#footer, this.#footerBytes, place - this.#lastWordAt)
    this.#lastWordAt = place
    let at = this.#at
    if (!isFirst) at = putVarint(this.#out, at, shared)
    const kept = isFirst ? 0 : shared
    at = putVarint(this.#out, at, length - kept)
    if (kept === 0) this.#out[at++] = mainIndex
    for (let from = start + Math.max(0, kept - 1); from < end; from++) this.#out[at++] = bytes[from] ?? 0
    this.#at = at
    this.#wordStart = start
    this.#wordEnd = end
    this.#needsRowid = false
  }

  /** The documents that have the word: the occurrences from `first` to `last`. */
  documents({ ids: { uppers, lowers }, placed }: Occurrences, first: number, last: number): void {
    const end = last * 2
    let upperBefore = 0
    let lowerBefore = 0
    for (let from = first * 2; from < end; ) {
      this.#makeRoom((last - from / 2) * bytesPerOccurrence)
      const out = this.#out
      const pageEnd = this.#start + pageBytes - this.#footerBytes
      let at = this.#at
      do {
        const document = placed[from] ?? 0
        const upper = uppers[document] ?? 0
        const lower = lowers[document] ?? 0
        if (this.#needsRowid) {
          this.#noteRowid(at)
          upperBefore = 0
          lowerBefore = 0
        }
        const borrow = lower < lowerBefore ? 1 : 0
        at = putSplit(out, at, upper - upperBefore - borrow, lower - lowerBefore + borrow * idLowerSize)
        upperBefore = upper
        lowerBefore = lower
        // Nearly always one byte is enough for the length.
        const start = ++at
        let column = 0
        let place = 0
        for (; from < end && placed[from] === document; from += 2) {
          const both = placed[from + 1] ?? 0
          const its = both >>> placeBits
          if (its !== column) {
            out[at++] = columnMark
            out[at++] = its // less than 128
            column = its
            place = 0
          }
          const next = both & placeMask
          const step = next - place + 2
          if (step < 0x80) out[at++] = step
          else at = putVarint(out, at, step)
          place = next
        }
        if (at > pageEnd || at - start >= shortPlaces) {
          at = this.#putPlaces(out.slice(start, at), start - 1)
          break
        }
        out[start - 1] = (at - start) * 2
      } while (from < end && at < pageEnd)
      this.#at = at
      if (this.#bytesOnPage >= pageBytes) this.#closePage()
    }
  }

  /** The first row id of a page that a word's documents go on to stands in full, and is told of. */
  #noteRowid(at: number): void {
    const place = at - this.#start
    this.#out[this.#start] = place >>> 8
    this.#out[this.#start + 1] = place & 0xff
    this.#needsRowid = false
  }

  /** Places that are many, or go over several pages, written at `at` with their length; no number is cut in two. */
  #putPlaces(places: Uint8Array, at: number): number {
    this.#at = putVarint(this.#out, at, places.length * 2)
    for (let from = 0; from < places.length; ) {
      if (from > 0) this.#closePage()
      let to = Math.min(places.length, from + Math.max(1, pageBytes - this.#bytesOnPage))
      while (to < places.length && ((places[to - 1] ?? 0) & 0x80) !== 0) to++
      this.#makeRoom(to - from)
      this.#out.set(places.subarray(from, to), this.#at)
      this.#at += to - from
      from = to
    }
    return this.#at
  }

  /** What was written; the next segment begins. */
  finish(): Leaves {
    if (this.#at > this.#start + headerBytes) this.#closePage()
    const leaves = {
      pages: this.#out.slice(0, this.#start),
      pageEnds: Int32Array.from(this.#pageEnds),
      fences: this.#fences.slice(0, this.#fenceBytes),
      fenceEnds: Int32Array.from(this.#fenceEnds),
      fencePages: Int32Array.from(this.#fencePages),
    }
    this.#out.fill(0, 0, headerBytes)
    this.#start = 0
    this.#at = headerBytes
    this.#wordEnd = 0
    this.#fenceBytes = 0
    this.#pageEnds = []
    this.#fenceEnds = []
    this.#fencePages = []
    return leaves
  }

  get #bytesOnPage(): number {
    return this.#at - this.#start + this.#footerBytes
  }

  #closePage(): void {
    this.#makeRoom(this.#footerBytes)
    const size = this.#at - this.#start
    this.#out[this.#start + 2] = size >>> 8
    this.#out[this.#start + 3] = size & 0xff
    this.#out.set(this.#footer.subarray(0, this.#footerBytes), this.#at)
    this.#start = this.#at + this.#footerBytes
    this.#pageEnds.push(this.#start)
    this.#makeRoom(headerBytes)
    this.#out.fill(0, this.#start, this.#start + headerBytes)
    this.#at = this.#start + headerBytes
    this.#footerBytes = 0
    this.#lastWordAt = 0
    this.#needsRowid = true
  }

  /** How many bytes the word has in common with the one before, the mark included. */
  #shared(bytes: Uint8Array, start: number, end: number): number {
    if (this.#wordEnd === 0) return 0
    let before = this.#wordStart
    const most = Math.min(end, start + this.#wordEnd - before)
    let at = start
    while (at < most && bytes[before] === bytes[at]) {
      before++
      at++
    }
    return at - start + 1
  }

  /** The first page's is empty, and so below everything. */
  #fence(bytes: Uint8Array, start: number, length: number): void {
    if (this.#pageEnds.length > 0) {
      if (this.#fences.length < this.#fenceBytes + length) this.#fences = grown(this.#fences, this.#fenceBytes + length)
      this.#fences[this.#fenceBytes] = mainIndex
      this.#fences.set(bytes.subarray(start, start + length - 1), this.#fenceBytes + 1)
      this.#fenceBytes += length
    }
    this.#fenceEnds.push(this.#fenceBytes)
    this.#fencePages.push(this.#pageEnds.length + 1)
  }

  #makeRoom(more: number): void {
    const needed = this.#at + more + 3 * varintBytesMax
    if (this.#out.length < needed) this.#out = grown(this.#out, needed)
  }
}

function grown(bytes: Uint8Array<ArrayBuffer>, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(needed * 2)
  larger.set(bytes)
  return larger
}
