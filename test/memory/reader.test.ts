import { appendFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { type Files, type OpenFile, systemFiles } from '#memory/canonical/files.ts'
import { scan } from '#memory/canonical/scan.ts'
import { MemoryReader } from '#memory/reader.ts'
import { Store } from '#memory/store.ts'
import { storeErrorText } from '#memory/store-error.ts'
import { isSound, verifyLog } from '#memory/verify.ts'
import { newDirectory } from '../postern.ts'

const now = 1_713_350_400_000

function opened(path: string): Store {
  const store = Store.open(path, { now })
  if (!store.ok) throw new Error(storeErrorText(store.error))
  return store.value
}

function readerOf(path: string, files: Files = systemFiles): MemoryReader {
  const reader = MemoryReader.open(path, { files })
  if (!reader.ok) throw new Error(storeErrorText(reader.error))
  return reader.value
}

function fact(n: number): string {
  return `(sem @alice fact_${n} ${n} :src @observation :c 0.9 :v 2024-01-15)`
}

function numbers(reader: Pick<MemoryReader, 'query'>): number[] {
  const result = reader.query('(query :kind sem)')
  if (!result.ok) throw new Error(result.error.code)
  return result.value.records.map(record =>
    record.type === 'sem' && record.object.type === 'integer' ? Number(record.object.value) : -1,
  )
}

/** A log with `facts`, one a batch, and the bytes of the last. */
function logOf(...facts: readonly number[]): { path: string; last: Buffer } {
  const path = join(newDirectory('reader'), 'canonical.log')
  const store = opened(path)
  for (const n of facts) expect(store.commitBatch(fact(n), now).ok).toBe(true)
  store.close()
  const bytes = readFileSync(path).subarray(8)
  const starts = [...scan(bytes)].map(({ start }) => start)
  return { path, last: bytes.subarray(starts.at(-1)) }
}

test('a batch that its writer could not sync and took back is forgotten, also when another has taken its place', () => {
  const { path } = logOf(1)
  const reader = readerOf(path)
  appendFileSync(path, logOf(1, 2).last)
  expect(reader.refresh().ok).toBe(true)
  expect(numbers(reader)).toEqual([1, 2])
  const store = truncatedTo(path, logOf(1).path)
  expect(store.commitBatch(fact(3), now).ok).toBe(true)
  expect(reader.refresh().ok).toBe(true)
  expect(numbers(reader)).toEqual([1, 3])
})

function truncatedTo(path: string, like: string): Store {
  truncateSync(path, readFileSync(like).length)
  return opened(path)
}

test('a log that was replaced by another is read anew', () => {
  const { path } = logOf(1)
  const reader = readerOf(path)
  const other = dirname(logOf(7, 8).path)
  for (const name of ['canonical.log', 'canonical.seal'])
    systemFiles.rename(join(other, name), join(dirname(path), name))
  expect(reader.refresh().ok).toBe(true)
  expect(numbers(reader)).toEqual([7, 8])
})

/** Files of a reader between whose every two steps a writer commits something. */
function whileWriting(store: Store): Files {
  let n = 100
  const write = () => expect(store.commitBatch(fact(n++), now).ok).toBe(true)
  return {
    ...systemFiles,
    open(path, mode) {
      write()
      const file = systemFiles.open(path, mode)
      const between: OpenFile = {
        facts: () => file.facts(),
        read(target, position) {
          write()
          return file.read(target, position)
        },
        write: (bytes, position) => file.write(bytes, position),
        truncate: size => file.truncate(size),
        sync: () => file.sync(),
        close: () => file.close(),
      }
      return between
    },
  }
}

test('a writer at work is neither damage nor tampering', () => {
  const { path } = logOf(1, 2, 3)
  const store = opened(path)
  const files = whileWriting(store)
  for (let times = 0; times < 10; times++) {
    const reader = readerOf(path, files)
    expect(reader.sealState).toBe('sealed')
    expect(numbers(reader).slice(0, 4)).toEqual([1, 2, 3, 100])
    expect(reader.refresh().ok).toBe(true)
    reader.close()
    const verified = verifyLog(path, { files })
    expect(verified.ok && isSound(verified.value)).toBe(true)
  }
})

test('a sealed log that was cut at any byte, or is gone, is refused and stays as it is', () => {
  const { path } = logOf(1, 2)
  const bytes = readFileSync(path)
  for (let length = 0; length < bytes.length; length++) {
    truncateSync(path, length)
    const reader = MemoryReader.open(path)
    expect([length, reader.ok]).toEqual([length, false])
    expect(Store.open(path, { now }).ok).toBe(false)
    expect(readFileSync(path).equals(bytes.subarray(0, length))).toBe(true)
    writeFileSync(path, bytes)
  }
  rmSync(path)
  expect(Store.open(path, { now })).toMatchObject({ error: { code: 'Log', inner: { code: 'Missing' } } })
  expect(existsSync(path)).toBe(false)
})

test('a file that only claims to be large is refused before anything is set aside for it', () => {
  for (const name of ['canonical.log', 'canonical.seal', 'canonical.snapshot']) {
    const { path } = logOf(1)
    truncateSync(path, readFileSync(path).length)
    const target = join(dirname(path), name)
    appendFileSync(target, '')
    truncateSync(target, 2 ** 42)
    const reader = MemoryReader.open(path)
    if (name === 'canonical.snapshot') expect(reader.ok && numbers(reader.value)).toEqual([1])
    else expect(reader.ok).toBe(false)
  }
})
