import type { Failure } from '#base/failure.ts'
import { decodeRecord } from '#memory/canonical/decode.ts'
import { systemFiles } from '#memory/canonical/files.ts'
import { LogFile } from '#memory/canonical/log-file.ts'
import type { LogRecord } from '#memory/canonical/record.ts'
import { type Scan, type ScannedBatch, scan } from '#memory/canonical/scan.ts'
import { checkSeal, readSeal, type SealKeys } from '#memory/canonical/seal.ts'
import { readAll, sealPathOf } from '#memory/load.ts'
import { sealKeysOf } from '#memory/seal-key.ts'
import type { StoreError } from '#memory/store-error.ts'
import type { Options } from '../../command.ts'
import type { Session } from '../../session.ts'
import { logPathOf } from './open-log.ts'
import { storeFailure } from './refusal.ts'

/** What a log holds, for looking into it: the records as they lie there, whether or not they fit together. */
export interface CommittedLog {
  readonly path: string
  /** The part that can be read and is committed. */
  readonly bytes: Buffer
  /** Why the rest, or all of it, is not to be trusted. */
  readonly fault: Failure | undefined
}

export function openCommitted(options: Options, session: Session): CommittedLog {
  const path = logPathOf(options, session)
  // The seal first, because somebody may be writing: what is sealed is already in the log.
  const entries = readSeal(systemFiles, sealPathOf(path))
  const bytes = readBytes(path)
  const seal = sealOf(bytes, entries, sealKeysOf(path))
  const { committedEnd, tail } = drain(scan(bytes, 0, seal.end))
  const fault: StoreError | undefined =
    tail.type === 'corrupt' ? { code: 'CorruptTail', offset: tail.offset, inner: tail.error } : seal.fault
  if (tail.type === 'orphan') session.output.talk(`note: ${tail.bytes} bytes behind the last commit are passed over`)
  return {
    path,
    bytes: bytes.subarray(0, committedEnd),
    fault: fault === undefined ? undefined : storeFailure(fault, path),
  }
}

/** The records of a sound log, in order. */
export function recordsOf(options: Options, session: Session): Iterable<LogRecord> {
  const { bytes, fault } = openCommitted(options, session)
  if (fault !== undefined) throw fault // before anything is shown: half a log must not look like a whole one
  return flattened(bytes)
}

function* flattened(bytes: Buffer): Generator<LogRecord> {
  for (const { records } of scan(bytes)) yield* records
}

export interface Entry {
  /** From behind the header. */
  readonly offset: number
  readonly record: LogRecord
}

/** Records with their offsets. */
export function* entriesOf({ bytes }: CommittedLog): Generator<Entry> {
  for (let offset = 0; offset < bytes.length; ) {
    const decoded = decodeRecord(bytes, offset)
    if (!decoded.ok) throw new Error(`a record at ${offset} was readable and is not any more`)
    yield { offset, record: decoded.value.record }
    offset += decoded.value.length
  }
}

function readBytes(path: string): Buffer {
  const log = LogFile.openForReading(systemFiles, path)
  if (!log.ok) throw storeFailure({ code: 'Log', inner: log.error }, path)
  try {
    const bytes = readAll(log.value)
    if (bytes.ok) return bytes.value
    throw storeFailure({ code: 'Log', inner: bytes.error }, path)
  } finally {
    log.value.close()
  }
}

/** How far the seal vouches for the log, or why it does not. */
function sealOf(
  bytes: Buffer,
  entries: ReturnType<typeof readSeal>,
  keys: SealKeys,
): { readonly end?: number; readonly fault?: StoreError } {
  if (!entries.ok) return { fault: { code: 'Seal', inner: entries.error } }
  if (entries.value === undefined) {
    const isExpected = keys.publicKey !== undefined && bytes.length > 0
    return isExpected ? { fault: { code: 'Seal', inner: { code: 'Missing' } } } : {}
  }
  const checked = checkSeal(bytes, entries.value, keys)
  return checked.ok ? { end: checked.value } : { fault: { code: 'Seal', inner: checked.error } }
}

function drain(batches: Generator<ScannedBatch, Scan>): Scan {
  for (;;) {
    const step = batches.next()
    if (step.done === true) return step.value
  }
}
