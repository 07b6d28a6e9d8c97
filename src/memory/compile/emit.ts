import type {
  ClockTime,
  EdgeRecord,
  InferentialRecord,
  LogRecord,
  MemoryRecord,
  SemanticRecord,
  SymbolId,
} from '../canonical/record.ts'
import { next, type U64, U64_MAX } from '../integer.ts'
import { Refusal } from '../refusal.ts'
import type { MemoryState } from '../state/state.ts'
import type { Trace } from '../trace.ts'
import type { CompileError, EmitError } from './compile-error.ts'
import type { CheckedEpi, CheckedForm, CheckedInf, CheckedPro, CheckedSem } from './semantic.ts'

/**
 * Turns checked forms into records, and moves the state along with each: what a form supersedes is decided against
 * what the forms before it did. Refuses by `Refusal<CompileError>`; the transaction around it takes everything back.
 */
export class Emitter {
  readonly records: LogRecord[] = []
  memoryCount = 0
  edgeCount = 0
  private readonly state: MemoryState
  private readonly trace: Trace
  /** The commit clock of the batch. */
  readonly at: ClockTime

  constructor(state: MemoryState, trace: Trace, at: ClockTime) {
    this.state = state
    this.trace = trace
    this.at = at
  }

  emit(form: CheckedForm): void {
    if (form.type === 'sem') this.sem(form)
    else if (form.type === 'inf') this.inf(form)
    else if (form.type === 'epi') this.epi(form)
    else if (form.type === 'pro') this.pro(form)
    else if (form.type === 'correct' || form.type === 'promote' || form.type === 'query') {
      refuse({ code: 'Unsupported', form: form.type })
    } else if ('actor' in form) {
      const record = { ...form, at: this.at }
      this.state.flag(record)
      this.records.push(record)
    }
  }

  private sem({ subject, predicate, object, source, confidence, validAt, projected }: CheckedSem): void {
    const memory = this.memory()
    const committedAt = this.at
    const head = this.headOf('sem', subject, predicate)
    const invalidAt = this.decide('sem', { subject, predicate, memory, validAt }, head)
    const clocks = { validAt, observedAt: committedAt, committedAt, invalidAt }
    this.enter({ type: 'sem', memory, subject, predicate, object, source, confidence, ...clocks, projected })
    if (head >= 0) this.supersede(memory, head)
  }

  private inf({ subject, predicate, object, parents, method, confidence, validAt, projected }: CheckedInf): void {
    const memory = this.memory()
    const committedAt = this.at
    const head = this.headOf('inf', subject, predicate)
    const invalidAt = this.decide('inf', { subject, predicate, memory, validAt }, head)
    const stale = parents.some(parent => this.state.edges.isSuperseded(parent))
    const clocks = { validAt, observedAt: committedAt, committedAt, invalidAt }
    const rest = { parents, method, confidence, ...clocks, projected, stale }
    this.enter({ type: 'inf', memory, subject, predicate, object, ...rest })
    if (head >= 0) this.supersede(memory, head)
  }

  private epi(form: CheckedEpi): void {
    this.enter({ ...form, memory: this.memory(), committedAt: this.at, invalidAt: undefined })
  }

  private pro(form: CheckedPro): void {
    const memory = this.memory()
    const { procedures, memories } = this.state
    const predecessors = procedures.predecessors(form.rule, form.trigger, form.scope)
    for (const row of predecessors) {
      if (memories.committedAt.get(row) !== this.at) continue
      refuse({ code: 'ProceduralSupersessionConflict', ruleId: form.rule, existing: memories.memory.get(row) })
    }
    const [first, second] = predecessors
    if (first !== undefined) {
      const superseded_count = second === undefined ? 1 : 2
      const fields = { kind: 'procedural', rule_id: form.rule, new_memory_id: memory, superseded_count } as const
      this.trace.event('postern.supersession', fields)
    }
    const clocks = { validAt: this.at, observedAt: this.at, committedAt: this.at, invalidAt: undefined }
    this.enter({ ...form, memory, ...clocks })
    for (const row of predecessors) this.supersede(memory, row)
  }

  private headOf(type: 'sem' | 'inf', subject: SymbolId, predicate: SymbolId): number {
    const keys = type === 'sem' ? this.state.semantic : this.state.inferential
    return keys.headOf(keys.find(subject, predicate))
  }

  /** What a write is to the head of its key: the next one, or, told by its end, one before it. */
  private decide(type: 'sem' | 'inf', write: Write, head: number): ClockTime | undefined {
    if (head < 0) return undefined
    const { memories } = this.state
    const headValidAt = memories.validAt.get(head)
    const existing = memories.memory.get(head)
    const { subject: s, predicate: p, validAt } = write
    if (validAt === headValidAt) {
      const code = type === 'sem' ? 'SemanticSupersessionConflict' : 'InferentialSupersessionConflict'
      refuse({ code, s, p, validAt, existing })
    }
    const forward = validAt > headValidAt
    this.trace.event('postern.supersession', {
      kind: type === 'sem' ? 'semantic' : 'inferential',
      direction: forward ? 'forward' : 'retroactive',
      s,
      p,
      old_memory_id: existing,
      new_memory_id: write.memory,
    })
    return forward ? undefined : headValidAt
  }

  private enter(record: MemoryRecord): void {
    this.state.enter(record)
    this.records.push(record)
    this.memoryCount++
  }

  /** The edge to what is superseded, and one for each inferential memory that rests on it. */
  private supersede(memory: SymbolId, row: number): void {
    const target = this.state.memories.memory.get(row)
    this.edge({ type: 'supersedes', from: memory, to: target, at: this.at })
    for (const child of this.state.children.of(target)) {
      const from = this.state.memories.memory.get(child)
      this.edge({ type: 'stale_parent', from, to: target, at: this.at })
    }
  }

  private edge(record: EdgeRecord): void {
    const inner = this.state.edges.add(record)
    if (inner?.code === 'SupersessionCycle') {
      const fields = { from: record.from, to: record.to, edge_kind: record.type }
      this.trace.event('postern.dag.cycle_rejected', fields)
    }
    if (inner !== undefined) refuse({ code: 'SupersessionDag', inner })
    this.records.push(record)
    this.edgeCount++
  }

  private memory(): SymbolId {
    const { name, counter } = freeName(this.state, '__mem_', this.state.nextMemory)
    this.state.nextMemory = counter
    return this.allocate(name)
  }

  private allocate(name: string): SymbolId {
    const symbol = allocateMemory(this.state, name)
    this.records.push({ type: 'symbol_alloc', symbol, name, kind: 'Memory', at: this.at })
    return symbol
  }
}

type Write = Pick<SemanticRecord | InferentialRecord, 'subject' | 'predicate' | 'memory' | 'validAt'>

/** A symbol of the compiler's own. */
export function allocateMemory(state: MemoryState, name: string): SymbolId {
  const symbol = state.symbols.allocate(name, 'Memory')
  return typeof symbol === 'object' ? refuse({ code: 'MemoryIdAllocation', name, cause: symbol }) : symbol
}

/** The next name of a counter; logs of others may hold some of them as names of other things: those are passed over. */
export function freeName(state: MemoryState, prefix: string, from: U64): { name: string; counter: U64 } {
  for (let number = from; ; number = following(number)) {
    const name = `${prefix}${number}`
    if (state.symbols.entryOf(name) < 0) return { name, counter: following(number) }
  }
}

function following(number: U64): U64 {
  return number === U64_MAX ? 0 : next(number)
}

function refuse(inner: EmitError): never {
  throw new Refusal<CompileError>({ code: 'Emit', inner })
}
