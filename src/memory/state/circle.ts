import type { SymbolId } from '../canonical/record.ts'
import type { IdColumn } from './column.ts'

/** What points where, made from the columns of the edges and caught up with them at each question. */
export class Graph {
  private readonly from: IdColumn
  private readonly to: IdColumn
  private readonly targets = new Map<SymbolId, SymbolId[]>()
  private covered = 0

  constructor(from: IdColumn, to: IdColumn) {
    this.from = from
    this.to = to
  }

  /** Whether a path leads from one to the other; looks at each edge at most once. */
  reaches(start: SymbolId, goal: SymbolId): boolean {
    this.catchUp()
    const seen = new Set([start])
    const open = [start]
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      for (const target of this.targets.get(node) ?? []) {
        if (target === goal) return true
        if (seen.has(target)) continue
        seen.add(target)
        open.push(target)
      }
    }
    return false
  }

  private catchUp(): void {
    for (; this.covered < this.from.length; this.covered++) {
      const source = this.from.get(this.covered)
      const target = this.to.get(this.covered)
      const targets = this.targets.get(source)
      if (targets === undefined) this.targets.set(source, [target])
      else targets.push(target)
    }
  }
}

/**
 * The first edge, in their order, that closes a circle with those before it; -1 if there is none. The first `sound`
 * edges are known to have none. Halving finds it in some twenty looks at all edges, where a search for each edge of
 * a log made to hurt would take hours.
 */
export function firstCycle(from: IdColumn, to: IdColumn, sound: number): number {
  if (!hasCycle(from, to, from.length)) return -1
  let low = sound
  let high = from.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (hasCycle(from, to, middle)) high = middle
    else low = middle
  }
  return high - 1
}

/** Takes away what nothing points at, again and again; what stays lies on or behind a circle. */
function hasCycle(from: IdColumn, to: IdColumn, edges: number): boolean {
  const incoming = new Map<SymbolId, number>()
  const outgoing = new Map<SymbolId, SymbolId[]>()
  for (let edge = 0; edge < edges; edge++) {
    const source = from.get(edge)
    const target = to.get(edge)
    incoming.set(target, (incoming.get(target) ?? 0) + 1)
    if (!incoming.has(source)) incoming.set(source, 0)
    const targets = outgoing.get(source)
    if (targets === undefined) outgoing.set(source, [target])
    else targets.push(target)
  }
  const free = [...incoming].filter(([, count]) => count === 0).map(([node]) => node)
  let taken = 0
  for (let node = free.pop(); node !== undefined; node = free.pop()) {
    taken++
    for (const target of outgoing.get(node) ?? []) {
      const left = (incoming.get(target) ?? 0) - 1
      incoming.set(target, left)
      if (left === 0) free.push(target)
    }
  }
  return taken < incoming.size
}
