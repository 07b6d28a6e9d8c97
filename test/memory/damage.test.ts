import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Files, systemFiles } from '#memory/canonical/files.ts'
import { scan } from '#memory/canonical/scan.ts'
import {
  checkSeal,
  decodeSeal,
  encodeSealEntry,
  encodeSealHeader,
  newEntry,
  sealStart,
} from '#memory/canonical/seal.ts'
import { decodeSnapshot, encodeSnapshot } from '#memory/canonical/snapshot.ts'
import { repairLog } from '#memory/repair.ts'
import { Store } from '#memory/store.ts'
import { storeErrorName } from '#memory/store-error.ts'
import { isSound, verifyLog } from '#memory/verify.ts'
import { newDirectory } from '../postern.ts'

const vectors: { scenarios: { name: string; file_hex: string }[] } = JSON.parse(
  readFileSync(new URL('../vectors/memory/core.json', import.meta.url), 'utf8'),
)
const worked = Buffer.from(vectors.scenarios.find(({ name }) => name === 'worked_examples')?.file_hex ?? '', 'hex')
const log = worked.subarray(8)

/** Where the sixteen batches of the worked examples end. */
function ends(bytes: Buffer): number[] {
  const found: number[] = []
  const batches = scan(bytes)
  for (let step = batches.next(); step.done !== true; step = batches.next()) found.push(step.value.end)
  return found
}

function sealOf(bytes: Buffer): Buffer {
  const parts = [encodeSealHeader()]
  let hash = sealStart
  let start = 0
  for (const end of ends(bytes)) {
    const entry = newEntry(hash, end, bytes.subarray(start, end))
    parts.push(encodeSealEntry(entry))
    hash = entry.hash
    start = end
  }
  return Buffer.concat(parts)
}

/** What opening would say, without files: the seal first, then the batches. */
function isNoticed(bytes: Buffer, seal: Buffer): boolean {
  const entries = decodeSeal(seal)
  if (!entries.ok || !checkSeal(bytes, entries.value).ok) return true
  return ends(bytes).filter(end => end > (entries.value.at(-1)?.end ?? 0)).length > 1
}

function flipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return copy
}

describe('a single changed bit', () => {
  const seal = sealOf(log)

  test('anywhere in a sealed log is noticed', () => {
    expect(log.length * 8).toBe(17_920)
    expect(isNoticed(log, seal)).toBe(false)
    const unnoticed = []
    for (let bit = 0; bit < log.length * 8; bit++) if (!isNoticed(flipped(log, bit), seal)) unnoticed.push(bit)
    expect(unnoticed).toEqual([])
  })

  test('anywhere in the seal is noticed', () => {
    const unnoticed = []
    for (let bit = 0; bit < seal.length * 8; bit++) if (!isNoticed(log, flipped(seal, bit))) unnoticed.push(bit)
    expect(unnoticed).toEqual([])
  })

  test('in an unsealed log never cuts off a batch that has another behind it', () => {
    const whole = ends(log)
    const last = whole.at(-2) ?? 0
    for (let bit = 0; bit < last * 8; bit++) {
      const batches = scan(flipped(log, bit))
      let step = batches.next()
      let end = 0
      for (; step.done !== true; step = batches.next()) end = step.value.end
      if (step.value.tail.type === 'orphan') expect(end).toBeGreaterThanOrEqual(last)
    }
  })
})

describe('the tail of a log', () => {
  const end = ends(log).at(-1) ?? 0

  function tailOf(extra: Buffer) {
    const batches = scan(Buffer.concat([log, extra]))
    let step = batches.next()
    while (step.done !== true) step = batches.next()
    return step.value
  }

  test.each([
    ['nothing', Buffer.alloc(0), 'clean'],
    ['the beginning of a record', Buffer.from('0105', 'hex'), 'orphan'],
    ['a whole record without a checkpoint', Buffer.from('100a0603e85ba4eb8e010000', 'hex'), 'orphan'],
    ['an unknown record', Buffer.from('ff00', 'hex'), 'corrupt'],
    ['a record whose body is there and cut short', Buffer.from('0101 00'.replace(' ', ''), 'hex'), 'corrupt'],
    [
      'an unfinished record with a checkpoint in it',
      Buffer.from(`01ff7f${'200a24ffffa4eb8e01000000'}`, 'hex'),
      'corrupt',
    ],
  ])('of %s', (_what, extra, type) => {
    const found = tailOf(extra)
    expect([found.committedEnd, found.tail.type]).toEqual([end, type])
  })

  test('that the power filled with zeros is unfinished behind the seal, and damage without one', () => {
    const sealedEnd = ends(log).at(-2) ?? 0
    const ofZeros = (from: number, sealed?: number) => {
      const bytes = Buffer.from(log)
      bytes.fill(0, from)
      const batches = scan(bytes, 0, sealed)
      let step = batches.next()
      while (step.done !== true) step = batches.next()
      return step.value
    }
    const found = new Set<string>()
    // Up to the last byte of the clock that is not zero: from there on nothing is missing.
    for (let from = sealedEnd + 1; from <= end - 4; from++) {
      expect([from, ofZeros(from, sealedEnd)]).toMatchObject([
        from,
        { committedEnd: sealedEnd, tail: { type: 'orphan', bytes: end - sealedEnd } },
      ])
      found.add(ofZeros(from).tail.type)
    }
    expect(found).toContain('corrupt')
  })

  test('that only looks like a checkpoint in somebody’s text is still a torn one', () => {
    const text = Buffer.from('a line of text \nthat goes on and on, with blanks and more of them \n and so on')
    expect(tailOf(Buffer.concat([Buffer.from('01ff7f', 'hex'), text])).tail.type).toBe('orphan')
  })

  test('cut off twice is cut off once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 31 }), length => {
        const torn = Buffer.concat([log, Buffer.from('017f'.concat('00'.repeat(31)), 'hex').subarray(0, length)])
        const first = tailOf(torn.subarray(log.length))
        expect(first.committedEnd).toBe(end)
      }),
    )
  })
})

