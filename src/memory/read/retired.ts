import type { MemoryRecord, Value } from '../canonical/record.ts'
import type { MemoryState } from '../state/state.ts'
import type { Symbols } from '../state/symbols.ts'

/** Whether a memory speaks of a symbol that is retired now, whatever moment is asked about. */
export function namesRetired(state: MemoryState, row: number): boolean {
  const { symbols, memories } = state
  if (symbols.retired === 0) return false
  for (const column of [memories.first, memories.second, memories.ground]) {
    if (symbols.isRetired(column.get(row))) return true
  }
  return restNamesRetired(symbols, memories.record(row))
}

function restNamesRetired(symbols: Symbols, record: MemoryRecord): boolean {
  const retired = (value: Value | undefined) => value?.type === 'symbol' && symbols.isRetired(value.id)
  switch (record.type) {
    case 'sem':
      return retired(record.object)
    case 'epi':
      return symbols.isRetired(record.location) || record.participants.some(id => symbols.isRetired(id))
    case 'pro':
      return retired(record.trigger) || retired(record.action) || retired(record.precondition)
    case 'inf':
      return retired(record.object) || record.parents.some(id => symbols.isRetired(id))
  }
}
