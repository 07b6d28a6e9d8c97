import { decodeRecord, frameAt } from './decode.ts'
import type { DecodeError } from './decode-error.ts'
import type { CheckpointRecord, ClockTime, LogRecord } from './record.ts'

/** One batch as it lies in the log: all its records, the checkpoint last. Offsets count from behind the header. */
export interface ScannedBatch {
  readonly records: readonly LogRecord[]
  readonly start: number
  readonly end: number
}

/**
 * How a log ends. `orphan`: behind the last checkpoint lies what a crash may leave, whole records or the beginning of
 * one, and nothing after it. `corrupt`: what no crash explains, so that whatever follows may be durable batches.
 */
export type Tail =
  | { readonly type: 'clean' }
  | { readonly type: 'orphan'; readonly bytes: number }
  | { readonly type: 'corrupt'; readonly offset: number; readonly bytes: number; readonly error: DecodeError }

export interface Scan {
  /** Where the last checkpoint ends. */
  readonly committedEnd: number
  readonly tail: Tail
}

/**
 * Hands out the batches of `bytes`, which start at the log's offset `from`, and says how they end. A torn write can
 * only be the last thing in a file: an unfinished record with a checkpoint somewhere behind it is damage, and so is a
 * record that is whole but senseless.
 */
export function* scan(bytes: Buffer, from = 0): Generator<ScannedBatch, Scan> {
  let records: LogRecord[] = []
  let batchStart = 0
  let at = 0
  let watermark: ClockTime = 0
  while (at < bytes.length) {
    const decoded = decodeRecord(bytes, at)
    if (!decoded.ok) {
      return {
        committedEnd: from + batchStart,
        tail: tailAt(bytes, { at, batchStart, from, watermark }, decoded.error),
      }
    }
    const { record, length } = decoded.value
    records.push(record)
    at += length
    if (record.type !== 'checkpoint') continue
    yield { records, start: from + batchStart, end: from + at }
    watermark = record.at
    records = []
    batchStart = at
  }
  const left = bytes.length - batchStart
  return { committedEnd: from + batchStart, tail: left === 0 ? { type: 'clean' } : { type: 'orphan', bytes: left } }
}

interface Place {
  readonly at: number
  readonly batchStart: number
  readonly from: number
  readonly watermark: ClockTime
}

function tailAt(bytes: Buffer, { at, batchStart, from, watermark }: Place, error: DecodeError): Tail {
  const isUnfinished = frameAt(bytes, at) === 'unfinished'
  if (isUnfinished && !hasCheckpoint(bytes, at + 1, watermark)) {
    return { type: 'orphan', bytes: bytes.length - batchStart }
  }
  return { type: 'corrupt', offset: from + at, bytes: bytes.length - at, error }
}

/** Where the clock of a checkpoint would be a time that anybody has seen: text that looks like one is no checkpoint. */
const plausibleClockMax = 2 ** 53

/** Whether a checkpoint can be read anywhere from `start` on. */
export function hasCheckpoint(bytes: Buffer, start: number, watermark: ClockTime): boolean {
  for (let at = bytes.indexOf(0x20, start); at >= 0; at = bytes.indexOf(0x20, at + 1)) {
    const decoded = decodeRecord(bytes, at)
    if (decoded.ok && isPlausible(decoded.value.record, watermark)) return true
  }
  return false
}

function isPlausible(record: LogRecord, watermark: ClockTime): record is CheckpointRecord {
  return record.type === 'checkpoint' && record.at >= watermark && record.at < plausibleClockMax
}
