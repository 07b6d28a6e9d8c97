import type { SymbolId, Value } from '../canonical/record.ts'
import { normal, type U64 } from '../integer.ts'
import { capacity } from './column.ts'

/** The parts of records that have no fixed size: values and lists of ids, in bytes that only this file understands. */
export class Heap {
  private bytes: Uint8Array
  private view: DataView
  length: number

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.length = bytes.length
  }

  /** Where what is written next will lie, in units of eight bytes: 2^31 of them are 16 GiB. */
  align(): number {
    const at = Math.ceil(this.length / unit)
    if (at > unitsMax) throw new RangeError('the memory heap is full')
    this.bytes.fill(0, this.length, at * unit) // so that equal states have equal snapshots
    this.length = at * unit
    return at
  }

  writeValue(value: Value): void {
    if (value.type === 'string') this.writeString(value.value)
    else if (value.type === 'float') this.writeFloat(value)
    else if (value.type === 'symbol') this.writeNumber(tags.symbol, value.id)
    else if (value.type === 'timestamp') this.writeNumber(tags.timestamp, value.at)
    else if (value.type === 'boolean') this.writeNumber(tags.boolean, value.value ? 1 : 0)
    else if (typeof value.value === 'number' && value.value >= 0) this.writeNumber(tags.integer, value.value)
    else this.writeNumber(tags.integer, BigInt.asUintN(64, BigInt(value.value)))
  }

  writeIds(ids: readonly SymbolId[]): void {
    this.room(4 + ids.length * unit)
    this.view.setUint32(this.length, ids.length, true)
    this.length += 4
    for (const id of ids) this.writeU64(id)
  }

  writeU64(value: U64): void {
    this.room(unit)
    if (typeof value === 'bigint') this.view.setBigUint64(this.length, value, true)
    else {
      this.view.setUint32(this.length, value >>> 0, true)
      this.view.setUint32(this.length + 4, Math.floor(value / 2 ** 32), true)
    }
    this.length += unit
  }

  reader(at: number): HeapReader {
    return new HeapReader(this.view, at * unit)
  }

  cut(length: number): void {
    this.length = length
  }

  used(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }

  private writeNumber(tag: number, value: U64): void {
    this.room(1)
    this.view.setUint8(this.length++, tag)
    this.writeU64(value)
  }

  private writeFloat(value: Extract<Value, { type: 'float' }>): void {
    this.room(1 + unit)
    this.view.setUint8(this.length++, tags.float)
    if (value.bits === undefined) this.view.setFloat64(this.length, value.value, true)
    else this.view.setBigUint64(this.length, value.bits, true)
    this.length += unit
  }

  private writeString(text: string): void {
    this.room(5 + text.length * 3)
    this.view.setUint8(this.length, tags.string)
    const { written } = encoder.encodeInto(text, this.bytes.subarray(this.length + 5))
    this.view.setUint32(this.length + 1, written, true)
    this.length += 5 + written
  }

  private room(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return
    const grown = new Uint8Array(capacity(this.length + bytes))
    grown.set(this.used())
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }
}

/** Reads back in the order in which it was written. */
export class HeapReader {
  private readonly view: DataView
  private at: number

  constructor(view: DataView, at: number) {
    this.view = view
    this.at = at
  }

  value(): Value {
    const tag = this.view.getUint8(this.at++)
    switch (tag) {
      case tags.symbol:
        return { type: 'symbol', id: this.u64() }
      case tags.integer:
        return { type: 'integer', value: this.i64() }
      case tags.timestamp:
        return { type: 'timestamp', at: this.u64() }
      case tags.boolean:
        return { type: 'boolean', value: this.u64() === 1 }
      case tags.float:
        return this.float()
      case tags.string:
        return { type: 'string', value: this.string() }
    }
    throw new RangeError(`the memory heap holds no value at ${this.at - 1}`)
  }

  ids(): SymbolId[] {
    const count = this.view.getUint32(this.at, true)
    this.at += 4
    const ids: SymbolId[] = []
    for (let i = 0; i < count; i++) ids.push(this.u64())
    return ids
  }

  u64(): U64 {
    const low = this.view.getUint32(this.at, true)
    const high = this.view.getUint32(this.at + 4, true)
    this.at += unit
    return high < 2 ** 21 ? high * 2 ** 32 + low : (BigInt(high) << 32n) | BigInt(low)
  }

  private i64(): number | bigint {
    const value = this.view.getBigInt64(this.at, true)
    this.at += unit
    return normal(value)
  }

  private float(): Value {
    const value = this.view.getFloat64(this.at, true)
    const bits = this.view.getBigUint64(this.at, true)
    this.at += unit
    // Which NaN it is would be lost on the way through a number.
    return Number.isNaN(value) ? { type: 'float', value, bits } : { type: 'float', value }
  }

  private string(): string {
    const length = this.view.getUint32(this.at, true)
    const start = this.view.byteOffset + this.at + 4
    this.at += 4 + length
    return decoder.decode(new Uint8Array(this.view.buffer, start, length))
  }
}

const tags = { symbol: 1, integer: 2, float: 3, boolean: 4, string: 5, timestamp: 6 } as const
const unit = 8
const unitsMax = 2 ** 31 - 1
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
