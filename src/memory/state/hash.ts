import type { U64 } from '../integer.ts'

/** Mixes an unsigned 64-bit number into a hash of 32 bits. */
export function mixed(hash: number, value: U64): number {
  const low = typeof value === 'number' ? value >>> 0 : Number(BigInt.asUintN(32, value))
  const high = typeof value === 'number' ? Math.floor(value / 2 ** 32) >>> 0 : Number(value >> 32n)
  return scrambled(Math.imul(scrambled(hash ^ low), 0x85eb_ca6b) ^ high)
}

export function hashOf(text: string): number {
  let hash = text.length
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193)
  return scrambled(hash)
}

function scrambled(value: number): number {
  const hash = Math.imul(value ^ (value >>> 16), 0x7feb_352d)
  return hash ^ (hash >>> 15)
}

/**
 * Where the entries of a hash table lie: open addressing with entry + 1, 0 for a free place, at most half full.
 * Entries are removed newest first only, and are filled in by their number when the table grows: so removal is to
 * free the place of the newest, and the table is the same as if it had never been there.
 */
export class Slots {
  array: Int32Array

  constructor(array: Int32Array = new Int32Array(slotsMin)) {
    this.array = array
  }

  get length(): number {
    return this.array.length
  }

  /** The first place to look; then `next` of it. */
  start(hash: number): number {
    return hash & (this.array.length - 1)
  }

  next(place: number): number {
    return (place + 1) & (this.array.length - 1)
  }

  /** The entry at a place, -1 if it is free. */
  at(place: number): number {
    return (this.array[place] ?? 0) - 1
  }

  add(entry: number, hash: number): void {
    let place = this.start(hash)
    while (this.at(place) >= 0) place = this.next(place)
    this.array[place] = entry + 1
  }

  remove(entry: number, hash: number): void {
    let place = this.start(hash)
    while (this.at(place) !== entry) place = this.next(place)
    this.array[place] = 0
  }

  isFull(entries: number): boolean {
    return entries * 2 >= this.array.length
  }
}

/** How many places a table has that grew to so many entries. */
export function slotsFor(entries: number): number {
  let places = slotsMin
  while ((entries - 1) * 2 >= places) places *= 2
  return places
}

const slotsMin = 64
