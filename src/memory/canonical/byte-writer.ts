import { type I64, type U64, U64_MAX } from '../integer.ts'

const decoderSafeBits = 0x8000_0000

/** Bytes that grow. Integers are little-endian, varints unsigned LEB128 in their shortest form. */
export class ByteWriter {
  #bytes: Buffer
  #length = 0

  constructor(capacity = 256) {
    this.#bytes = Buffer.allocUnsafe(capacity)
  }

  get length(): number {
    return this.#length
  }

  /** A view of what was written; the next write may move it. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = 0
  }

  u8(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  u16(value: number): void {
    this.#reserve(2)
    this.#length = this.#bytes.writeUInt16LE(value, this.#length)
  }

  u64(value: U64): void {
    this.#reserve(8)
    if (typeof value === 'bigint') {
      this.#length = this.#bytes.writeBigUInt64LE(value, this.#length)
      return
    }
    this.#bytes.writeUInt32LE(value % 0x1_0000_0000, this.#length)
    this.#length = this.#bytes.writeUInt32LE(Math.floor(value / 0x1_0000_0000), this.#length + 4)
  }

  noClock(): void {
    this.u64(U64_MAX)
  }

  f64(value: number, bits: bigint | undefined): void {
    this.#reserve(8)
    this.#length =
      bits === undefined
        ? this.#bytes.writeDoubleLE(value, this.#length)
        : this.#bytes.writeBigUInt64LE(bits, this.#length)
  }

  varint(value: U64): void {
    this.#reserve(10)
    if (typeof value === 'number' && value < decoderSafeBits) {
      let rest = value
      while (rest >= 0x80) {
        this.#bytes[this.#length++] = (rest & 0x7f) | 0x80
        rest >>>= 7
      }
      this.#bytes[this.#length++] = rest
      return
    }
    let rest = BigInt(value)
    while (rest >= 0x80n) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    this.#bytes[this.#length++] = Number(rest)
  }

  zigzag(value: I64): void {
    if (typeof value === 'number' && value >= -0x3fff_ffff && value <= 0x3fff_ffff) {
      this.varint(value < 0 ? -2 * value - 1 : 2 * value)
      return
    }
    const wide = BigInt(value)
    this.varint(BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n)))
  }

  string(text: string): void {
    const length = Buffer.byteLength(text)
    this.varint(length)
    this.#reserve(length)
    this.#length += this.#bytes.write(text, this.#length, length, 'utf8')
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }
}
