import { join } from 'node:path'
import { err, ok, type Result } from '#base/result.ts'
import { Encoder } from './canonical/encode.ts'
import { type Files, systemFiles } from './canonical/files.ts'
import { acquireLock, type Lock, type Machine } from './canonical/lock.ts'
import { LogFile } from './canonical/log-file.ts'
import { thisMachine } from './canonical/machine.ts'
import type { ClockTime, SymbolId } from './canonical/record.ts'
import { readSeal, type SealError, SealFile, type SealKeys } from './canonical/seal.ts'
import { writeSnapshot } from './canonical/snapshot.ts'
import type { CompileOptions, EpisodeMetadata, Pipeline } from './compile/pipeline.ts'
import { type Loaded, load, sealPathOf, snapshotPathOf } from './load.ts'
import { executeQuery, type QueryError, type QueryResult } from './read/query.ts'
import type { StoreError } from './store-error.ts'
import { SILENT, type Trace } from './trace.ts'

/**
 * Governed memory: what agents proposed and the librarian accepted, as an append-only log.
 *
 * The log is the truth and is written here alone: by one process at a time (the lock), one batch at a time, compiled
 * whole or not at all, durable before it is acknowledged. Everything else, snapshot and seal included, can be made
 * again from it. What may never happen here: an acknowledged batch that is gone after a crash, half a batch, a reader
 * that changes a file, a damaged log that opens as if nothing were wrong.
 *
 * @example
 * const opened = Store.open(path, { clock })
 * if (opened.ok) opened.value.commitBatch('(sem @alice email "a@b.example" :src @profile :c 0.9 :v 2026-01-15)', Date.now())
 */
export interface StoreOptions {
  readonly files?: Files
  readonly trace?: Trace
  readonly machine?: Machine
  readonly keys?: SealKeys
  /** What the lock file says of the holder. */
  readonly owner?: string
  /** When the lock was taken: ms since the epoch. */
  readonly now: number
  /** Without the seal, as the reference writes: for comparing with it. */
  readonly sealed?: boolean
}

export interface CommitOptions extends CompileOptions {
  readonly metadata?: EpisodeMetadata
}

export interface Committed {
  readonly episode: SymbolId
  readonly committedAt: ClockTime
  readonly memoryCount: number
  readonly recordCount: number
  readonly edgeCount: number
  /** Of the log, from behind its header. */
  readonly length: number
}

/**
 * How much the log must have grown since the last snapshot, in bytes and as a share of the whole, before one is written:
 * little when closing; more while somebody waits for a commit, and then for those who never close.
 */
const snapshotAtClosing = { bytes: 64 * 1024, share: 1 / 8 }
const snapshotMeanwhile = { bytes: 1024 * 1024, share: 1 / 4 }

export class Store {
  readonly #path: string
  readonly #files: Files
  readonly #trace: Trace
  readonly #lock: Lock
  readonly #log: LogFile
  readonly #seal: SealFile | undefined
  readonly #keys: SealKeys
  readonly #loaded: Loaded
  readonly #encoder = new Encoder()
  #snapshotEnd: number
  #state: 'open' | 'poisoned' | 'closed' = 'open'

  private constructor(parts: Parts) {
    this.#path = parts.path
    this.#files = parts.files
    this.#trace = parts.trace
    this.#lock = parts.lock
    this.#log = parts.log
    this.#seal = parts.seal
    this.#keys = parts.keys
    this.#loaded = parts.loaded
    this.#snapshotEnd = parts.loaded.snapshotEnd
  }

  /** For writing, under the lock. Makes the log if there is none, and cuts off what a crash left behind the last batch. */
  static open(path: string, options: StoreOptions): Result<Store, StoreError> {
    const { files = systemFiles, trace = SILENT, machine = thisMachine(), owner = 'postern', now } = options
    const lock = acquireLock(path, {
      files,
      machine,
      owner,
      now,
      onTakeover: pid => trace.event('postern.lock.taken_over', { pid }),
    })
    if (!lock.ok) {
      const { error } = lock
      return err(error.code === 'Io' ? { code: 'LockIo', errno: error.errno } : { ...error, code: 'Locked' })
    }
    let isOpen = false
    try {
      const opened = openParts(path, { ...options, files, trace }, lock.value)
      isOpen = opened.ok
      return opened.ok ? ok(new Store(opened.value)) : opened
    } finally {
      if (!isOpen) lock.value.release()
    }
  }