describe('seal and snapshot', () => {
  test('are refused or read, whatever their bytes are', () => {
    const seal = sealOf(log)
    const { header, state } = encodeSnapshot({ end: 5, hash: sealStart, state: Buffer.from('state') })
    const snapshot = Buffer.concat([header, state])
    expect(decodeSnapshot(snapshot)).toMatchObject({ end: 5 })
    for (let bit = 0; bit < snapshot.length * 8; bit++) {
      if (bit >= 96 * 8 && bit < 160 * 8) continue // the signature, which only a key can check
      expect(typeof decodeSnapshot(flipped(snapshot, bit))).toBe('string')
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), (bytes, at) => {
        const damaged = Buffer.from(seal)
        damaged.set(bytes.subarray(0, Math.min(bytes.length, damaged.length)), at % (damaged.length - 300))
        decodeSeal(damaged)
        decodeSeal(Buffer.from(bytes))
        expect(typeof decodeSnapshot(Buffer.from(bytes))).toBe('string')
      }),
    )
  })
})

describe('repair', () => {
  const now = 1_713_350_400_000

  function damagedLog(): { path: string; bytes: Buffer } {
    const path = join(newDirectory('repair'), 'canonical.log')
    const store = Store.open(path, { now })
    if (!store.ok) throw new Error(storeErrorName(store.error))
    for (let n = 0; n < 4; n++)
      store.value.commitBatch(`(sem @alice fact_${n} ${n} :src @observation :c 1 :v 2024-01-15)`, now + n)
    store.value.close()
    const bytes = readFileSync(path)
    const [first = 0, second = 0] = ends(bytes.subarray(8))
    bytes[8 + first + 1] = 0xff // the length of the second batch's first record
    writeFileSync(path, bytes)
    expect(second).toBeGreaterThan(first)
    return { path, bytes }
  }

  test('is needed where durable batches lie behind damage, and nothing is cut without it', () => {
    const { path, bytes } = damagedLog()
    expect(Store.open(path, { now }).ok).toBe(false)
    const found = verifyLog(path)
    expect(found.ok && isSound(found.value)).toBe(false)
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  test('keeps a copy, says what is lost, and leaves a log that opens', () => {
    const { path, bytes } = damagedLog()
    const repaired = repairLog(path, { now })
    if (!repaired.ok) throw new Error(storeErrorName(repaired.error))
    expect(repaired.value).toMatchObject({ isNeeded: true, sealIsRemade: true })
    expect(repaired.value.keptBytes + repaired.value.lostBytes).toBe(bytes.length - 8)
    expect(readFileSync(repaired.value.copies[0] ?? '').equals(bytes)).toBe(true)
    const store = Store.open(path, { now })
    expect(store.ok).toBe(true)
    const verified = verifyLog(path)
    expect(verified.ok && verified.value).toMatchObject({
      checkpoints: 1,
      tail: { type: 'clean' },
      seal: { state: 'sealed' },
    })
  })

  test('that cannot keep a copy changes nothing, and says why', () => {
    const { path, bytes } = damagedLog()
    const files: Files = {
      ...systemFiles,
      open(target, mode) {
        if (target.includes('.damaged-')) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
        return systemFiles.open(target, mode)
      },
    }
    expect(repairLog(path, { now, files })).toMatchObject({
      error: { code: 'Log', inner: { code: 'Io', errno: 'ENOSPC' } },
    })
    expect(readFileSync(path).equals(bytes)).toBe(true)
    expect(repairLog(path, { now }).ok).toBe(true)
  })

  test('does nothing to a sound log', () => {
    const path = join(newDirectory('repair'), 'canonical.log')
    writeFileSync(path, worked, { mode: 0o600 })
    expect(repairLog(path, { now })).toMatchObject({ value: { isNeeded: false, copies: [] } })
    expect(readFileSync(path).equals(worked)).toBe(true)
  })
})
