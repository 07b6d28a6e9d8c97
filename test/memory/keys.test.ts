import { generateKeyPairSync } from 'node:crypto'
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemFiles } from '#memory/canonical/files.ts'
import { entryBytes, type SealKeys } from '#memory/canonical/seal.ts'
import { readSnapshot } from '#memory/canonical/snapshot.ts'
import { sealPathOf, snapshotPathOf } from '#memory/load.ts'
import { MemoryReader } from '#memory/reader.ts'
import { repairLog } from '#memory/repair.ts'
import { Store } from '#memory/store.ts'
import { storeErrorText } from '#memory/store-error.ts'
import { isSound, verifyLog } from '#memory/verify.ts'
import { newDirectory } from '../postern.ts'

const now = 1_713_350_400_000
const keys = generateKeyPairSync('ed25519')
const { publicKey } = keys

function logOf(facts: readonly string[], sealKeys: SealKeys = {}): string {
  const path = join(newDirectory('keys'), 'canonical.log')
  const store = opened(path, sealKeys)
  for (const [at, fact] of facts.entries()) {
    const input = `(sem @alice f${at} "${fact}" :src @observation :c 0.9 :v 2024-01-15)`
    expect(store.commitBatch(input, now + at).ok).toBe(true)
  }
  store.close()
  return path
}

function opened(path: string, sealKeys: SealKeys = {}): Store {
  const store = Store.open(path, { now, keys: sealKeys })
  if (!store.ok) throw new Error(storeErrorText(store.error))
  return store.value
}

function errorOf(path: string, sealKeys: SealKeys): unknown {
  const reader = MemoryReader.open(path, { keys: sealKeys })
  return reader.ok ? 'opens' : reader.error
}

/** Everything beside the log, as somebody without the key could write it. */
function putBeside(path: string, from: string): void {
  for (const name of readdirSync(join(from, '..'))) copyFileSync(join(from, '..', name), join(path, '..', name))
}

describe('a signed seal', () => {
  test('opens for whoever has the key, and for whoever checks nothing', () => {
    const path = logOf(['a', 'b'], keys)
    expect([errorOf(path, { publicKey }), errorOf(path, {})]).toEqual(['opens', 'opens'])
    expect(verifyLog(path, { keys: { publicKey } })).toMatchObject({ value: { seal: { state: 'sealed', signed: 2 } } })
  })

  test('is refused when another key signed it', () => {
    const other = generateKeyPairSync('ed25519')
    expect(errorOf(logOf(['a'], other), { publicKey })).toMatchObject({
      code: 'Seal',
      inner: { code: 'BadSignature', entry: 0 },
    })
  })

  test('is refused when all of it was written anew without signatures over a changed log', () => {
    const path = logOf(['true', 'b'], keys)
    putBeside(path, logOf(['forged', 'b']))
    expect(errorOf(path, {})).toBe('opens')
    expect(errorOf(path, { publicKey })).toMatchObject({ code: 'Seal', inner: { code: 'BadSignature' } })
    const verified = verifyLog(path, { keys: { publicKey } })
    expect(verified.ok && isSound(verified.value)).toBe(false)
  })

  test('is checked also for what is added while somebody reads', () => {
    const path = logOf(['a'], keys)
    const reader = MemoryReader.open(path, { keys: { publicKey } })
    if (!reader.ok) throw new Error(storeErrorText(reader.error))
    const store = opened(path, keys)
    store.commitBatch('(sem @alice f1 "b" :src @observation :c 0.9 :v 2024-01-15)', now + 1)
    expect([reader.value.refresh().ok, reader.value.length]).toEqual([true, store.length])
    store.close()
    putBeside(path, logOf(['a', 'b', 'forged']))
    expect(reader.value.refresh()).toMatchObject({ error: { code: 'Seal', inner: { code: 'BadSignature' } } })
  })

  test('that was taken away is missed by whoever has the key', () => {
    const path = logOf(['a'], keys)
    rmSync(sealPathOf(path))
    expect(errorOf(path, { publicKey })).toMatchObject({ code: 'Seal', inner: { code: 'Missing' } })
    expect(Store.open(path, { now, keys })).toMatchObject({ error: { code: 'Seal', inner: { code: 'Missing' } } })
  })

  test('is not gone on with without the key, and nothing is written', () => {
    const path = logOf(['a'], keys)
    const before = readFileSync(path)
    expect(Store.open(path, { now })).toMatchObject({ error: { code: 'Seal', inner: { code: 'NoKey' } } })
    expect(readFileSync(path).equals(before)).toBe(true)
    const store = opened(path, keys)
    expect(store.commitBatch('', now + 5).ok).toBe(true)
    store.close()
    expect(errorOf(path, { publicKey })).toBe('opens')
  })

  test('shows a changed signature also without the key', () => {
    const path = logOf(['a'], keys)
    const seal = readFileSync(sealPathOf(path))
    for (let at = seal.length - entryBytes; at < seal.length; at++) {
      const damaged = Buffer.from(seal)
      damaged[at] = (damaged[at] ?? 0) ^ 4
      writeFileSync(sealPathOf(path), damaged)
      expect(errorOf(path, {})).toMatchObject({ code: 'Seal' })
    }
  })

  test('is put over an unsigned log by a person, never by an opening', () => {
    const path = logOf(['a', 'b'])
    expect(Store.open(path, { now, keys })).toMatchObject({ error: { code: 'Seal', inner: { code: 'BadSignature' } } })
    expect(repairLog(path, { now, keys })).toMatchObject({ value: { sealIsRemade: true, lostBytes: 0 } })
    expect(errorOf(path, { publicKey })).toBe('opens')
  })
})

describe('a snapshot', () => {
  test('is believed only with a signature where there is a key', () => {
    const facts = ['a', ...Array.from({ length: 3 }, () => 'x'.repeat(40_000))]
    const path = logOf(facts, keys)
    expect(readSnapshot(systemFiles, snapshotPathOf(path), { publicKey })).toMatchObject({ end: expect.any(Number) })
    copyFileSync(snapshotPathOf(logOf(facts)), snapshotPathOf(path))
    expect(readSnapshot(systemFiles, snapshotPathOf(path), { publicKey })).toBe('mismatch')
    expect(errorOf(path, { publicKey })).toBe('opens')
  })
})

test('logs of other names in one directory have a seal each', () => {
  const directory = newDirectory('keys')
  for (const name of ['a.log', 'b.log', 'a']) {
    const store = opened(join(directory, name))
    expect(store.commitBatch(`(sem @x y "${name}" :src @observation :c 0.9 :v 2024-01-15)`, now).ok).toBe(true)
    store.close()
  }
  for (const name of ['a.log', 'b.log', 'a']) opened(join(directory, name)).close()
  expect(readdirSync(directory).sort()).toEqual(['a', 'a.log', 'a.log.seal', 'a.seal', 'b.log', 'b.log.seal'])
})
