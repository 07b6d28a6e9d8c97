import type { U64 } from '../integer.ts'
import { IntColumn } from './column.ts'
import type { Journal } from './journal.ts'

/**
 * From an id to a number. Ids are given out from 0 upwards, so that the id itself is the place; what a log made by
 * hand puts far away lies in a map, so that one such id does not cost gigabytes.
 */
export class IdIndex {
  readonly near: IntColumn
  readonly far: Map<U64, number>

  constructor(near = new IntColumn(), far: Map<U64, number> = new Map()) {
    this.near = near
    this.far = far
  }

  /** -1 if there is none. */
  get(id: U64): number {
    const found = typeof id === 'number' ? this.near.get(id) : -1
    return found < 0 && this.far.size > 0 ? (this.far.get(id) ?? -1) : found
  }

  set(id: U64, value: number, journal: Journal): void {
    if (typeof id === 'number' && id < this.near.length * 2 + slack && id < nearMax && !this.far.has(id)) {
      this.near.reach(id)
      journal.put(this.near, id, value)
    } else journal.setEntry(this.far, id, value)
  }
}

/** How far beyond twice what is there an id may lie and still be near. */
const slack = 4096
/** Four bytes each: no more than this is ever reserved for places. */
const nearMax = 2 ** 28
