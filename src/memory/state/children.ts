import type { SymbolId } from '../canonical/record.ts'
import { IntColumn } from './column.ts'
import { IdIndex } from './id-index.ts'
import type { Journal } from './journal.ts'

/** Which inferential memories rest on which parent: one link for each parent that one lists, in commit order. */
export class Children {
  readonly row: IntColumn
  readonly previous: IntColumn
  readonly newest: IdIndex
  private readonly journal: Journal

  constructor(journal: Journal, from: Partial<ChildParts> = {}) {
    this.journal = journal
    this.row = from.row ?? new IntColumn()
    this.previous = from.previous ?? new IntColumn()
    this.newest = from.newest ?? new IdIndex()
  }

  add(parent: SymbolId, row: number): void {
    this.previous.push(this.newest.get(parent))
    this.newest.set(parent, this.row.push(row), this.journal)
  }

  /** The rows that rest on a parent, oldest first; one that lists it twice is there twice. */
  of(parent: SymbolId): number[] {
    const rows: number[] = []
    for (let link = this.newest.get(parent); link >= 0; link = this.previous.get(link)) rows.push(this.row.get(link))
    return rows.reverse()
  }

  mark(): ChildMark {
    return { length: this.row.length, near: this.newest.near.length }
  }

  cut({ length, near }: ChildMark): void {
    this.row.cut(length)
    this.previous.cut(length)
    this.newest.near.cut(near)
  }
}

export interface ChildParts {
  readonly row: IntColumn
  readonly previous: IntColumn
  readonly newest: IdIndex
}

export interface ChildMark {
  readonly length: number
  readonly near: number
}
