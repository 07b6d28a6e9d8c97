import { err, ok, type Result } from '#base/result.ts'
import { decodeRecord } from './canonical/decode.ts'
import { decodeErrorText } from './canonical/decode-error.ts'
import { type Files, systemFiles } from './canonical/files.ts'
import { LogFile } from './canonical/log-file.ts'
import type { LogRecord, SymbolId, Value } from './canonical/record.ts'
import { scan, type Tail } from './canonical/scan.ts'
import { checkSeal, readSeal, type SealError, type SealKeys, sealErrorText } from './canonical/seal.ts'
import { readSnapshot } from './canonical/snapshot.ts'
import { Pipeline } from './compile/pipeline.ts'
import { type LookOptions, newestSeal, readAll, sealPathOf, snapshotPathOf } from './load.ts'
import { fromReplay, type StoreError, storeErrorText } from './store-error.ts'

/** What a look at every byte of a log found. Nothing is changed, and nothing but a log that cannot be opened is an error. */
export interface Verification {
  /** Up to the first that cannot be read, those behind the last checkpoint included. */
  readonly records: number
  readonly checkpoints: number
  readonly memories: number
  readonly symbolEvents: number
  readonly tail: Tail
  /** How often a memory names a symbol that was never made. */
  readonly danglingSymbols: number
  readonly seal: SealFinding
  /** Records that can be read and cannot have come about in this order. */
  readonly replay: StoreError | undefined
  readonly snapshot: 'none' | 'fits' | 'dropped'
  /** From behind the header. */
  readonly length: number
  readonly committedEnd: number
}

export type SealFinding =
  | { readonly state: 'unsealed' }
  | { readonly state: 'sealed'; readonly entries: number; readonly signed: number; readonly unsealedBatches: number }
  | { readonly state: 'broken'; readonly error: SealError }

/** True when everything that was acknowledged is there and as it was written. An orphan tail was never acknowledged. */
export function isSound({ tail, danglingSymbols, seal, replay }: Verification): boolean {
  return tail.type !== 'corrupt' && danglingSymbols === 0 && seal.state !== 'broken' && replay === undefined
}

/** Each finding as a sentence; empty when it is sound. */
export function findings({ tail, danglingSymbols, seal, replay }: Verification): readonly string[] {
  return [
    ...(tail.type === 'corrupt' ? [`damaged at offset ${tail.offset}: ${decodeErrorText(tail.error)}`] : []),
    ...(danglingSymbols > 0 ? [`${danglingSymbols} symbols are named that were never made`] : []),
    ...(seal.state === 'broken' ? [sealErrorText(seal.error)] : []),
    ...(replay === undefined ? [] : [storeErrorText(replay)]),
  ]
}

export function verifyLog(
  path: string,
  { files = systemFiles, keys = {} }: { readonly files?: Files; readonly keys?: SealKeys } = {},
): Result<Verification, StoreError> {
  const log = LogFile.openForReading(files, path)
  if (!log.ok) return err({ code: 'Log', inner: log.error })
  // In this order, because somebody may be writing: what is sealed is already in the log.
  const entries = readSeal(files, sealPathOf(path))
  const bytes = readAll(log.value)
  log.value.close()
  if (!bytes.ok) return err({ code: 'Log', inner: bytes.error })
  const counts = countRecords(bytes.value)
  const replayed = replay(bytes.value, entries.ok ? entries.value?.at(-1)?.end : undefined)
  const seal = sealFinding(path, bytes.value, { files, keys, ends: replayed.ends, entries })
  const snapshot = readSnapshot(files, snapshotPathOf(path))
  return ok({
    ...counts,
    tail: replayed.tail,
    seal,
    replay: replayed.fault,
    snapshot: snapshot === undefined ? 'none' : typeof snapshot === 'string' ? 'dropped' : 'fits',
    length: bytes.value.length,
    committedEnd: replayed.committedEnd,
  })
}

