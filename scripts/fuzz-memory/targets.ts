import { decodeRecord } from '#memory/canonical/decode.ts'
import { decodeErrorText } from '#memory/canonical/decode-error.ts'
import { parseHolder } from '#memory/canonical/lock.ts'
import { scan } from '#memory/canonical/scan.ts'
import { checkSeal, decodeSeal } from '#memory/canonical/seal.ts'
import { decodeSnapshot } from '#memory/canonical/snapshot.ts'
import { Pipeline } from '#memory/compile/pipeline.ts'
import { parse } from '#memory/language/parser.ts'
import { originOf } from '#memory/workspace.ts'

/** What reads bytes that somebody else may have written. Each must answer, whatever they are; a throw is a bug. */
export const targets: Readonly<Record<string, (bytes: Buffer) => unknown>> = {
  language: bytes => parse(bytes.toString('utf8')),
  compile: bytes => {
    const pipeline = new Pipeline()
    const compiled = pipeline.compile(bytes.toString('utf8'), 1_713_350_400_000)
    if (compiled.ok) pipeline.commit()
    return compiled
  },
  record: bytes => {
    const decoded = decodeRecord(bytes)
    return decoded.ok ? decoded.value : decodeErrorText(decoded.error)
  },
  log: bytes => {
    const pipeline = new Pipeline()
    const batches = scan(bytes)
    let step = batches.next()
    for (; step.done !== true; step = batches.next()) {
      for (const record of step.value.records) if (pipeline.apply(record) !== undefined) return 'does not fit'
    }
    return pipeline.settle() ?? step.value.tail.type
  },
  seal: bytes => {
    const entries = decodeSeal(bytes)
    return entries.ok ? checkSeal(bytes, entries.value) : entries
  },
  snapshot: bytes => {
    const snapshot = decodeSnapshot(bytes)
    if (typeof snapshot === 'string') return Pipeline.importState(bytes)
    return Pipeline.importState(snapshot.state)
  },
  lock: bytes => parseHolder(bytes.toString('utf8')),
  origin: bytes => originOf(bytes.toString('utf8')),
}

/** An injured example; all kinds have the same share, however many examples there are of each. */
export function injuredAt(kinds: readonly (readonly Buffer[])[], seed: number): Buffer {
  const nothing = Buffer.alloc(0)
  const kind = kinds[seed % kinds.length] ?? []
  const other = kinds[(seed * 7919) % kinds.length] ?? []
  const source = kind[Math.floor(seed / kinds.length) % kind.length] ?? nothing
  return injured(source, (seed % 3 === 0 ? other : kind)[(seed * 104_729) % kind.length] ?? nothing, seed)
}

/** Bytes that are nearly right, from those that are: a seed gives the same ones each time. */
export function injured(source: Buffer, donor: Buffer, seed: number): Buffer {
  const random = generator(seed)
  const below = (count: number) => Math.floor(random() * count)
  let bytes = Buffer.from(source)
  for (let times = 1 + below(4); times > 0; times--) {
    const at = below(bytes.length + 1)
    const length = below(Math.min(32, bytes.length - at + 1))
    const from = below(donor.length + 1)
    switch (below(7)) {
      case 0:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
        break
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), donor.subarray(from, from + 40), bytes.subarray(at)])
        break
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)])
        break
      case 3:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8))
        break
      case 4:
        if (at < bytes.length) bytes[at] = below(256)
        break
      case 5:
        bytes.fill([0, 0xff, 0x80, 0x7f][below(4)] ?? 0, at, at + length)
        break
      default:
        bytes = bytes.subarray(0, at)
    }
  }
  return bytes.subarray(0, 8_192)
}

/** mulberry32: small, and good enough to choose what to break. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}
