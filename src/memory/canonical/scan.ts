import { decodeRecord, frameEnd } from './decode.ts'
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
 *
 * Where the power failed, a file may have its new length and zeros for what was not written. That is taken for a torn
 * write too, but only behind `sealedEnd`: without a seal it could as well be a batch that was durable once.
 */
export function* scan(bytes: Buffer, from = 0, sealedEnd = Number.POSITIVE_INFINITY): Generator<ScannedBatch, Scan> {
  let records: LogRecord[] = []
  let batchStart = 0
  let at = 0
  let watermark: ClockTime = 0
  while (at < bytes.length) {
    const decoded = decodeRecord(bytes, at)
    const mayBeBlank = from + batchStart >= sealedEnd
    if (!decoded.ok) {
      const place = { at, batchStart, from, watermark, mayBeBlank }
      return { committedEnd: from + batchStart, tail: tailAt(bytes, place, decoded.error) }
    }
    const { record, length } = decoded.value
    records.push(record)
    at += length
    if (record.type !== 'checkpoint') continue
    if (mayBeBlank && at === bytes.length && isBlanked(bytes, record, records[0])) break
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
  readonly mayBeBlank: boolean
}

function tailAt(bytes: Buffer, place: Place, error: DecodeError): Tail {
  const { at, batchStart, from, watermark, mayBeBlank } = place
  const end = frameEnd(bytes, at)
  const isTorn = end === 'unfinished' || (mayBeBlank && blankFrom(bytes) <= (end === 'none' ? at : end))
  if (isTorn && !hasCheckpoint(bytes, at + 1, watermark)) return { type: 'orphan', bytes: bytes.length - batchStart }
  return { type: 'corrupt', offset: from + at, bytes: bytes.length - at, error }
}

/** Where the zeros begin with which the bytes end. */
function blankFrom(bytes: Buffer): number {
  let start = bytes.length
  while (start > 0 && bytes[start - 1] === 0) start--
  return start
}

/** A checkpoint whose clock ends in zeros that were not written yet: it lies before what the batch began with. */
function isBlanked(bytes: Buffer, { at }: CheckpointRecord, first: LogRecord | undefined): boolean {
  return bytes.at(-1) === 0 && first?.type === 'symbol_alloc' && at < first.at
}

/** Where the clock of a checkpoint would be a time that anybody has seen: text that looks like one is no checkpoint. */
const plausibleClockMax = 2 ** 53
/** Of a checkpoint's body: a clock, and two varints. */
const bodyBytes = { min: 8 + 2, max: 8 + 20 }

/** Whether a checkpoint can be read anywhere from `start` on. */
export function hasCheckpoint(bytes: Buffer, start: number, watermark: ClockTime): boolean {
  for (let at = bytes.indexOf(0x20, start); at >= 0; at = bytes.indexOf(0x20, at + 1)) {
    const length = bytes[at + 1] ?? 0
    if (length < bodyBytes.min || length > bodyBytes.max) continue
    const decoded = decodeRecord(bytes, at)
    if (decoded.ok && isPlausible(decoded.value.record, watermark)) return true
  }
  return false
}

function isPlausible(record: LogRecord, watermark: ClockTime): record is CheckpointRecord {
  return record.type === 'checkpoint' && record.at >= watermark && record.at < plausibleClockMax
}
