import { err, ok, type Result } from '#base/result.ts'
import { type Files, systemFiles } from './canonical/files.ts'
import { LogFile } from './canonical/log-file.ts'
import { scan } from './canonical/scan.ts'
import type { SealKeys } from './canonical/seal.ts'
import type { Pipeline } from './compile/pipeline.ts'
import { type LastBatch, type Loaded, lastOf, load, Replay } from './load.ts'
import { executeQuery, type QueryError, type QueryResult } from './read/query.ts'
import type { StoreError } from './store-error.ts'
import { SILENT, type Trace } from './trace.ts'

export interface ReaderOptions {
  readonly files?: Files
  readonly trace?: Trace
  readonly keys?: SealKeys
}

/** Reads a log that somebody else may be writing: takes no lock, creates and changes nothing, sees whole batches only. */
export class MemoryReader {
  readonly #path: string
  readonly #options: Required<ReaderOptions>
  #log: LogFile
  #loaded: Loaded
  #end: number
  #last: LastBatch

  private constructor(path: string, options: Required<ReaderOptions>, log: LogFile, loaded: Loaded) {
    this.#path = path
    this.#options = options
    this.#log = log
    this.#loaded = loaded
    this.#end = loaded.committedEnd
    this.#last = loaded.lastBatch
  }

  static open(path: string, options: ReaderOptions = {}): Result<MemoryReader, StoreError> {
    const all = { files: systemFiles, trace: SILENT, keys: {}, ...options }
    const opened = openLoaded(path, all)
    return opened.ok ? ok(new MemoryReader(path, all, opened.value.log, opened.value.loaded)) : opened
  }

  get pipeline(): Pipeline {
    return this.#loaded.pipeline
  }

  /** Of the committed part, from behind the header. */
  get length(): number {
    return this.#end
  }

  /** `unsealed`: there is no seal. `behind`: more lies unsealed than a crash explains. */
  get sealState(): 'sealed' | 'unsealed' | 'behind' {
    if (this.#loaded.sealedEnd === undefined) return 'unsealed'
    return this.#loaded.unsealedBatches > 1 ? 'behind' : 'sealed'
  }

  /**
   * Takes in what was committed since; starts anew when the log was replaced, or when the last batch that was taken in
   * is no longer there: its writer could not sync it, took it back and wrote another.
   */
  refresh(): Result<undefined, StoreError> {
    const { start, digest } = this.#last
    const length = this.#log.currentLength()
    if (!length.ok || length.value < this.#end) return this.#reopen()
    const bytes = this.#log.read(start, length.value)
    if (!bytes.ok || lastOf(bytes.value.subarray(0, this.#end - start), 0).digest !== digest) return this.#reopen()
    if (length.value === this.#end) return ok(undefined)
    // What is added is as much to be checked as what was there.
    if (this.#options.keys.publicKey !== undefined) return this.#reopen()
    const replay = new Replay(this.pipeline)
    const sealedEnd = this.#loaded.sealedEnd === undefined ? undefined : this.#end
    const added = bytes.value.subarray(this.#end - start)
    const fault = replay.take(scan(added, this.#end, sealedEnd), this.#options.trace)
    if (fault !== undefined) return err(fault)
    if (replay.lastStart !== undefined) {
      this.#last = lastOf(bytes.value.subarray(0, replay.committedEnd - start), replay.lastStart, start)
    }
    this.#end = replay.committedEnd
    return ok(undefined)
  }

  query(text: string): Result<QueryResult, QueryError> {
    return executeQuery(this.pipeline, text)
  }

  close(): void {
    this.#log.close()
  }

  #reopen(): Result<undefined, StoreError> {
    const opened = openLoaded(this.#path, this.#options)
    if (!opened.ok) return opened
    this.#log.close()
    this.#log = opened.value.log
    this.#loaded = opened.value.loaded
    this.#end = this.#loaded.committedEnd
    this.#last = this.#loaded.lastBatch
    return ok(undefined)
  }
}

function openLoaded(
  path: string,
  options: Required<ReaderOptions>,
): Result<{ readonly log: LogFile; readonly loaded: Loaded }, StoreError> {
  const log = LogFile.openForReading(options.files, path)
  if (!log.ok) return err({ code: 'Log', inner: log.error })
  const loaded = load(path, log.value, options)
  if (loaded.ok) return ok({ log: log.value, loaded: loaded.value })
  log.value.close()
  return loaded
}
