import type { ClockTime, FlagRecord, LogRecord, MemoryRecord, SymbolId, SymbolRecord } from '../canonical/record.ts'
import type { BindError, ReplayError } from '../compile/compile-error.ts'
import { max, next, type U64, U64_MAX } from '../integer.ts'
import { type ChildMark, Children } from './children.ts'
import { IntColumn } from './column.ts'
import { type EdgeMark, Edges } from './edges.ts'
import { type EpisodeMark, Episodes } from './episodes.ts'
import { Journal } from './journal.ts'
import { Keys } from './keys.ts'
import { Memories, type MemoryMark } from './memories.ts'
import { Procedures } from './procedures.ts'
import { type SymbolMark, Symbols } from './symbols.ts'

/**
 * What a log amounts to once it is read from its start: the same records give the same state, whether they were
 * compiled here or replayed. Everything that can be asked about quickly has an index here, and every index is kept
 * as the records come, so that neither a commit nor a question looks at the whole.
 */
export class MemoryState {
  readonly journal: Journal
  readonly symbols: Symbols
  readonly memories: Memories
  readonly semantic: Keys
  readonly inferential: Keys
  readonly procedures: Procedures
  /** Rows of episodic memories. */
  readonly episodic: IntColumn
  /** Rows of memories that are projections. */
  readonly projected: IntColumn
  readonly edges: Edges
  readonly children: Children
  readonly episodes: Episodes
  readonly pinned: Set<SymbolId>
  readonly authoritative: Set<SymbolId>
  /** The newest commit clock. */
  watermark: ClockTime | undefined
  nextMemory: U64
  nextEpisode: U64
  private marks: Marks | undefined

  constructor(parts: StateParts = emptyParts()) {
    this.journal = parts.journal
    this.symbols = parts.symbols
    this.memories = parts.memories
    this.semantic = parts.semantic
    this.inferential = parts.inferential
    this.procedures = parts.procedures
    this.episodic = parts.episodic
    this.projected = parts.projected
    this.edges = parts.edges
    this.children = parts.children
    this.episodes = parts.episodes
    this.pinned = parts.pinned
    this.authoritative = parts.authoritative
    this.watermark = parts.watermark
    this.nextMemory = parts.nextMemory
    this.nextEpisode = parts.nextEpisode
  }

  /** Takes in one committed record. What is amiss leaves the state half way: it is of no use any more. */
  apply(record: LogRecord): ReplayError | undefined {
    this.advance(
      record.type === 'sem' || record.type === 'epi' || record.type === 'pro' || record.type === 'inf'
        ? record.committedAt
        : record.at,
    )
    switch (record.type) {
      case 'sem':
      case 'epi':
      case 'pro':
      case 'inf':
        this.enter(record)
        return undefined
      case 'supersedes':
      case 'corrects':
      case 'stale_parent':
      case 'reconfirms': {
        const inner = this.edges.replay(record)
        return inner === undefined ? undefined : { code: 'Dag', inner }
      }
      case 'checkpoint':
        this.episodes.register(record.episode, record.at)
        return undefined
      case 'episode_meta':
        this.episodes.register(record.episode, record.at, record.parent)
        return undefined
      case 'pin':
      case 'unpin':
      case 'authoritative_set':
      case 'authoritative_clear':
        this.flag(record)
        return undefined
      case 'symbol_alloc':
      case 'symbol_rename':
      case 'symbol_alias':
      case 'symbol_retire':
      case 'symbol_unretire': {
        const inner = this.applySymbol(record)
        return inner === undefined ? undefined : { code: 'Bind', inner }
      }
    }
  }

  /** Puts a memory into every index; its edges come after it. */
  enter(record: MemoryRecord): number {
    const row = this.enterKey(record)
    if (record.type === 'inf') for (const parent of record.parents) this.children.add(parent, row)
    if (record.type === 'epi') this.episodic.push(row)
    if ((record.type === 'sem' || record.type === 'inf') && record.projected) this.projected.push(row)
    this.edges.welcome(record.memory, row)
    return row
  }

  flag(record: FlagRecord): void {
    const set = record.type === 'pin' || record.type === 'unpin' ? this.pinned : this.authoritative
    if (record.type === 'pin' || record.type === 'authoritative_set') this.journal.addMember(set, record.memory)
    else this.journal.deleteMember(set, record.memory)
  }

  advance(clock: ClockTime): void {
    this.watermark = this.watermark === undefined ? clock : max(this.watermark, clock)
  }

