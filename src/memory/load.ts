import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { err, ok, type Result } from '#base/result.ts'
import type { Files } from './canonical/files.ts'
import type { LogError, LogFile } from './canonical/log-file.ts'
import type { LogRecord } from './canonical/record.ts'
import { type Scan, type ScannedBatch, scan } from './canonical/scan.ts'
import { checkSeal, readSeal, type SealEntry, type SealError, type SealKeys } from './canonical/seal.ts'
import { readSnapshot } from './canonical/snapshot.ts'
import { Pipeline } from './compile/pipeline.ts'
import { fromReplay, type StoreError } from './store-error.ts'
import type { Trace } from './trace.ts'

/** The state that the batches of a log amount to, and what was found on the way. */
export interface Loaded {
  readonly pipeline: Pipeline
  /** Where the last checkpoint ends; behind it lies nothing that counts. */
  readonly committedEnd: number
  /** Up to where the state came from the snapshot; 0 without one. */
  readonly snapshotEnd: number
  /** Up to where the seal vouches for the log; undefined without a seal. */
  readonly sealedEnd: number | undefined
  /** Whole batches behind that; a crash explains one. */
  readonly unsealedBatches: number
  readonly lastBatch: LastBatch
}

/** By which a reader sees whether the log still is the one that it took in. */
export interface LastBatch {
  readonly start: number
  readonly digest: string
}

export interface LoadOptions {
  readonly files: Files
  readonly trace: Trace
  readonly keys: SealKeys
}

export function sealPathOf(logPath: string): string {
  return besideLog(logPath, 'seal')
}

export function snapshotPathOf(logPath: string): string {
  return besideLog(logPath, 'snapshot')
}

/** Logs of other names may lie side by side, so theirs keep the whole name. */
function besideLog(logPath: string, extension: string): string {
  const name = basename(logPath)
  return join(dirname(logPath), name === 'canonical.log' ? `canonical.${extension}` : `${name}.${extension}`)
}

/**
 * Reads a whole log: holds it against its seal, starts from the snapshot where one fits, replays the rest. Changes no
 * file. A log that differs from its seal, or that no crash explains, is refused.
 *
 * Somebody may be writing meanwhile. What is sealed is already in the log, so the seal is read first; and before more
 * batches are called unsealed than a crash explains, it is read again.
 */
export function load(path: string, log: LogFile, options: LoadOptions): Result<Loaded, StoreError> {
  const { files, trace, keys } = options
  const entries = readSeal(files, sealPathOf(path))
  if (!entries.ok) return err({ code: 'Seal', inner: entries.error })
  const bytes = readAll(log)
  if (!bytes.ok) return err({ code: 'Log', inner: bytes.error })
  const sealed = entries.value === undefined ? undefined : checkSeal(bytes.value, entries.value, keys)
  if (sealed?.ok === false) return err({ code: 'Seal', inner: sealed.error })
  const start = startingPoint(path, entries.value ?? [], options)
  const replay = new Replay(start.pipeline)
  const fault = replay.take(scan(bytes.value.subarray(start.end), start.end, sealed?.value), trace)
  if (fault !== undefined) return err(fault)
  replay.report(trace)
  const { committedEnd, ends } = replay
  if (sealed === undefined && keys.publicKey !== undefined && committedEnd > 0) {
    return err({ code: 'Seal', inner: { code: 'Missing' } })
  }
  const seal =
    sealed === undefined ? undefined : newestSeal(path, bytes.value, { files, keys, ends, end: sealed.value })
  if (seal?.ok === false) return err({ code: 'Seal', inner: seal.error })
  const { sealedEnd, unsealedBatches } = seal?.value ?? { sealedEnd: undefined, unsealedBatches: 0 }
  const lastBatch = lastOf(bytes.value.subarray(0, committedEnd), replay.lastStart ?? committedEnd)
  return ok({ pipeline: start.pipeline, committedEnd, snapshotEnd: start.end, sealedEnd, unsealedBatches, lastBatch })
}

/** The batch from `start` to the end of `bytes`, which begin at the log's offset `from`. */
export function lastOf(bytes: Buffer, start: number, from = 0): LastBatch {
  return {
    start,
    digest: createHash('sha256')
      .update(bytes.subarray(start - from))
      .digest('hex'),
  }
}

/** The log as it is now. */
export function readAll(log: LogFile): Result<Buffer, LogError> {
  const length = log.currentLength()
  return length.ok ? log.read(0, length.value) : length
}

