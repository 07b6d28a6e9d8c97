import type { SymbolId } from '../canonical/record.ts'
import type { Keys } from '../state/keys.ts'
import { KIND } from '../state/memories.ts'
import type { MemoryState } from '../state/state.ts'
import type { Predicates } from './predicates.ts'
import { isAuthoritative, type Moment, resolve } from './resolver.ts'

/** Names of a question looked up; a name that nobody has was answered before, with nothing. */
export interface Scope {
  readonly kind: Predicates['kind']
  readonly subject: SymbolId | undefined
  readonly predicate: SymbolId | undefined
  readonly includeProjected: boolean
}

/** The rows that may answer: facts, rules, inferences, then projections; within each by the age of their key. */
export function candidates(state: MemoryState, scope: Scope, moment: Moment): number[] {
  const { kind, subject, predicate } = scope
  const rows: number[] = []
  if (kind === 'epi') return episodic(state, moment)
  if (kind === undefined || kind === 'sem') resolveKeys(state, state.semantic, scope, moment, rows)
  if ((kind === undefined || kind === 'pro') && subject === undefined && predicate === undefined) {
    resolveKeys(state, state.procedures.rules, { ...scope, subject: undefined, predicate: undefined }, moment, rows)
  }
  if (kind === undefined || kind === 'inf') resolveKeys(state, state.inferential, scope, moment, rows)
  if (scope.includeProjected && kind !== 'pro') addProjected(state, scope, rows)
  return rows
}

function episodic(state: MemoryState, moment: Moment): number[] {
  const rows: number[] = []
  for (let i = 0; i < state.episodic.length; i++) {
    const row = state.episodic.get(i)
    if (isAuthoritative(state, row, moment)) rows.push(row)
  }
  return rows
}

function resolveKeys(state: MemoryState, keys: Keys, scope: Scope, moment: Moment, into: number[]): void {
  const { subject, predicate } = scope
  const add = (key: number) => {
    const row = resolve(state, keys.newestOf(key), moment)
    if (row >= 0) into.push(row)
  }
  if (subject !== undefined && predicate !== undefined) add(keys.find(subject, predicate))
  else if (subject !== undefined) keys.ofFirst(subject).forEach(add)
  else if (predicate !== undefined) keys.ofSecond(predicate).forEach(add)
  else for (let key = 0; key < keys.length; key++) add(key)
}

/** Projections that were asked for are there whatever the moment. */
function addProjected(state: MemoryState, { kind, subject, predicate }: Scope, rows: number[]): void {
  const { memories, projected } = state
  const present = new Set(rows)
  for (const wanted of [KIND.sem, KIND.inf]) {
    if (kind !== undefined && KIND[kind] !== wanted) continue
    for (let i = 0; i < projected.length; i++) {
      const row = projected.get(i)
      if (memories.kindAt(row) !== wanted || present.has(row)) continue
      if (subject !== undefined && memories.first.get(row) !== subject) continue
      if (predicate !== undefined && memories.second.get(row) !== predicate) continue
      rows.push(row)
    }
  }
}
