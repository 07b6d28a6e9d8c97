/**
 * Chance that repeats itself: the same seeds give the same throws on every machine. Mulberry32, small and fast; good
 * enough for a mailbox that nobody's life depends on, and never used for anything secret.
 */
export class Dice {
  #state: number

  constructor(...seeds: readonly number[]) {
    this.#state = seeds.reduce((mixed, seed) => scramble((mixed ^ seed) >>> 0), 0x9e3779b9)
  }

  /** From 0 up to but without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  pick<T>(list: readonly T[]): T {
    const found = list[Math.floor(this.next() * list.length)]
    if (found === undefined) throw new RangeError('there is nothing to pick from')
    return found
  }

  /** Some of them, each once, in the order of the list. */
  some<T>(list: readonly T[], count: number): T[] {
    const left = [...list]
    while (left.length > count) left.splice(Math.floor(this.next() * left.length), 1)
    return left
  }

  digits(count: number): string {
    let out = ''
    while (out.length < count) out += Math.floor(this.next() * 10)
    return out
  }

  hex(count: number): string {
    let out = ''
    while (out.length < count) out += Math.floor(this.next() * 16).toString(16)
    return out
  }
}

function scramble(value: number): number {
  const mixed = Math.imul(value ^ (value >>> 16), 0x45d9f3b)
  return (mixed ^ (mixed >>> 13)) >>> 0
}
