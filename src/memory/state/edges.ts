import type { ClockTime, EdgeKind, EdgeRecord, SymbolId } from '../canonical/record.ts'
import type { DagError } from '../compile/compile-error.ts'
import type { U64 } from '../integer.ts'
import { firstCycle, Graph } from './circle.ts'
import { ClockColumn, IdColumn, IntColumn } from './column.ts'
import type { Journal } from './journal.ts'
import { KIND, type Memories } from './memories.ts'

const kinds: readonly EdgeKind[] = ['supersedes', 'corrects', 'stale_parent', 'reconfirms']

/**
 * The edges between memories: one graph without circles, over all kinds of edges.
 *
 * The compiler only ever points from a newer memory to an older one, and ids count upwards, so that an edge from a
 * larger id to a smaller one needs no search as long as all others are like it. A log made by hand may hold others:
 * then circles are looked for, once for all that was replayed (`settle`), for each further edge by a search.
 */
export class Edges {
  readonly from: IdColumn
  readonly to: IdColumn
  readonly at: ClockColumn
  readonly kind: IntColumn
  /** The edge before that ends the same memory. */
  readonly next: IntColumn
  /** Some edge points upwards. */
  private upwards: boolean
  /** Edges of unknown memories, by the id that is missed. */
  private readonly waiting: Map<SymbolId, number[]>
  /** Ids that an edge supersedes and no memory has. */
  private readonly strangers: Set<SymbolId>
  private settled: number
  private graph: Graph | undefined
  private readonly memories: Memories
  private readonly journal: Journal

  constructor(memories: Memories, journal: Journal, from: Partial<EdgeParts> = {}) {
    this.memories = memories
    this.journal = journal
    this.from = from.from ?? new IdColumn()
    this.to = from.to ?? new IdColumn()
    this.at = from.at ?? new ClockColumn()
    this.kind = from.kind ?? new IntColumn()
    this.next = from.next ?? new IntColumn()
    this.upwards = from.upwards ?? false
    this.waiting = from.waiting ?? new Map()
    this.strangers = from.strangers ?? new Set()
    this.settled = this.length
  }

  get length(): number {
    return this.from.length
  }

  /** Adds an edge of the compiler, or says why it must not be. */
  add(edge: EdgeRecord): DagError | undefined {
    if (edge.from === edge.to) return { code: 'SelfEdge', kind: edge.type, memory: edge.from }
    if (this.upwards || edge.from < edge.to) {
      const graph = this.searchable()
      if (graph.reaches(edge.to, edge.from)) {
        return { code: 'SupersessionCycle', kind: edge.type, from: edge.from, to: edge.to }
      }
    }
    this.append(edge)
    this.settled = this.length
    return undefined
  }

  /** Adds an edge of the log; `settle` finds the circles. */
  replay(edge: EdgeRecord): DagError | undefined {
    if (edge.from === edge.to) return { code: 'SelfEdge', kind: edge.type, memory: edge.from }
    this.append(edge)
    return undefined
  }

  /** The first replayed edge that closes a circle. */
  settle(): DagError | undefined {
    if (!this.upwards || this.settled === this.length) return undefined
    const edge = firstCycle(this.from, this.to, this.settled)
    if (edge < 0) {
      this.settled = this.length
      return undefined
    }
    return {
      code: 'SupersessionCycle',
      kind: this.kindAt(edge),
      from: this.from.get(edge),
      to: this.to.get(edge),
    }
  }

  kindAt(edge: number): EdgeKind {
    return kinds[this.kind.get(edge)] ?? 'supersedes'
  }

  /** Some Supersedes edge points at it. */
  isSuperseded(memory: SymbolId): boolean {
    const row = this.memories.rowOf.get(memory)
    return row >= 0 ? this.memories.isSuperseded(row) : this.strangers.has(memory)
  }

  /** When what superseded this row began to hold, as far as was known at `asCommitted`; the earliest of them. */
  endOf(row: number, asCommitted: ClockTime): ClockTime | undefined {
    let end = this.memories.invalidAt.find(row)
    for (let edge = this.memories.closing.get(row); edge >= 0; edge = this.next.get(edge)) {
      if (this.at.get(edge) > asCommitted) continue
      const began = this.memories.validAt.get(this.memories.rowOf.get(this.from.get(edge)))
      if (end === undefined || began < end) end = began
    }
    return end
  }

  /** A memory came: edges that were there before it find it. */
  welcome(memory: SymbolId, row: number): void {
    if (this.strangers.has(memory)) {
      this.journal.deleteMember(this.strangers, memory)
      this.memories.markSuperseded(row)
    }
    const edges = this.waiting.size === 0 ? undefined : this.waiting.get(memory)
    if (edges === undefined) return
    this.journal.deleteEntry(this.waiting, memory)
    for (const edge of edges) this.link(edge)
  }

  mark(): EdgeMark {
    return { length: this.length, upwards: this.upwards }
  }

  cut({ length, upwards }: EdgeMark): void {
    if (length < this.length) this.graph = undefined
    this.from.cut(length)
    this.to.cut(length)
    this.at.cut(length)
    this.kind.cut(length)
    this.next.cut(length)
    this.upwards = upwards
    this.settled = Math.min(this.settled, length)
  }

  parts(): EdgeParts {
    const { from, to, at, kind, next, upwards, waiting, strangers } = this
    return { from, to, at, kind, next, upwards, waiting, strangers }
  }

  private append(edge: EdgeRecord): void {
    if (edge.from < edge.to) this.upwards = true
    const index = this.from.push(edge.from)
    this.to.push(edge.to)
    this.at.push(edge.at)
    this.kind.push(kinds.indexOf(edge.type))
    this.next.push(-1)
    if (edge.type !== 'supersedes') return
    const target = this.memories.rowOf.get(edge.to)
    if (target >= 0) this.memories.markSuperseded(target)
    else this.journal.addMember(this.strangers, edge.to)
    this.link(index)
  }

  /**
   * An edge ends its target where its source began to hold, if that is later: what was written later about an earlier
   * time corrects the time before the target and leaves the target as it is.
   */
  private link(edge: number): void {
    const source = this.memories.rowOf.get(this.from.get(edge))
    const target = this.memories.rowOf.get(this.to.get(edge))
    if (source < 0 || target < 0) {
      this.wait(source < 0 ? this.from.get(edge) : this.to.get(edge), edge)
      return
    }
    if (this.memories.kindAt(source) === KIND.epi) return
    if (this.memories.validAt.get(source) <= this.memories.validAt.get(target)) return
    this.journal.put(this.next, edge, this.memories.closing.get(target))
    this.journal.put(this.memories.closing, target, edge)
  }

  private wait(memory: SymbolId, edge: number): void {
    const edges = this.waiting.get(memory)
    if (edges === undefined) this.journal.setEntry(this.waiting, memory, [edge])
    else {
      edges.push(edge)
      this.journal.undo(() => edges.pop())
    }
  }

  private searchable(): Graph {
    this.graph ??= new Graph(this.from, this.to)
    return this.graph
  }
}

export interface EdgeParts {
  readonly from: IdColumn
  readonly to: IdColumn
  readonly at: ClockColumn
  readonly kind: IntColumn
  readonly next: IntColumn
  readonly upwards: boolean
  readonly waiting: Map<SymbolId, number[]>
  readonly strangers: Set<U64>
}

export interface EdgeMark {
  readonly length: number
  readonly upwards: boolean
}