  get path(): string {
    return this.#path
  }

  get pipeline(): Pipeline {
    return this.#loaded.pipeline
  }

  /** Of the log, from behind its header. */
  get length(): number {
    return this.#log.length
  }

  /** What lies before came from the snapshot; 0 when all of the log was replayed. */
  get replayedFrom(): number {
    return this.#loaded.snapshotEnd
  }

  get isSealed(): boolean {
    return this.#seal !== undefined
  }

  /**
   * Compiles and commits one batch. After `ok` it survives a crash of the process or the machine; after an error
   * neither the log nor the state has changed, and after `Poisoned` nothing more is taken.
   */
  commitBatch(input: string, now: ClockTime, options: CommitOptions = {}): Result<Committed, StoreError> {
    if (this.#state !== 'open') return err({ code: this.#state === 'poisoned' ? 'Poisoned' : 'Closed' })
    const label = options.metadata?.label ?? ''
    if (Buffer.byteLength(label) > 256) {
      return err({ code: 'InvalidEpisodeMetadata', reason: 'label exceeds 256-byte cap' })
    }
    const before = this.#log.length
    const span = this.#trace.span('postern.commit.batch', { log_offset_before: before })
    try {
      const sealed = this.#sealUp()
      if (!sealed.ok) return sealed
      const compiled = this.pipeline.compile(input, now, options)
      if (!compiled.ok) return err({ code: 'Pipeline', inner: compiled.error })
      const bytes = this.#encoder.encode(compiled.value.records)
      const written = this.#write(bytes, before)
      if (!written.ok) return written
      this.pipeline.commit()
      // A failure here loses nothing: the batch is durable, and is sealed before the next one is begun.
      if (this.#seal?.append(this.#log.length, bytes).ok === false) {
        this.#trace.event('postern.seal.behind', { log_offset: this.#log.length })
      }
      this.#snapshot(snapshotMeanwhile)
      const { episode, committedAt, memoryCount, recordCount, edgeCount } = compiled.value
      span.record({
        log_offset_after: this.#log.length,
        record_count: recordCount,
        episode_id: episode,
        fsync_micros: written.value,
      })
      return ok({ episode, committedAt, memoryCount, recordCount, edgeCount, length: this.#log.length })
    } catch (thrown) {
      // A bug: what state and file amount to now is not known.
      this.#state = 'poisoned'
      throw thrown
    } finally {
      span.end()
    }
  }

  /** Answers one `(query …)` form. */
  query(text: string): Result<QueryResult, QueryError> {
    return executeQuery(this.pipeline, text)
  }

  close(): void {
    if (this.#state === 'closed') return
    if (this.#state === 'open') this.#sealUp()
    if (this.#state === 'open') this.#snapshot(snapshotAtClosing)
    this.#state = 'closed'
    this.#seal?.close()
    this.#log.close()
    this.#lock.release()
  }

  /** Brings the seal up to the log and makes it durable: at most one batch is ever unsealed. */
  #sealUp(): Result<undefined, StoreError> {
    const seal = this.#seal
    if (seal === undefined) return ok(undefined)
    if (seal.end < this.#log.length) {
      const bytes = this.#log.read(seal.end, this.#log.length)
      if (!bytes.ok) return err({ code: 'Log', inner: bytes.error })
      const appended = seal.append(this.#log.length, bytes.value)
      if (!appended.ok) return err({ code: 'Seal', inner: appended.error })
    }
    const synced = seal.sync()
    return synced.ok ? ok(undefined) : err({ code: 'Seal', inner: synced.error })
  }

  /** Microseconds that the sync took. */
  #write(bytes: Uint8Array, before: number): Result<number, StoreError> {
    const appended = this.#log.append(bytes)
    if (!appended.ok) return this.#takeBack('append', before, { code: 'Log', inner: appended.error })
    const started = performance.now()
    const synced = this.#log.sync()
    if (!synced.ok) return this.#takeBack('sync', before, { code: 'Log', inner: synced.error })
    return ok(Math.round((performance.now() - started) * 1_000))
  }

  #takeBack(cause: 'append' | 'sync', before: number, error: StoreError): Result<never, StoreError> {
    this.pipeline.rollback()
    const truncated = this.#log.truncate(before)
    if (!truncated.ok) this.#state = 'poisoned'
    const event = truncated.ok ? 'postern.commit.rolled_back' : 'postern.commit.poisoned'
    this.#trace.event(event, { cause, log_offset: before })
    return err(error)
  }

  #snapshot({ bytes, share }: { readonly bytes: number; readonly share: number }): void {
    const { length } = this.#log
    const since = length - this.#snapshotEnd
    if (this.#seal === undefined || this.#seal.end !== length) return
    if (since < bytes || since < length * share) return
    const state = this.pipeline.exportState()
    const snapshot = { end: length, hash: this.#seal.hash, state }
    if (writeSnapshot(this.#files, snapshotPathOf(this.#path), snapshot, this.#keys)) this.#snapshotEnd = length
  }
}

interface Parts {
  readonly path: string
  readonly files: Files
  readonly trace: Trace
  readonly lock: Lock
  readonly log: LogFile
  readonly seal: SealFile | undefined
  readonly keys: SealKeys
  readonly loaded: Loaded
}

function openParts(
  path: string,
  options: StoreOptions & { readonly files: Files; readonly trace: Trace },
  lock: Lock,
): Result<Parts, StoreError> {
  const { files, trace, keys = {}, sealed = true } = options
  const entries = readSeal(files, sealPathOf(path))
  if (!entries.ok) return err({ code: 'Seal', inner: entries.error })
  // Where something was sealed there was a log: an empty one in its place would hide that it is gone.
  const log = LogFile.openForWriting(files, path, { isNew: (entries.value ?? []).length === 0 })
  if (!log.ok) return err({ code: 'Log', inner: log.error })
  const loaded = load(path, log.value, { files, trace, keys })
  const prepared = loaded.ok ? prepare(path, log.value, loaded.value, { files, trace, keys, sealed }) : loaded
  if (!prepared.ok) {
    log.value.close()
    return prepared
  }
  if (!loaded.ok) return loaded
  return ok({ path, files, trace, lock, log: log.value, seal: prepared.value, keys, loaded: loaded.value })
}

/** Cuts off what a crash left, and brings the seal up to the log. */
function prepare(
  path: string,
  log: LogFile,
  loaded: Loaded,
  options: { readonly files: Files; readonly trace: Trace; readonly keys: SealKeys; readonly sealed: boolean },
): Result<SealFile | undefined, StoreError> {
  const { files, trace, keys, sealed } = options
  const { committedEnd } = loaded
  if (committedEnd < log.length) {
    const before = log.length
    const truncated = log.truncate(committedEnd)
    if (!truncated.ok) return err({ code: 'Log', inner: truncated.error })
    trace.event('postern.recovery.orphan_truncated', {
      log_len_before: before,
      committed_end: committedEnd,
      orphan_bytes: before - committedEnd,
    })
  }
  if (!sealed) return ok(undefined)
  if (loaded.unsealedBatches > 1) {
    return err({ code: 'Seal', inner: { code: 'Behind', batches: loaded.unsealedBatches } })
  }
  const seal = SealFile.open(files, sealPathOf(path), keys)
  if (!seal.ok) return err({ code: 'Seal', inner: seal.error })
  const file = seal.value
  if (loaded.sealedEnd === undefined && committedEnd > 0) {
    trace.event('postern.seal.begun', { log_offset: committedEnd })
  }
  const rest = log.read(file.end, committedEnd)
  const appended = !rest.ok
    ? err({ code: 'Log', inner: rest.error } as const)
    : rest.value.length === 0
      ? ok(undefined)
      : wrapSeal(file.append(committedEnd, rest.value))
  const synced = appended.ok ? wrapSeal(file.sync()) : appended
  if (synced.ok) return ok(file)
  file.close()
  return synced
}

function wrapSeal<T>(result: Result<T, SealError>): Result<T, StoreError> {
  return result.ok ? result : err({ code: 'Seal', inner: result.error })
}

/** Where the log of a workspace lies. */
export function workspaceLogPath(memoryDir: string, workspace: string): string {
  return join(memoryDir, workspace, 'canonical.log')
}
