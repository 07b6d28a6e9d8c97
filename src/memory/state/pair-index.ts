import type { U64 } from '../integer.ts'
import { IdColumn } from './column.ts'
import { mixed, Slots, slotsFor } from './hash.ts'

/** Pairs of ids, numbered in the order in which they came: subject and predicate, mostly. */
export class PairIndex {
  readonly first: IdColumn
  readonly second: IdColumn
  private slots: Slots

  constructor(first = new IdColumn(), second = new IdColumn(), slots = new Slots()) {
    this.first = first
    this.second = second
    this.slots = slots
  }

  get length(): number {
    return this.first.length
  }

  /** The number of a pair, -1 if it never came. */
  find(first: U64, second: U64): number {
    const { slots } = this
    let place = slots.start(hash(first, second))
    for (;;) {
      const entry = slots.at(place)
      if (entry < 0 || (this.first.get(entry) === first && this.second.get(entry) === second)) return entry
      place = slots.next(place)
    }
  }

  add(first: U64, second: U64): number {
    if (this.slots.isFull(this.length)) this.slots = this.filled(this.slots.length * 2)
    const entry = this.first.push(first)
    this.second.push(second)
    this.slots.add(entry, hash(first, second))
    return entry
  }

  cut(length: number): void {
    for (let entry = this.length - 1; entry >= length; entry--) this.slots.remove(entry, this.hashAt(entry))
    this.first.cut(length)
    this.second.cut(length)
  }

  /** The places as a table made anew would have them, so that equal states have equal snapshots. */
  exportSlots(): Int32Array {
    const places = slotsFor(this.length)
    return (places === this.slots.length ? this.slots : this.filled(places)).array
  }

  private filled(places: number): Slots {
    const slots = new Slots(new Int32Array(places))
    for (let entry = 0; entry < this.length; entry++) slots.add(entry, this.hashAt(entry))
    return slots
  }

  private hashAt(entry: number): number {
    return hash(this.first.get(entry), this.second.get(entry))
  }
}

function hash(first: U64, second: U64): number {
  return mixed(mixed(0, first), second)
}
