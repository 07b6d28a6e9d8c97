import { capacity, IntColumn } from './column.ts'
import { hashOf, Slots, slotsFor } from './hash.ts'

/** Every name that ever was, numbered in the order in which they came, and whose it is. Names are never given up. */
export class Names {
  /** The entry of the symbol that a name belongs to. */
  readonly owner: IntColumn
  private readonly hashes: IntColumn
  private slots: Slots
  /** Names that came with a snapshot stay bytes until somebody asks; `ends` tells where each ends. */
  private readonly bytes: Buffer
  private readonly ends: Int32Array
  private readonly fresh: string[] = []

  constructor(from?: NamesExport) {
    this.owner = new IntColumn(from?.owner)
    this.hashes = new IntColumn(from?.hashes)
    this.slots = new Slots(from?.slots)
    this.bytes = Buffer.from(from?.bytes.buffer ?? new ArrayBuffer(0), from?.bytes.byteOffset, from?.bytes.byteLength)
    this.ends = from?.ends ?? new Int32Array(0)
  }

  get length(): number {
    return this.owner.length
  }

  text(name: number): string {
    if (name >= this.ends.length) return this.fresh[name - this.ends.length] ?? ''
    return this.bytes.toString('utf8', name === 0 ? 0 : (this.ends[name - 1] ?? 0), this.ends[name] ?? 0)
  }

  /** The number of a name, -1 if it never was. */
  find(text: string): number {
    const { slots } = this
    const hash = hashOf(text)
    let place = slots.start(hash)
    for (;;) {
      const name = slots.at(place)
      if (name < 0 || (this.hashes.get(name) === hash && this.text(name) === text)) return name
      place = slots.next(place)
    }
  }

  /** Adds a name that `find` does not know. */
  add(text: string, owner: number): number {
    if (this.slots.isFull(this.length)) this.slots = this.filled(this.slots.length * 2)
    const hash = hashOf(text)
    const name = this.owner.push(owner)
    this.hashes.push(hash)
    this.fresh.push(text)
    this.slots.add(name, hash)
    return name
  }

  /** Only what was added since the snapshot can be cut. */
  cut(length: number): void {
    for (let name = this.length - 1; name >= length; name--) this.slots.remove(name, this.hashes.get(name))
    this.owner.cut(length)
    this.hashes.cut(length)
    this.fresh.length = length - this.ends.length
  }

  export(): NamesExport {
    const ends = new Int32Array(this.length)
    let bytes = Buffer.allocUnsafe(capacity(this.length * 16))
    let end = this.ends[this.ends.length - 1] ?? 0
    if (bytes.length < end) bytes = Buffer.allocUnsafe(end * 2)
    this.bytes.copy(bytes, 0, 0, end)
    ends.set(this.ends)
    for (let name = this.ends.length; name < this.length; name++) {
      const text = this.text(name)
      if (end + text.length * 3 > bytes.length) bytes = Buffer.concat([bytes], (bytes.length + text.length * 3) * 2)
      end += bytes.write(text, end)
      ends[name] = end
    }
    const places = slotsFor(this.length)
    const slots = places === this.slots.length ? this.slots : this.filled(places)
    return {
      owner: this.owner.view(),
      hashes: this.hashes.view(),
      slots: slots.array,
      ends,
      bytes: bytes.subarray(0, end),
    }
  }

  private filled(places: number): Slots {
    const slots = new Slots(new Int32Array(places))
    for (let name = 0; name < this.length; name++) slots.add(name, this.hashes.get(name))
    return slots
  }
}

export interface NamesExport {
  readonly owner: Int32Array
  readonly hashes: Int32Array
  readonly slots: Int32Array
  readonly ends: Int32Array
  readonly bytes: Uint8Array
}
