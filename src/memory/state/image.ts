import type { U64 } from '../integer.ts'
import { normal } from '../integer.ts'
import { Refusal } from '../refusal.ts'
import { ClockColumn, IdColumn, IntColumn } from './column.ts'
import { IdIndex } from './id-index.ts'

/**
 * A state as one buffer: a line of JSON that says what is where, then the columns as they lie in memory, each on a
 * multiple of eight bytes, little-endian. Reading one back copies nothing: the columns are views of the buffer.
 */
const magic = 'postern memory image 1\n'
const alignment = 8

export type ImageError = { readonly code: 'unreadable' | 'version' }

type Cell = 'i32' | 'u32' | 'f64' | 'u8'

interface Section {
  readonly name: string
  readonly cell: Cell
  readonly length: number
}

/** JSON has no 64-bit integers: large ones are strings. */
type Number64 = number | string

type Facts = Readonly<Record<string, unknown>>

export class ImageWriter {
  private readonly sections: Section[] = []
  private readonly chunks: Uint8Array[] = []
  private readonly facts: Record<string, unknown> = {}

  fact(name: string, value: unknown): void {
    this.facts[name] = value
  }

  u64(name: string, value: U64 | undefined): void {
    this.fact(name, value === undefined ? null : number64(value))
  }

  ids(name: string, values: Iterable<U64>): void {
    this.fact(name, [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map(number64))
  }

  int(name: string, array: Int32Array): void {
    this.section(name, 'i32', array)
  }

  bytes(name: string, array: Uint8Array): void {
    this.section(name, 'u8', array)
  }

  idColumn(name: string, column: IdColumn): void {
    this.section(name, 'u32', column.view())
    this.wide(name, column.wide)
  }

  clockColumn(name: string, column: ClockColumn): void {
    this.section(name, 'f64', column.view())
    this.wide(name, column.wide)
  }

  idIndex(name: string, index: IdIndex): void {
    this.int(name, index.near.view())
    if (index.far.size > 0)
      this.fact(
        `${name}.far`,
        [...index.far].map(([id, value]) => [number64(id), value]),
      )
  }

  finish(): Uint8Array {
    const head = Buffer.from(`${magic}${JSON.stringify({ facts: this.facts, sections: this.sections })}\n`)
    const total = this.chunks.reduce((sum, chunk) => sum + aligned(chunk.length), aligned(head.length))
    const image = new Uint8Array(total)
    image.set(head)
    let at = aligned(head.length)
    for (const chunk of this.chunks) {
      image.set(chunk, at)
      at += aligned(chunk.length)
    }
    return image
  }

  private wide(name: string, wide: ReadonlyMap<number, U64>): void {
    if (wide.size > 0)
      this.fact(
        `${name}.wide`,
        [...wide].map(([index, value]) => [index, number64(value)]),
      )
  }

  private section(name: string, cell: Cell, array: Int32Array | Uint32Array | Float64Array | Uint8Array): void {
    this.sections.push({ name, cell, length: array.length })
    this.chunks.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  }
}

/** Refuses by `Refusal<ImageError>` whatever is not where the first line says. */
export class ImageReader {
  private readonly facts: Facts
  private readonly places = new Map<string, Section & { readonly start: number }>()
  private readonly buffer: ArrayBufferLike
  private readonly offset: number

  constructor(image: Uint8Array) {
    // Columns need their alignment; a buffer that was cut out of a pool may not have it.
    const bytes = image.byteOffset % alignment === 0 ? image : image.slice()
    this.buffer = bytes.buffer
    this.offset = bytes.byteOffset
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (text.toString('latin1', 0, magic.length) !== magic) {
      const known = text.toString('latin1', 0, magic.length).startsWith(magic.slice(0, -2))
      throw new Refusal<ImageError>({ code: known ? 'version' : 'unreadable' })
    }
    const end = text.indexOf('\n', magic.length)
    const head = record(end < 0 ? undefined : parsed(text.toString('utf8', magic.length, end)))
    this.facts = record(head.facts)
    let start = aligned(end + 1)
    for (const section of list(head.sections).map(asSection)) {
      this.places.set(section.name, { ...section, start })
      start += aligned(section.length * cellBytes[section.cell])
    }
    if (start !== bytes.byteLength) unreadable()
  }

