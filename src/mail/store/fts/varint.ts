/** SQLite's variable-length integers: seven bits a byte, the highest first. Up to 2^53 they take at most eight bytes. */
export const varintBytesMax = 8

/** Writes `value` (an integer from 0 to 2^53) at `at`; returns where it ends. */
export function putVarint(bytes: Uint8Array, at: number, value: number): number {
  if (value < 0x80) {
    bytes[at] = value
    return at + 1
  }
  return value < lowerSize ? putSplit(bytes, at, 0, value) : putLong(bytes, at, value)
}

const lowerSize = 0x10000000

/** The upper bytes of what does not fit into 28 bits, and then four that do. */
function putLong(bytes: Uint8Array, at: number, value: number): number {
  const upper = Math.floor(value / lowerSize)
  return putSplit(bytes, at, upper, value - upper * lowerSize)
}

/** Writes `upper` * 2^28 + `lower`, two whole numbers of at most 25 and 28 bits. */
export function putSplit(bytes: Uint8Array, start: number, upper: number, lower: number): number {
  let at = start
  if (upper === 0) {
    if (lower < 0x80) {
      bytes[at] = lower
      return at + 1
    }
    if (lower >= 0x200000) bytes[at++] = (lower >>> 21) | 0x80
    if (lower >= 0x4000) bytes[at++] = (lower >>> 14) | 0x80
    bytes[at++] = (lower >>> 7) | 0x80
    bytes[at++] = lower & 0x7f
    return at
  }
  if (upper >= 0x200000) bytes[at++] = (upper >>> 21) | 0x80
  if (upper >= 0x4000) bytes[at++] = (upper >>> 14) | 0x80
  if (upper >= 0x80) bytes[at++] = (upper >>> 7) | 0x80
  bytes[at++] = upper | 0x80
  bytes[at++] = (lower >>> 21) | 0x80
  bytes[at++] = (lower >>> 14) | 0x80
  bytes[at++] = (lower >>> 7) | 0x80
  bytes[at++] = lower & 0x7f
  return at
}

/** Varints one after the other, as FTS5 keeps its records. */
export class Varints {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** @throws {RangeError} where the bytes end, or the number is above 2^53 */
  next(): number {
    let value = 0
    for (let length = 0; length < varintBytesMax; length++) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) break
      value = value * 128 + (byte & 0x7f)
      if (byte < 0x80) return value
    }
    throw new RangeError('not a varint that can be read here')
  }
}

export function varints(values: Iterable<number>): Uint8Array {
  const bytes: number[] = []
  const scratch = new Uint8Array(varintBytesMax)
  for (const value of values) {
    const end = putVarint(scratch, 0, value)
    for (let at = 0; at < end; at++) bytes.push(scratch[at] ?? 0)
  }
  return Uint8Array.from(bytes)
}
