import type { U64 } from '../integer.ts'

/**
 * Columns: what a million records have in common, as numbers side by side instead of objects. They cost some 60 bytes
 * a record, nothing to the garbage collector, and are written to a snapshot and read back as they lie in memory.
 */

const capacityMin = 64

/** Signed 32-bit numbers: row numbers, links and packed traits. What was never written is -1. */
export class IntColumn {
  array: Int32Array
  length: number

  constructor(array: Int32Array = new Int32Array(0)) {
    this.array = array
    this.length = array.length
  }

  get(index: number): number {
    return index < this.length ? (this.array[index] ?? -1) : -1
  }

  push(value: number): number {
    if (this.length === this.array.length) this.grow(this.length + 1)
    this.array[this.length] = value
    return this.length++
  }

  set(index: number, value: number): void {
    this.array[index] = value
  }

  /** Makes `index` a cell; new ones in between are -1. */
  reach(index: number): void {
    if (index < this.length) return
    if (index >= this.array.length) this.grow(index + 1)
    this.array.fill(-1, this.length, index + 1)
    this.length = index + 1
  }

  cut(length: number): void {
    this.length = length
  }

  view(): Int32Array {
    return this.array.subarray(0, this.length)
  }

  private grow(needed: number): void {
    const array = new Int32Array(capacity(needed))
    array.set(this.view())
    this.array = array
  }
}

/** Unsigned 64-bit numbers that are nearly always below 2^32 - 2: ids. Others lie beside, exact. */
export class IdColumn {
  array: Uint32Array
  length: number
  readonly wide: Map<number, U64>

  constructor(array: Uint32Array = new Uint32Array(0), wide: Map<number, U64> = new Map()) {
    this.array = array
    this.length = array.length
    this.wide = wide
  }

  /** For columns without holes. */
  get(index: number): U64 {
    return this.find(index) ?? 0
  }

  find(index: number): U64 | undefined {
    const value = this.array[index] ?? idNone
    if (value < idNone) return value
    return value === idWide ? this.wide.get(index) : undefined
  }

  push(value: U64 | undefined): number {
    if (this.length === this.array.length) {
      const array = new Uint32Array(capacity(this.length + 1))
      array.set(this.array)
      this.array = array
    }
    if (value === undefined) this.array[this.length] = idNone
    else if (value < idNone) this.array[this.length] = Number(value)
    else {
      this.array[this.length] = idWide
      this.wide.set(this.length, value)
    }
    return this.length++
  }

  cut(length: number): void {
    if (this.wide.size > 0) for (let i = length; i < this.length; i++) this.wide.delete(i)
    this.length = length
  }

  view(): Uint32Array {
    return this.array.subarray(0, this.length)
  }
}

/** Unsigned 64-bit numbers that are nearly always below 2^53: clocks. Others lie beside, exact. */
export class ClockColumn {
  array: Float64Array
  length: number
  readonly wide: Map<number, U64>

  constructor(array: Float64Array = new Float64Array(0), wide: Map<number, U64> = new Map()) {
    this.array = array
    this.length = array.length
    this.wide = wide
  }

  get(index: number): U64 {
    return this.find(index) ?? 0
  }

  find(index: number): U64 | undefined {
    const value = this.array[index] ?? clockNone
    if (value >= 0) return value
    return value === clockWide ? this.wide.get(index) : undefined
  }

  push(value: U64 | undefined): number {
    if (this.length === this.array.length) {
      const array = new Float64Array(capacity(this.length + 1))
      array.set(this.array)
      this.array = array
    }
    if (value === undefined) this.array[this.length] = clockNone
    else if (typeof value === 'number') this.array[this.length] = value
    else {
      this.array[this.length] = clockWide
      this.wide.set(this.length, value)
    }
    return this.length++
  }

  cut(length: number): void {
    if (this.wide.size > 0) for (let i = length; i < this.length; i++) this.wide.delete(i)
    this.length = length
  }

  view(): Float64Array {
    return this.array.subarray(0, this.length)
  }
}

const idNone = 0xffff_fffe
const idWide = 0xffff_ffff
const clockNone = -2
const clockWide = -1

export function capacity(needed: number): number {
  return Math.max(capacityMin, needed + (needed >> 1))
}