  u64(name: string): U64 {
    return this.optionalU64(name) ?? unreadable()
  }

  optionalU64(name: string): U64 | undefined {
    const value = this.facts[name]
    return value === null ? undefined : asU64(value)
  }

  flag(name: string): boolean {
    const value = this.facts[name]
    return typeof value === 'boolean' ? value : unreadable()
  }

  ids(name: string): Set<U64> {
    return new Set(list(this.facts[name]).map(asU64))
  }

  /** Lists of whole numbers by a whole number. */
  lists(name: string): Map<number, number[]> {
    return new Map(this.pairs(name).map(([key, values]) => [asIndex(key), list(values).map(asIndex)]))
  }

  idLists(name: string): Map<U64, number[]> {
    return new Map(this.pairs(name).map(([key, values]) => [asU64(key), list(values).map(asIndex)]))
  }

  idsByIndex(name: string): Map<number, U64> {
    return new Map(this.pairs(name).map(([key, value]) => [asIndex(key), asU64(value)]))
  }

  int(name: string): Int32Array {
    const { start, length } = this.place(name, 'i32')
    return new Int32Array(this.buffer, this.offset + start, length)
  }

  intColumn(name: string): IntColumn {
    return new IntColumn(this.int(name))
  }

  bytes(name: string): Uint8Array {
    const { start, length } = this.place(name, 'u8')
    return new Uint8Array(this.buffer, this.offset + start, length)
  }

  idColumn(name: string): IdColumn {
    const { start, length } = this.place(name, 'u32')
    return new IdColumn(new Uint32Array(this.buffer, this.offset + start, length), this.wide(name))
  }

  clockColumn(name: string): ClockColumn {
    const { start, length } = this.place(name, 'f64')
    return new ClockColumn(new Float64Array(this.buffer, this.offset + start, length), this.wide(name))
  }

  idIndex(name: string): IdIndex {
    const far = this.pairs(`${name}.far`).map(([id, value]): [U64, number] => [asU64(id), asIndex(value)])
    return new IdIndex(this.intColumn(name), new Map(far))
  }

  private wide(name: string): Map<number, U64> {
    return this.idsByIndex(`${name}.wide`)
  }

  private pairs(name: string): [unknown, unknown][] {
    return list(this.facts[name] ?? []).map(pair => {
      const [key, value] = list(pair)
      return [key, value]
    })
  }

  private place(name: string, cell: Cell): { readonly start: number; readonly length: number } {
    const place = this.places.get(name)
    return place?.cell === cell ? place : unreadable()
  }
}

export function unreadable(): never {
  throw new Refusal<ImageError>({ code: 'unreadable' })
}

const cellBytes: Readonly<Record<Cell, number>> = { i32: 4, u32: 4, f64: 8, u8: 1 }

function aligned(length: number): number {
  return Math.ceil(length / alignment) * alignment
}

function number64(value: U64): Number64 {
  return typeof value === 'bigint' ? String(value) : value
}

function asU64(value: unknown): U64 {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  if (typeof value !== 'string' || !/^\d{1,20}$/.test(value)) return unreadable()
  const wide = BigInt(value)
  return wide === BigInt.asUintN(64, wide) ? normal(wide) : unreadable()
}

function asIndex(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : unreadable()
}

function asSection(value: unknown): Section {
  const { name, cell, length } = record(value)
  if (typeof name !== 'string') return unreadable()
  if (cell !== 'i32' && cell !== 'u32' && cell !== 'f64' && cell !== 'u8') return unreadable()
  return { name, cell, length: asIndex(length) }
}

function record(value: unknown): Facts {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return unreadable()
  return Object.fromEntries(Object.entries(value))
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : unreadable()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
