import type { ClockTime, SymbolId } from '../canonical/record.ts'
import { ClockColumn, IdColumn } from './column.ts'
import { IdIndex } from './id-index.ts'
import type { Journal } from './journal.ts'

/** Ancestors that a chain is followed up; parents are only named, so that a circle among them is no error. */
const chainMax = 1024

/** Each commit is an episode: its clock, and its parent if it named one. What is said first about either holds. */
export class Episodes {
  readonly ids: IdColumn
  readonly clocks: ClockColumn
  readonly parents: IdColumn
  /** Parents that were told after the episode was known, by entry; a compiler never writes them so. */
  readonly lateParents: Map<number, SymbolId>
  readonly byId: IdIndex
  private readonly journal: Journal

  constructor(journal: Journal, from: Partial<EpisodeParts> = {}) {
    this.journal = journal
    this.ids = from.ids ?? new IdColumn()
    this.clocks = from.clocks ?? new ClockColumn()
    this.parents = from.parents ?? new IdColumn()
    this.lateParents = from.lateParents ?? new Map()
    this.byId = from.byId ?? new IdIndex()
  }

  get size(): number {
    return this.ids.length
  }

  register(id: SymbolId, at: ClockTime, parent?: SymbolId): void {
    const entry = this.byId.get(id)
    if (entry < 0) {
      this.byId.set(id, this.ids.push(id), this.journal)
      this.clocks.push(at)
      this.parents.push(parent)
    } else if (parent !== undefined && this.parentAt(entry) === undefined) {
      this.journal.setEntry(this.lateParents, entry, parent)
    }
  }

  clockOf(id: SymbolId): ClockTime | undefined {
    const entry = this.byId.get(id)
    return entry < 0 ? undefined : this.clocks.get(entry)
  }

  parentOf(id: SymbolId): SymbolId | undefined {
    const entry = this.byId.get(id)
    return entry < 0 ? undefined : this.parentAt(entry)
  }

  idAt(entry: number): SymbolId {
    return this.ids.get(entry)
  }

  clockAt(entry: number): ClockTime {
    return this.clocks.get(entry)
  }

  parentAt(entry: number): SymbolId | undefined {
    return this.parents.find(entry) ?? this.lateParents.get(entry)
  }

  /** The episode, its parent, the parent of that, and so on. */
  chain(id: SymbolId): SymbolId[] {
    const chain = [id]
    for (let at = this.parentOf(id); at !== undefined && chain.length < chainMax; at = this.parentOf(at)) chain.push(at)
    return chain
  }

  mark(): EpisodeMark {
    return { size: this.size, near: this.byId.near.length }
  }

  cut({ size, near }: EpisodeMark): void {
    this.ids.cut(size)
    this.clocks.cut(size)
    this.parents.cut(size)
    this.byId.near.cut(near)
  }
}

export interface EpisodeParts {
  readonly ids: IdColumn
  readonly clocks: ClockColumn
  readonly parents: IdColumn
  readonly lateParents: Map<number, SymbolId>
  readonly byId: IdIndex
}

export interface EpisodeMark {
  readonly size: number
  readonly near: number
}
