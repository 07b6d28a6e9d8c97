import type { IntColumn } from './column.ts'

/**
 * What a transaction has overwritten, so that taking it back costs what the batch cost, not what the store holds.
 *
 * Most of the state only grows; that is undone by cutting each column to the length it had. Only cells, map entries
 * and set members that were there before are written down here. Closed, as it is in a replay, it writes nothing down.
 */
export class Journal {
  private open = false
  private readonly cells: { readonly column: IntColumn; readonly index: number; readonly old: number }[] = []
  private readonly steps: (() => void)[] = []

  begin(): void {
    this.open = true
  }

  /** Overwrites a cell of a column. */
  put(column: IntColumn, index: number, value: number): void {
    if (this.open) this.cells.push({ column, index, old: column.get(index) })
    column.set(index, value)
  }

  /** A step back that is not a cell, an entry or a member. */
  undo(step: () => void): void {
    if (this.open) this.steps.push(step)
  }

  setEntry<K, V>(map: Map<K, V>, key: K, value: V): void {
    if (this.open) {
      const old = map.get(key)
      this.steps.push(old === undefined ? () => map.delete(key) : () => map.set(key, old))
    }
    map.set(key, value)
  }

  deleteEntry<K, V>(map: Map<K, V>, key: K): void {
    const old = map.get(key)
    if (old === undefined) return
    if (this.open) this.steps.push(() => map.set(key, old))
    map.delete(key)
  }

  addMember<T>(set: Set<T>, member: T): void {
    if (set.has(member)) return
    if (this.open) this.steps.push(() => set.delete(member))
    set.add(member)
  }

  deleteMember<T>(set: Set<T>, member: T): void {
    if (set.delete(member) && this.open) this.steps.push(() => set.add(member))
  }

  commit(): void {
    this.open = false
    this.cells.length = 0
    this.steps.length = 0
  }

  /** Puts back what was there, newest first. Columns are cut afterwards: a cell may lie in what is cut. */
  rollback(): void {
    for (let cell = this.cells.pop(); cell !== undefined; cell = this.cells.pop()) {
      cell.column.set(cell.index, cell.old)
    }
    for (let undo = this.steps.pop(); undo !== undefined; undo = this.steps.pop()) undo()
    this.open = false
  }
}