export interface LookOptions {
  readonly files: Files
  readonly keys: SealKeys
  /** Where the batches end that were read. */
  readonly ends: readonly number[]
}

/** How far the log is sealed; the seal, checked up to `end` already, is looked at once more where it lagged behind. */
export function newestSeal(
  path: string,
  bytes: Buffer,
  { files, keys, ends, end }: LookOptions & { readonly end: number },
): Result<{ readonly sealedEnd: number; readonly unsealedBatches: number }, SealError> {
  const behind = (sealedEnd: number) => ends.filter(batchEnd => batchEnd > sealedEnd).length
  if (behind(end) <= 1) return ok({ sealedEnd: end, unsealedBatches: behind(end) })
  const entries = readSeal(files, sealPathOf(path))
  if (!entries.ok) return entries
  const within = (entries.value ?? []).filter(entry => entry.end <= bytes.length)
  const sealed = checkSeal(bytes, within, keys)
  return sealed.ok ? ok({ sealedEnd: sealed.value, unsealedBatches: behind(sealed.value) }) : sealed
}

/** Applies batches to a state, one after another; also those by which a log has grown. */
export class Replay {
  readonly #pipeline: Pipeline
  readonly #counts = { alloc: 0, mutation: 0, checkpoint: 0 }
  committedEnd = 0
  /** Where the batches end that were taken. */
  readonly ends: number[] = []
  /** Where the last of them starts. */
  lastStart: number | undefined

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline
  }

  take(batches: Generator<ScannedBatch, Scan>, trace: Trace): StoreError | undefined {
    let step = batches.next()
    for (; step.done !== true; step = batches.next()) {
      const { records, start, end } = step.value
      for (const record of records) {
        const inner = this.#apply(record)
        if (inner !== undefined) return fromReplay(inner)
      }
      this.ends.push(end)
      this.lastStart = start
    }
    const { committedEnd, tail } = step.value
    this.committedEnd = committedEnd
    if (tail.type === 'corrupt') {
      trace.event('postern.recovery.corrupt_log', { offset: tail.offset })
      return { code: 'CorruptTail', offset: tail.offset, inner: tail.error }
    }
    const inner = this.#pipeline.settle()
    return inner === undefined ? undefined : fromReplay(inner)
  }

  report(trace: Trace): void {
    const { alloc, mutation, checkpoint } = this.#counts
    if (alloc + mutation + checkpoint === 0) return
    trace.event('postern.recovery.symbol_replay', {
      symbol_alloc_count: alloc,
      symbol_mutation_count: mutation,
      checkpoint_count: checkpoint,
      next_memory_counter: Number(this.#pipeline.nextMemory),
      next_episode_counter: Number(this.#pipeline.nextEpisode),
    })
  }

  #apply(record: LogRecord) {
    if (record.type === 'symbol_alloc') this.#counts.alloc++
    else if (record.type === 'checkpoint') this.#counts.checkpoint++
    else if (record.type === 'symbol_rename' || record.type === 'symbol_alias' || record.type === 'symbol_retire') {
      this.#counts.mutation++
    }
    return this.#pipeline.apply(record)
  }
}

/** The snapshot if the seal vouches for the log up to where it was made; else nothing. */
function startingPoint(
  path: string,
  entries: readonly SealEntry[],
  { files, trace, keys }: LoadOptions,
): { readonly pipeline: Pipeline; readonly end: number } {
  const nothing = { pipeline: new Pipeline({ trace }), end: 0 }
  const snapshot = readSnapshot(files, snapshotPathOf(path), keys)
  if (snapshot === undefined) return nothing
  const dropped = (cause: 'unreadable' | 'version' | 'mismatch') => {
    trace.event('postern.recovery.snapshot_dropped', { cause })
    return nothing
  }
  if (typeof snapshot === 'string') return dropped(snapshot)
  const entry = entryEndingAt(entries, snapshot.end)
  if (entry === undefined || !entry.hash.equals(snapshot.hash)) return dropped('mismatch')
  const imported = Pipeline.importState(snapshot.state, { trace })
  return imported.ok ? { pipeline: imported.value, end: snapshot.end } : dropped(imported.error.code)
}

/** Entries are in the order of their ends. */
function entryEndingAt(entries: readonly SealEntry[], end: number): SealEntry | undefined {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle]?.end ?? 0) < end) low = middle + 1
    else high = middle
  }
  return entries[low]?.end === end ? entries[low] : undefined
}