  begin(): void {
    if (this.marks !== undefined) throw new Error('a transaction is open')
    this.journal.begin()
    this.marks = {
      symbols: this.symbols.mark(),
      memories: this.memories.mark(),
      semantic: this.semantic.length,
      inferential: this.inferential.length,
      rules: this.procedures.rules.length,
      episodic: this.episodic.length,
      projected: this.projected.length,
      edges: this.edges.mark(),
      children: this.children.mark(),
      episodes: this.episodes.mark(),
      watermark: this.watermark,
      nextMemory: this.nextMemory,
      nextEpisode: this.nextEpisode,
    }
  }

  commit(): void {
    this.ended()
    this.journal.commit()
  }

  rollback(): void {
    const marks = this.ended()
    this.journal.rollback()
    this.symbols.cut(marks.symbols)
    this.memories.cut(marks.memories)
    this.semantic.cut(marks.semantic)
    this.inferential.cut(marks.inferential)
    this.procedures.rules.cut(marks.rules)
    this.episodic.cut(marks.episodic)
    this.projected.cut(marks.projected)
    this.edges.cut(marks.edges)
    this.children.cut(marks.children)
    this.episodes.cut(marks.episodes)
    this.watermark = marks.watermark
    this.nextMemory = marks.nextMemory
    this.nextEpisode = marks.nextEpisode
  }

  private ended(): Marks {
    const { marks } = this
    if (marks === undefined) throw new Error('no transaction is open')
    this.marks = undefined
    return marks
  }

  private enterKey(record: MemoryRecord): number {
    if (record.type === 'epi') return this.memories.add(record, -1)
    if (record.type === 'pro') return this.procedures.enter(record)
    const keys = record.type === 'sem' ? this.semantic : this.inferential
    const found = keys.find(record.subject, record.predicate)
    const row = this.memories.add(record, keys.newestOf(found))
    const key = keys.enter(found, record.subject, record.predicate, row)
    const head = keys.headOf(key)
    if (head < 0 || record.validAt > this.memories.validAt.get(head)) keys.setHead(key, row)
    return row
  }

  private applySymbol(record: SymbolRecord): BindError | undefined {
    if (record.type === 'symbol_alloc') {
      this.count(record.name)
      return this.symbols.allocateAs(record.symbol, record.name, record.kind)
    }
    if (record.type === 'symbol_unretire') return undefined // never written, and other readers pass over it
    const entry = this.symbols.byId.get(record.symbol)
    if (entry < 0) return { code: 'UnknownSymbol', name: record.name }
    if (record.type === 'symbol_rename') return this.symbols.rename(entry, record.name)
    if (record.type === 'symbol_alias') return this.symbols.alias(entry, record.name)
    this.symbols.retire(entry)
    return undefined
  }

  /** The counters go past every memory and episode that was named in the log. */
  private count(name: string): void {
    if (!name.startsWith('__')) return
    const number = /^__(mem|ep)_\d{1,20}$/.exec(name)
    if (number === null) return
    const value = BigInt(name.slice(name.indexOf('_', 2) + 1))
    if (value >= U64_MAX) return
    const after = next(value)
    if (number[1] === 'mem') this.nextMemory = max(this.nextMemory, after)
    else this.nextEpisode = max(this.nextEpisode, after)
  }
}

export interface StateParts {
  readonly journal: Journal
  readonly symbols: Symbols
  readonly memories: Memories
  readonly semantic: Keys
  readonly inferential: Keys
  readonly procedures: Procedures
  readonly episodic: IntColumn
  readonly projected: IntColumn
  readonly edges: Edges
  readonly children: Children
  readonly episodes: Episodes
  readonly pinned: Set<SymbolId>
  readonly authoritative: Set<SymbolId>
  readonly watermark: ClockTime | undefined
  readonly nextMemory: U64
  readonly nextEpisode: U64
}

function emptyParts(): StateParts {
  const journal = new Journal()
  const memories = new Memories(journal)
  return {
    journal,
    symbols: new Symbols(journal),
    memories,
    semantic: new Keys(journal),
    inferential: new Keys(journal),
    procedures: new Procedures(memories, journal),
    episodic: new IntColumn(),
    projected: new IntColumn(),
    edges: new Edges(memories, journal),
    children: new Children(journal),
    episodes: new Episodes(journal),
    pinned: new Set(),
    authoritative: new Set(),
    watermark: undefined,
    nextMemory: 0,
    nextEpisode: 0,
  }
}

interface Marks {
  readonly symbols: SymbolMark
  readonly memories: MemoryMark
  readonly semantic: number
  readonly inferential: number
  readonly rules: number
  readonly episodic: number
  readonly projected: number
  readonly edges: EdgeMark
  readonly children: ChildMark
  readonly episodes: EpisodeMark
  readonly watermark: ClockTime | undefined
  readonly nextMemory: U64
  readonly nextEpisode: U64
}
