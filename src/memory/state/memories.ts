import type {
  EpisodicRecord,
  InferentialRecord,
  MemoryRecord,
  ProceduralRecord,
  SemanticRecord,
  SymbolId,
} from '../canonical/record.ts'
import { ClockColumn, IdColumn, IntColumn } from './column.ts'
import { Heap } from './heap.ts'
import { IdIndex } from './id-index.ts'
import type { Journal } from './journal.ts'

/** Ordinals of the four kinds in the packed traits. */
export const KIND = { sem: 0, epi: 1, pro: 2, inf: 3 } as const
export type KindOrdinal = (typeof KIND)[keyof typeof KIND]

const confidenceBits = 0xffff
const kindShift = 16
const kindBits = 3
const projectedBit = 1 << 18
const staleBit = 1 << 19
const supersededBit = 1 << 20
const conditionBit = 1 << 21

/** Every memory in commit order: a row for each, with what queries ask about in columns and the rest in the heap. */
export class Memories {
  readonly memory: IdColumn
  /** Subject, event or rule. */
  readonly first: IdColumn
  /** Predicate, event type or scope. */
  readonly second: IdColumn
  /** Source, or the method of an inferential memory. */
  readonly ground: IdColumn
  /** For an episodic memory the time at which it happened. */
  readonly validAt: ClockColumn
  readonly observedAt: ClockColumn
  readonly committedAt: ClockColumn
  readonly invalidAt: ClockColumn
  /** Confidence, kind and flags. */
  readonly traits: IntColumn
  /** Where the rest of the record lies in the heap. */
  readonly place: IntColumn
  /** The row before with the same subject and predicate, or rule. */
  readonly previous: IntColumn
  /** The newest edge that ends this memory (edges.ts). */
  readonly closing: IntColumn
  readonly heap: Heap
  readonly rowOf: IdIndex
  /** Commit clocks never went back: so it is in every log that a compiler wrote. */
  inOrder: boolean
  private readonly journal: Journal

  constructor(journal: Journal, from: Partial<MemoryParts> = {}) {
    this.journal = journal
    this.memory = from.memory ?? new IdColumn()
    this.first = from.first ?? new IdColumn()
    this.second = from.second ?? new IdColumn()
    this.ground = from.ground ?? new IdColumn()
    this.validAt = from.validAt ?? new ClockColumn()
    this.observedAt = from.observedAt ?? new ClockColumn()
    this.committedAt = from.committedAt ?? new ClockColumn()
    this.invalidAt = from.invalidAt ?? new ClockColumn()
    this.traits = from.traits ?? new IntColumn()
    this.place = from.place ?? new IntColumn()
    this.previous = from.previous ?? new IntColumn()
    this.closing = from.closing ?? new IntColumn()
    this.heap = from.heap ?? new Heap()
    this.rowOf = from.rowOf ?? new IdIndex()
    this.inOrder = from.inOrder ?? true
  }

  get length(): number {
    return this.memory.length
  }

  /** Adds a row; `previous` is the row before with the same key, -1 if there is none. */
  add(record: MemoryRecord, previous: number): number {
    const row = this.memory.push(record.memory)
    if (row > 0 && this.committedAt.get(row - 1) > record.committedAt) this.inOrder = false
    this.committedAt.push(record.committedAt)
    this.observedAt.push(record.observedAt)
    this.invalidAt.push(record.invalidAt)
    this.previous.push(previous)
    this.closing.push(-1)
    this.place.push(this.heap.align())
    if (record.type === 'sem') this.addSemantic(record)
    else if (record.type === 'epi') this.addEpisodic(record)
    else if (record.type === 'pro') this.addProcedural(record)
    else this.addInferential(record)
    // A log made by hand may name a memory twice: edges mean the first.
    if (this.rowOf.get(record.memory) < 0) this.rowOf.set(record.memory, row, this.journal)
    return row
  }

  kindAt(row: number): KindOrdinal {
    const kind = (this.traits.get(row) >> kindShift) & kindBits
    return kind === KIND.sem || kind === KIND.epi || kind === KIND.pro ? kind : KIND.inf
  }

  confidenceAt(row: number): number {
    return this.traits.get(row) & confidenceBits
  }

  isProjected(row: number): boolean {
    return (this.traits.get(row) & projectedBit) !== 0
  }

  /** Some edge says that it was superseded, also by a correction of an earlier time. */
  isSuperseded(row: number): boolean {
    return (this.traits.get(row) & supersededBit) !== 0
  }

  markSuperseded(row: number): void {
    if (!this.isSuperseded(row)) this.journal.put(this.traits, row, this.traits.get(row) | supersededBit)
  }

  /** The record as it was committed. */
  record(row: number): MemoryRecord {
    switch (this.kindAt(row)) {
      case KIND.sem:
        return this.semantic(row)
      case KIND.epi:
        return this.episodic(row)
      case KIND.pro:
        return this.procedural(row)
      case KIND.inf:
        return this.inferential(row)
    }
  }

  mark(): MemoryMark {
    return { length: this.length, heap: this.heap.length, near: this.rowOf.near.length }
  }

