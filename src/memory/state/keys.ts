import type { SymbolId } from '../canonical/record.ts'
import { IntColumn } from './column.ts'
import type { Journal } from './journal.ts'
import { PairIndex } from './pair-index.ts'

/**
 * The keys under which memories supersede each other: subject and predicate, or the rule of a procedural memory.
 * For each key the newest row, from which `previous` leads back through all of them, and the head that the next
 * write is compared with.
 */
export class Keys {
  readonly pairs: PairIndex
  readonly newest: IntColumn
  /** The row that the next write supersedes or goes behind; -1 if there is none. */
  readonly head: IntColumn
  private readonly journal: Journal
  private groups: Groups | undefined

  constructor(journal: Journal, from: Partial<KeyParts> = {}) {
    this.journal = journal
    this.pairs = from.pairs ?? new PairIndex()
    this.newest = from.newest ?? new IntColumn()
    this.head = from.head ?? new IntColumn()
  }

  /** Keys count from 0 in the order of their first memory. */
  get length(): number {
    return this.newest.length
  }

  find(first: SymbolId, second: SymbolId): number {
    return this.pairs.find(first, second)
  }

  newestOf(key: number): number {
    return key < 0 ? -1 : this.newest.get(key)
  }

  headOf(key: number): number {
    return key < 0 ? -1 : this.head.get(key)
  }

  /** Makes `row` the newest of a key, which `find` gave; a key that was not found comes into being. */
  enter(key: number, first: SymbolId, second: SymbolId, row: number): number {
    if (key >= 0) {
      this.journal.put(this.newest, key, row)
      return key
    }
    this.newest.push(row)
    this.head.push(-1)
    return this.pairs.add(first, second)
  }

  setHead(key: number, row: number): void {
    this.journal.put(this.head, key, row)
  }

  /** The keys of one subject, in their order. */
  ofFirst(id: SymbolId): readonly number[] {
    return this.grouped().first.get(id) ?? []
  }

  /** The keys of one predicate, in their order. */
  ofSecond(id: SymbolId): readonly number[] {
    return this.grouped().second.get(id) ?? []
  }

  mark(): number {
    return this.length
  }

  cut(length: number): void {
    this.pairs.cut(length)
    this.newest.cut(length)
    this.head.cut(length)
    if (this.groups !== undefined && this.groups.covered > length) this.groups = undefined
  }

  /** Made when first asked for, and caught up with what came since. */
  private grouped(): Groups {
    const groups = this.groups ?? { covered: 0, first: new Map(), second: new Map() }
    this.groups = groups
    for (; groups.covered < this.length; groups.covered++) {
      add(groups.first, this.pairs.first.get(groups.covered), groups.covered)
      add(groups.second, this.pairs.second.get(groups.covered), groups.covered)
    }
    return groups
  }
}

export interface KeyParts {
  readonly pairs: PairIndex
  readonly newest: IntColumn
  readonly head: IntColumn
}

interface Groups {
  covered: number
  readonly first: Map<SymbolId, number[]>
  readonly second: Map<SymbolId, number[]>
}

function add(groups: Map<SymbolId, number[]>, id: SymbolId, key: number): void {
  const group = groups.get(id)
  if (group === undefined) groups.set(id, [key])
  else group.push(key)
}