function countRecords(bytes: Buffer) {
  const counts = { records: 0, checkpoints: 0, memories: 0, symbolEvents: 0 }
  const named: SymbolId[] = []
  const made = new Set<SymbolId>()
  for (let at = 0; at < bytes.length; ) {
    const decoded = decodeRecord(bytes, at)
    if (!decoded.ok) break
    const { record, length } = decoded.value
    at += length
    counts.records++
    if (record.type === 'checkpoint') counts.checkpoints++
    if (record.type === 'symbol_alloc') made.add(record.symbol)
    if (symbolEvents.has(record.type)) counts.symbolEvents++
    const symbols = symbolsOf(record)
    if (symbols === undefined) continue
    counts.memories++
    for (const symbol of symbols) named.push(symbol)
  }
  return { ...counts, danglingSymbols: named.filter(symbol => !made.has(symbol)).length }
}

const symbolEvents: ReadonlySet<LogRecord['type']> = new Set([
  'symbol_alloc',
  'symbol_alias',
  'symbol_rename',
  'symbol_retire',
])

/** The symbols of a memory; undefined for any other record. */
function symbolsOf(record: LogRecord): readonly SymbolId[] | undefined {
  switch (record.type) {
    case 'sem':
      return [record.subject, record.predicate, record.source, record.memory, ...inValue(record.object)]
    case 'epi':
      return [record.event, record.eventType, record.location, record.source, record.memory, ...record.participants]
    case 'pro':
      return [
        record.rule,
        record.scope,
        record.source,
        record.memory,
        ...inValue(record.trigger),
        ...inValue(record.action),
        ...(record.precondition === undefined ? [] : inValue(record.precondition)),
      ]
    case 'inf':
      return [
        record.subject,
        record.predicate,
        record.method,
        record.memory,
        ...record.parents,
        ...inValue(record.object),
      ]
    default:
      return undefined
  }
}

function inValue(value: Value): readonly SymbolId[] {
  return value.type === 'symbol' ? [value.id] : []
}

interface Replayed {
  readonly tail: Tail
  readonly committedEnd: number
  readonly fault: StoreError | undefined
  /** Where the batches end. */
  readonly ends: readonly number[]
}

function replay(bytes: Buffer, sealedEnd?: number): Replayed {
  const pipeline = new Pipeline()
  const ends: number[] = []
  let fault: StoreError | undefined
  const batches = scan(bytes, 0, sealedEnd)
  let step = batches.next()
  for (; step.done !== true; step = batches.next()) {
    ends.push(step.value.end)
    for (const record of fault === undefined ? step.value.records : []) {
      const error = pipeline.apply(record)
      if (error !== undefined) {
        fault = fromReplay(error)
        break
      }
    }
  }
  if (fault === undefined) {
    const error = pipeline.settle()
    if (error !== undefined) fault = fromReplay(error)
  }
  return { ...step.value, fault, ends }
}

function sealFinding(
  path: string,
  bytes: Buffer,
  options: LookOptions & { readonly entries: ReturnType<typeof readSeal> },
): SealFinding {
  const { entries, keys, ends } = options
  if (!entries.ok) return { state: 'broken', error: entries.error }
  if (entries.value === undefined) {
    const isExpected = keys.publicKey !== undefined && ends.length > 0
    return isExpected ? { state: 'broken', error: { code: 'Missing' } } : { state: 'unsealed' }
  }
  const sealed = checkSeal(bytes, entries.value, keys)
  if (!sealed.ok) return { state: 'broken', error: sealed.error }
  const newest = newestSeal(path, bytes, { ...options, end: sealed.value })
  if (!newest.ok) return { state: 'broken', error: newest.error }
  const { unsealedBatches } = newest.value
  if (unsealedBatches > 1) return { state: 'broken', error: { code: 'Behind', batches: unsealedBatches } }
  const signed = entries.value.filter(({ signature }) => signature !== undefined).length
  return { state: 'sealed', entries: entries.value.length, signed, unsealedBatches }
}
