import type { Result } from '#base/result.ts'
import type { ClockTime, LogRecord, SymbolId } from '../canonical/record.ts'
import type { Limits } from '../language/limits.ts'
import type { Trace } from '../trace.ts'
import type { CompileError, ReplayError } from './compile-error.ts'

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

export type SnapshotError = { readonly code: 'unreadable' | 'version' }

/**
 * The state that a log amounts to, and the compiler that moves it forward.
 *
 * `compile` leaves a transaction open: `commit` once the records are durable, `rollback` when they could not be
 * written. A rollback restores the state exactly, the watermark and the counters included. What either costs
 * depends on the batch alone.
 */
export declare class Pipeline {
  constructor(options?: PipelineOptions)

  /** Compiles one batch; an error leaves everything as it was and no transaction open. */
  compile(input: string, wallNow: ClockTime, options?: CompileOptions): Result<Batch, CompileError>
  commit(): void
  rollback(): void

  /** Replays one committed record. After an error the pipeline is of no use. */
  apply(record: LogRecord): ReplayError | undefined
  /** After the last record of a replay, and after each batch of a log that is followed: the circles among its edges. */
  settle(): ReplayError | undefined

  /** The newest commit clock. */
  get watermark(): ClockTime | undefined
  get nextMemory(): number | bigint
  get nextEpisode(): number | bigint

  /** The whole state as one buffer, quick to take in again; it has no checksum of its own. */
  exportState(): Uint8Array
  /** The buffer is kept and must not change any more. */
  static importState(bytes: Uint8Array, options?: PipelineOptions): Result<Pipeline, SnapshotError>
}
