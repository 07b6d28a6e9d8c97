import type { Result } from '#base/result.ts'
import type { ClockTime, LogRecord, SymbolId, SymbolRecord } from '../canonical/record.ts'
import { next, type U64, U64_MAX } from '../integer.ts'
import { headOf } from '../language/form.ts'
import type { Limits } from '../language/limits.ts'
import { parse } from '../language/parser.ts'
import { attempt, Refusal } from '../refusal.ts'
import type { ImageError } from '../state/image.ts'
import { readState, writeState } from '../state/snapshot.ts'
import { MemoryState } from '../state/state.ts'
import { SILENT, type Trace } from '../trace.ts'
import { Binder } from './bind.ts'
import type { BoundForm } from './bound.ts'
import type { CompileError, ReplayError } from './compile-error.ts'
import { allocateMemory, Emitter, freeName } from './emit.ts'
import { checkBatch } from './semantic.ts'

export interface EpisodeMetadata {
  /** UTF-8 bytes up to 256; '' is no label. */
  readonly label?: string | undefined
  readonly parent?: SymbolId | undefined
  readonly retracts?: readonly SymbolId[] | undefined
}

/** One compiled batch: everything that goes to the log, in its order, as one append. */
export interface Batch {
  /** The symbol of the episode, what the forms made, the metadata if there is any, the checkpoint. */
  readonly records: readonly LogRecord[]
  readonly episode: SymbolId
  readonly committedAt: ClockTime
  /** Without the episode's symbol, its metadata and the checkpoint. */
  readonly recordCount: number
  readonly memoryCount: number
  readonly edgeCount: number
}

export interface CompileOptions {
  /** What the caller adds to `episode :start`; a field that the form gives wins. */
  readonly metadata?: EpisodeMetadata
  /** SURFACE_LIMITS unless given; `undefined` fields do not exist: whoever wants none says Infinity. */
  readonly limits?: Limits
  /** Heads of forms that this caller may not use, `authoritative_set` for an agent. */
  readonly refused?: ReadonlySet<string>
}

export interface PipelineOptions {
  readonly trace?: Trace
}

export type { ImageError as SnapshotError } from '../state/image.ts'

/**
 * The state that a log amounts to, and the compiler that moves it forward.
 *
 * `compile` leaves a transaction open: `commit` once the records are durable, `rollback` when they could not be
 * written. A rollback restores the state exactly, the watermark and the counters included. What either costs
 * depends on the batch alone.
 */
export class Pipeline {
  readonly state: MemoryState
  private readonly trace: Trace

  constructor(options: PipelineOptions = {}, state: MemoryState = new MemoryState()) {
    this.state = state
    this.trace = options.trace ?? SILENT
  }

  /** Compiles one batch; an error leaves everything as it was and no transaction open. */
  compile(input: string, wallNow: ClockTime, options: CompileOptions = {}): Result<Batch, CompileError> {
    const span = this.trace.span('postern.pipeline.compile_batch', { input_len: Buffer.byteLength(input) })
    this.state.begin()
    let isOpen = false
    try {
      const batch = attempt<Batch, CompileError>(() => this.stages(input, wallNow, options))
      if (!batch.ok) return batch
      const { recordCount: record_count, memoryCount: memory_count, edgeCount: edge_count } = batch.value
      span.record({ record_count, memory_count, edge_count })
      isOpen = true
      return batch
    } finally {
      // Also what is thrown, a bug or a full heap, leaves nothing half done behind.
      if (!isOpen) this.state.rollback()
      span.end()
    }
  }

  commit(): void {
    this.state.commit()
  }

  rollback(): void {
    this.state.rollback()
  }

  /** Replays one committed record. After an error the pipeline is of no use. */
  apply(record: LogRecord): ReplayError | undefined {
    return this.state.apply(record)
  }

