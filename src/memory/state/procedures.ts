import type { ProceduralRecord, SymbolId, Value } from '../canonical/record.ts'
import type { Journal } from './journal.ts'
import { Keys } from './keys.ts'
import { KIND, type Memories } from './memories.ts'

/**
 * Which procedural memory is current. It holds two keys, its rule and its trigger within its scope; whoever wants
 * either takes both from the one that has it.
 */
export class Procedures {
  /** By rule; the second id of these pairs is always 0. */
  readonly rules: Keys
  private readonly memories: Memories
  private readonly journal: Journal
  /** By trigger and scope; made from the rules when first needed. */
  private triggers: Map<string, number> | undefined

  constructor(memories: Memories, journal: Journal, rules = new Keys(journal)) {
    this.memories = memories
    this.journal = journal
    this.rules = rules
  }

  /** The rows that a new memory would supersede: whoever holds its rule, then whoever holds its trigger, if another. */
  predecessors(rule: SymbolId, trigger: Value, scope: SymbolId): number[] {
    const byRule = this.rules.headOf(this.rules.find(rule, 0))
    const byTrigger = this.held().get(triggerKey(trigger, scope)) ?? -1
    const rows = byRule < 0 ? [] : [byRule]
    if (byTrigger >= 0 && byTrigger !== byRule) rows.push(byTrigger)
    return rows
  }

  /** Enters a memory and gives it both keys. */
  enter(record: ProceduralRecord): number {
    for (const row of this.predecessors(record.rule, record.trigger, record.scope)) this.release(row)
    const found = this.rules.find(record.rule, 0)
    const row = this.memories.add(record, this.rules.newestOf(found))
    this.rules.setHead(this.rules.enter(found, record.rule, 0, row), row)
    this.journal.setEntry(this.held(), triggerKey(record.trigger, record.scope), row)
    return row
  }

  private release(row: number): void {
    const old = this.memories.record(row)
    if (old.type !== 'pro') return
    this.rules.setHead(this.rules.find(old.rule, 0), -1)
    this.journal.deleteEntry(this.held(), triggerKey(old.trigger, old.scope))
  }

  private held(): Map<string, number> {
    if (this.triggers !== undefined) return this.triggers
    const triggers = new Map<string, number>()
    for (let key = 0; key < this.rules.length; key++) {
      const row = this.rules.headOf(key)
      if (row < 0 || this.memories.kindAt(row) !== KIND.pro) continue
      const record = this.memories.record(row)
      if (record.type === 'pro') triggers.set(triggerKey(record.trigger, record.scope), row)
    }
    this.triggers = triggers
    return triggers
  }
}

/** Two triggers are one if their bytes in the log are: 1 is not 1.0, and 0.0 is not -0.0. */
function triggerKey(trigger: Value, scope: SymbolId): string {
  return `${scope} ${trigger.type} ${content(trigger)}`
}

function content(value: Value): string {
  switch (value.type) {
    case 'symbol':
      return String(value.id)
    case 'timestamp':
      return String(value.at)
    case 'float':
      return Object.is(value.value, -0) ? '-0' : `${value.value} ${Number.isNaN(value.value) ? value.bits : ''}`
    case 'integer':
    case 'boolean':
    case 'string':
      return String(value.value)
  }
}
