import { type I64, normal, type U64, U64_MAX } from '../integer.ts'
import type { DecodeError } from './decode-error.ts'

/** Thrown and caught within the decoder: a field that is not there ends a record in the middle of it. */
export class DecodeFault extends Error {
  readonly error: DecodeError

  constructor(error: DecodeError) {
    super(error.code)
    this.error = error
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const varintBytesMax = 10

/** Reads between two offsets of a buffer; offsets in faults count from the first. Never reads or reserves beyond. */
export class ByteReader {
  readonly #bytes: Buffer
  readonly #start: number
  readonly #end: number
  #at: number

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes
    this.#start = start
    this.#end = end
    this.#at = start
  }

  /** Where the next field starts, from the first offset on. */
  get offset(): number {
    return this.#at - this.#start
  }

  get left(): number {
    return this.#end - this.#at
  }

  u8(): number {
    const at = this.#take(1)
    return this.#bytes[at] ?? 0
  }

  u16(): number {
    return this.#bytes.readUInt16LE(this.#take(2))
  }

  /** A time; 2^64 - 1 is none. */
  clock(): U64 {
    const offset = this.offset
    const value = this.#u64()
    if (value === undefined) throw new DecodeFault({ code: 'ReservedClockSentinel', offset })
    return value
  }

  optionalClock(): U64 | undefined {
    return this.#u64()
  }

  f64(): { readonly value: number; readonly bits?: bigint } {
    const at = this.#take(8)
    const value = this.#bytes.readDoubleLE(at)
    // JavaScript has one NaN, the format 2^53 of them.
    return Number.isNaN(value) ? { value, bits: this.#bytes.readBigUInt64LE(at) } : { value }
  }

  varint(): U64 {
    const first = this.#bytes[this.#at]
    if (first !== undefined && first < 0x80 && this.#at < this.#end) {
      this.#at++
      return first
    }
    return this.#longVarint()
  }

  zigzag(): I64 {
    const coded = this.varint()
    if (typeof coded === 'number' && coded <= 0x7fff_ffff) return coded & 1 ? -(coded + 1) / 2 : coded / 2
    const wide = BigInt(coded)
    return normal((wide >> 1n) ^ -(wide & 1n))
  }

  string(): string {
    const length = this.varint()
    if (length > this.left) throw new DecodeFault({ code: 'Truncated', offset: this.offset })
    const start = this.#take(Number(length))
    try {
      return strict.decode(this.#bytes.subarray(start, this.#at))
    } catch {
      throw new DecodeFault({ code: 'InvalidString' })
    }
  }

  #longVarint(): U64 {
    const offset = this.offset
    let low = 0
    let wide = 0n
    for (let i = 0; i < varintBytesMax; i++) {
      if (this.#at >= this.#end) throw new DecodeFault({ code: 'Truncated', offset: this.offset })
      const byte = this.#bytes[this.#at++] ?? 0
      if (i === varintBytesMax - 1 && byte > 1) break
      if (i < 4) low += (byte & 0x7f) * 2 ** (7 * i)
      else wide |= BigInt(byte & 0x7f) << BigInt(7 * i)
      if (byte < 0x80) {
        if (byte === 0 && i > 0) throw new DecodeFault({ code: 'NonCanonicalVarint', offset })
        return i < 4 ? low : normal(wide | BigInt(low))
      }
    }
    throw new DecodeFault({ code: 'VarintOverflow', offset })
  }

  #u64(): U64 | undefined {
    const at = this.#take(8)
    const high = this.#bytes.readUInt32LE(at + 4)
    if (high < 0x20_0000) return high * 0x1_0000_0000 + this.#bytes.readUInt32LE(at)
    const wide = this.#bytes.readBigUInt64LE(at)
    return wide === U64_MAX ? undefined : wide
  }

  /** The absolute offset of `count` bytes that are there. */
  #take(count: number): number {
    const at = this.#at
    if (at + count > this.#end) throw new DecodeFault({ code: 'Truncated', offset: this.offset })
    this.#at = at + count
    return at
  }
}