  /** After the last record of a replay, and after each batch of a log that is followed: the circles among its edges. */
  settle(): ReplayError | undefined {
    const inner = this.state.edges.settle()
    if (inner === undefined) return undefined
    if (inner.code === 'SupersessionCycle') {
      const { from, to, kind: edge_kind } = inner
      this.trace.event('postern.dag.cycle_rejected', { from, to, edge_kind })
    }
    return { code: 'Dag', inner }
  }

  /** The whole state as one buffer, quick to take in again; it has no checksum of its own. Not within a transaction. */
  exportState(): Uint8Array {
    return writeState(this.state)
  }

  /** The buffer is kept and must not change any more. */
  static importState(bytes: Uint8Array, options: PipelineOptions = {}): Result<Pipeline, ImageError> {
    return attempt(() => new Pipeline(options, readState(bytes)))
  }

  /** The newest commit clock. */
  get watermark(): ClockTime | undefined {
    return this.state.watermark
  }

  get nextMemory(): U64 {
    return this.state.nextMemory
  }

  get nextEpisode(): U64 {
    return this.state.nextEpisode
  }

  private stages(input: string, wallNow: ClockTime, options: CompileOptions): Batch {
    const forms = accept(parse(input, options.limits), inner => ({ code: 'Parse', inner }))
    for (const form of forms) {
      const head = headOf(form)
      if (options.refused?.has(head)) throw new Refusal<CompileError>({ code: 'FormNotAllowed', form: head })
    }
    const at = commitClock(this.state.watermark, wallNow)
    this.state.watermark = at
    const binder = new Binder(this.state.symbols, at)
    const bound = forms.map(form => binder.bind(form))
    const emitter = new Emitter(this.state, this.trace, at)
    for (const form of checkBatch(bound, wallNow)) emitter.emit(form)
    return this.seal(binder.records, emitter, metadataOf(bound, options.metadata))
  }

  /** Puts the episode around what the forms made: its symbol first, although its id is the largest of the batch. */
  private seal(symbols: readonly SymbolRecord[], emitter: Emitter, metadata: EpisodeMetadata): Batch {
    const { state } = this
    const at = emitter.at
    const { name, counter } = freeName(state, '__ep_', state.nextEpisode)
    state.nextEpisode = counter
    const episode = allocateMemory(state, name)
    const records: LogRecord[] = [{ type: 'symbol_alloc', symbol: episode, name, kind: 'Memory', at }]
    for (const record of symbols) records.push(record)
    for (const record of emitter.records) records.push(record)
    const { label, parent, retracts = [] } = metadata
    if ((label !== undefined && label !== '') || parent !== undefined || retracts.length > 0) {
      records.push({ type: 'episode_meta', episode, at, label: label === '' ? undefined : label, parent, retracts })
    }
    const { memoryCount, edgeCount } = emitter
    records.push({ type: 'checkpoint', episode, at, memoryCount })
    state.episodes.register(episode, at, parent)
    const recordCount = symbols.length + emitter.records.length
    return { records, episode, committedAt: at, recordCount, memoryCount, edgeCount }
  }
}

/** Strictly after every commit before, also when the wall clock went back or stands still. */
function commitClock(last: ClockTime | undefined, wallNow: ClockTime): ClockTime {
  const at = last === undefined || wallNow > last ? wallNow : next(last)
  // The largest clock stands for none in the log.
  if (at >= U64_MAX) throw new Refusal<CompileError>({ code: 'ClockExhausted', last: last ?? at })
  return at
}

/** What the form says of the episode wins over what the caller says; a label wins even if it is empty. */
function metadataOf(forms: readonly BoundForm[], given: EpisodeMetadata = {}): EpisodeMetadata {
  const start = forms.find(form => form.type === 'episode_start')
  if (start === undefined) return given
  return {
    label: start.label ?? given.label,
    parent: start.parent ?? given.parent,
    retracts: start.retracts.length > 0 ? start.retracts : given.retracts,
  }
}

function accept<T, E>(result: Result<T, E>, wrap: (error: E) => CompileError): T {
  if (result.ok) return result.value
  throw new Refusal(wrap(result.error))
}
