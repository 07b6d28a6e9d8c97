import type { Failure } from '#base/failure.ts'
import { decodeRecord } from '#memory/canonical/decode.ts'
import { systemFiles } from '#memory/canonical/files.ts'
import { LogFile } from '#memory/canonical/log-file.ts'
import type { LogRecord } from '#memory/canonical/record.ts'
import { type Scan, type ScannedBatch, scan } from '#memory/canonical/scan.ts'
import { checkSeal, readSeal } from '#memory/canonical/seal.ts'
import { sealPathOf } from '#memory/load.ts'
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
  const bytes = readBytes(path)
  const { committedEnd, tail } = drain(scan(bytes))
  const inner = sealFault(path, bytes)
  const fault: StoreError | undefined =
    tail.type === 'corrupt' ? { code: 'CorruptTail', offset: tail.offset, inner: tail.error } : inner
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
    const bytes = log.value.read(0, log.value.length)
    if (bytes.ok) return bytes.value
    throw storeFailure({ code: 'Log', inner: bytes.error }, path)
  } finally {
    log.value.close()
  }
}

function sealFault(path: string, bytes: Buffer): StoreError | undefined {
  const entries = readSeal(systemFiles, sealPathOf(path))
  if (!entries.ok) return { code: 'Seal', inner: entries.error }
  if (entries.value === undefined) return undefined
  const checked = checkSeal(bytes, entries.value)
  return checked.ok ? undefined : { code: 'Seal', inner: checked.error }
}

function drain(batches: Generator<ScannedBatch, Scan>): Scan {
  for (;;) {
    const step = batches.next()
    if (step.done === true) return step.value
  }
}