  cut({ length, heap, near }: MemoryMark): void {
    for (const column of [this.memory, this.first, this.second, this.ground]) column.cut(length)
    for (const column of [this.validAt, this.observedAt, this.committedAt, this.invalidAt]) column.cut(length)
    for (const column of [this.traits, this.place, this.previous, this.closing]) column.cut(length)
    this.heap.cut(heap)
    this.rowOf.near.cut(near)
  }

  private addSemantic(record: SemanticRecord): void {
    this.addHead(record.subject, record.predicate, record.source)
    this.validAt.push(record.validAt)
    this.traits.push(record.confidence | (KIND.sem << kindShift) | (record.projected ? projectedBit : 0))
    this.heap.writeValue(record.object)
  }

  private addEpisodic(record: EpisodicRecord): void {
    this.addHead(record.event, record.eventType, record.source)
    this.validAt.push(record.at)
    this.traits.push(record.confidence | (KIND.epi << kindShift))
    this.heap.writeIds(record.participants)
    this.heap.writeU64(record.location)
  }

  private addProcedural(record: ProceduralRecord): void {
    this.addHead(record.rule, record.scope, record.source)
    this.validAt.push(record.validAt)
    const condition = record.precondition === undefined ? 0 : conditionBit
    this.traits.push(record.confidence | (KIND.pro << kindShift) | condition)
    this.heap.writeValue(record.trigger)
    this.heap.writeValue(record.action)
    if (record.precondition !== undefined) this.heap.writeValue(record.precondition)
  }

  private addInferential(record: InferentialRecord): void {
    this.addHead(record.subject, record.predicate, record.method)
    this.validAt.push(record.validAt)
    const flags = (record.projected ? projectedBit : 0) | (record.stale ? staleBit : 0)
    this.traits.push(record.confidence | (KIND.inf << kindShift) | flags)
    this.heap.writeValue(record.object)
    this.heap.writeIds(record.parents)
  }

  private addHead(first: SymbolId, second: SymbolId, ground: SymbolId): void {
    this.first.push(first)
    this.second.push(second)
    this.ground.push(ground)
  }

  private semantic(row: number): SemanticRecord {
    return {
      type: 'sem',
      memory: this.memory.get(row),
      subject: this.first.get(row),
      predicate: this.second.get(row),
      object: this.heap.reader(this.place.get(row)).value(),
      source: this.ground.get(row),
      confidence: this.confidenceAt(row),
      validAt: this.validAt.get(row),
      observedAt: this.observedAt.get(row),
      committedAt: this.committedAt.get(row),
      invalidAt: this.invalidAt.find(row),
      projected: this.isProjected(row),
    }
  }

  private episodic(row: number): EpisodicRecord {
    const rest = this.heap.reader(this.place.get(row))
    return {
      type: 'epi',
      memory: this.memory.get(row),
      event: this.first.get(row),
      eventType: this.second.get(row),
      participants: rest.ids(),
      location: rest.u64(),
      at: this.validAt.get(row),
      observedAt: this.observedAt.get(row),
      source: this.ground.get(row),
      confidence: this.confidenceAt(row),
      committedAt: this.committedAt.get(row),
      invalidAt: this.invalidAt.find(row),
    }
  }

  private procedural(row: number): ProceduralRecord {
    const rest = this.heap.reader(this.place.get(row))
    return {
      type: 'pro',
      memory: this.memory.get(row),
      rule: this.first.get(row),
      trigger: rest.value(),
      action: rest.value(),
      precondition: (this.traits.get(row) & conditionBit) === 0 ? undefined : rest.value(),
      scope: this.second.get(row),
      source: this.ground.get(row),
      confidence: this.confidenceAt(row),
      validAt: this.validAt.get(row),
      observedAt: this.observedAt.get(row),
      committedAt: this.committedAt.get(row),
      invalidAt: this.invalidAt.find(row),
    }
  }

  private inferential(row: number): InferentialRecord {
    const rest = this.heap.reader(this.place.get(row))
    return {
      type: 'inf',
      memory: this.memory.get(row),
      subject: this.first.get(row),
      predicate: this.second.get(row),
      object: rest.value(),
      parents: rest.ids(),
      method: this.ground.get(row),
      confidence: this.confidenceAt(row),
      validAt: this.validAt.get(row),
      observedAt: this.observedAt.get(row),
      committedAt: this.committedAt.get(row),
      invalidAt: this.invalidAt.find(row),
      projected: this.isProjected(row),
      stale: (this.traits.get(row) & staleBit) !== 0,
    }
  }
}

export interface MemoryParts {
  readonly memory: IdColumn
  readonly first: IdColumn
  readonly second: IdColumn
  readonly ground: IdColumn
  readonly validAt: ClockColumn
  readonly observedAt: ClockColumn
  readonly committedAt: ClockColumn
  readonly invalidAt: ClockColumn
  readonly traits: IntColumn
  readonly place: IntColumn
  readonly previous: IntColumn
  readonly closing: IntColumn
  readonly heap: Heap
  readonly rowOf: IdIndex
  readonly inOrder: boolean
}

export interface MemoryMark {
  readonly length: number
  readonly heap: number
  readonly near: number
}
