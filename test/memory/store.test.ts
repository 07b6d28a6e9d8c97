import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemFiles } from '#memory/canonical/files.ts'
import { acquireLock } from '#memory/canonical/lock.ts'
import { thisMachine } from '#memory/canonical/machine.ts'
import { entryBytes } from '#memory/canonical/seal.ts'
import { MemoryReader } from '#memory/reader.ts'
import { Store, type StoreOptions } from '#memory/store.ts'
import { storeErrorName } from '#memory/store-error.ts'
import { newDirectory } from '../postern.ts'
import { type Faults, faultyFiles } from './canonical/faults.ts'

const now = 1_713_350_400_000

function logPath(): string {
  return join(newDirectory('memory'), 'canonical.log')
}

function opened(path: string, options: Partial<StoreOptions> = {}): Store {
  const store = Store.open(path, { now, ...options })
  if (!store.ok) throw new Error(storeErrorName(store.error))
  return store.value
}

function fact(n: number): string {
  return `(sem @alice fact_${n} "value ${n}" :src @observation :c 0.9 :v 2024-01-15)`
}

function commit(store: Store, n: number, at = now + n): string {
  const committed = store.commitBatch(fact(n), at)
  return committed.ok ? 'ok' : storeErrorName(committed.error)
}

/** The facts that a query finds, by number. */
function facts(store: Pick<Store, 'query'>): number[] {
  const result = store.query('(query :kind sem)')
  if (!result.ok) throw new Error(result.error.code)
  return result.value.records.map(record =>
    record.type === 'sem' && record.object.type === 'string' ? Number(record.object.value.split(' ')[1]) : -1,
  )
}

describe('a store', () => {
  test('keeps what it acknowledged over closing and opening', () => {
    const path = logPath()
    const store = opened(path)
    expect([commit(store, 1), commit(store, 2)]).toEqual(['ok', 'ok'])
    store.close()
    const again = opened(path)
    expect(facts(again)).toEqual([1, 2])
    expect(commit(again, 3)).toBe('ok')
    again.close()
    expect(facts(opened(path))).toEqual([1, 2, 3])
  })

  test('is written by one at a time', () => {
    const path = logPath()
    const store = opened(path, { owner: 'first' })
    expect(Store.open(path, { now })).toMatchObject({ error: { code: 'Locked', holder: { owner: 'first' } } })
    store.close()
    opened(path).close()
    expect(existsSync(`${path}.lock`)).toBe(false)
  })

  test('takes over from a process that is gone, and tells', () => {
    const path = logPath()
    const machine = { ...thisMachine(), pid: 2 ** 30, startOf: () => '1' }
    acquireLock(path, { files: systemFiles, machine, owner: 'dead', now })
    expect(commit(opened(path), 1)).toBe(process.platform === 'linux' ? 'ok' : 'Locked')
  })

  test('changes nothing when a batch does not compile', () => {
    const path = logPath()
    const store = opened(path)
    commit(store, 1)
    const before = store.length
    for (const [input, name] of [
      ['(sem', 'Pipeline.Parse.UnexpectedEof'],
      [
        `${fact(2)} (sem @alice email "x" :src @registry :c 1.0 :v 2024-01-15)`,
        'Pipeline.Semantic.ConfidenceExceedsSourceBound',
      ],
      [`${fact(2)} (query)`, 'Pipeline.Emit.Unsupported'],
    ] as const) {
      const committed = store.commitBatch(input, now + 5)
      expect(committed.ok ? 'ok' : storeErrorName(committed.error)).toBe(name)
    }
    expect(store.commitBatch(fact(2), now, { metadata: { label: 'a'.repeat(257) } })).toMatchObject({
      error: { code: 'InvalidEpisodeMetadata' },
    })
    expect([store.length, facts(store)]).toEqual([before, [1]])
    expect(commit(store, 2)).toBe('ok')
  })

  test('writes nothing more once it is closed', () => {
    const store = opened(logPath())
    store.close()
    store.close()
    expect(commit(store, 1)).toBe('Closed')
  })

  test('creates private files', () => {
    const path = logPath()
    const store = opened(join(path, '..', 'deep', 'er', 'canonical.log'))
    commit(store, 1)
    store.close()
    const directory = join(path, '..', 'deep')
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      expect([entry.name, statSync(join(entry.parentPath, entry.name)).mode & 0o077]).toEqual([entry.name, 0])
    }
  })
})

describe('a commit that the disk refuses', () => {
  const faultyStore = (faults: Faults) => {
    const path = logPath()
    const first = opened(path)
    commit(first, 1)
    first.close()
    const store = opened(path, { files: faultyFiles(faults) })
    return { path, store, before: readFileSync(path) }
  }

  test.each([0, 1, 8, 60, 90])('after %i bytes leaves the log and the state as they were', bytes => {
    const faults: Faults = { writeAfter: { suffix: 'canonical.log', bytes } }
    const { path, store, before } = faultyStore(faults)
    expect(commit(store, 2)).toBe('Log.Io')
    expect(readFileSync(path).equals(before)).toBe(true)
    delete faults.writeAfter
    expect(commit(store, 2)).toBe('ok')
    expect(facts(store)).toEqual([1, 2])
    store.close()
    expect(facts(opened(path))).toEqual([1, 2])
  })

  test('to sync is taken back', () => {
    const { path, store, before } = faultyStore({ sync: { suffix: 'canonical.log', times: 1 } })
    expect(commit(store, 2)).toBe('Log.Io')
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(commit(store, 3)).toBe('ok')
    store.close()
    expect(facts(opened(path))).toEqual([1, 3])
  })

  test('and that cannot be taken back ends the store until it is opened again', () => {
    const { path, store } = faultyStore({
      sync: { suffix: 'canonical.log', times: 1 },
      truncate: { suffix: 'canonical.log', times: 1 },
    })
    expect(commit(store, 2)).toBe('Log.Io')
    expect(commit(store, 3)).toBe('Poisoned')
    expect(facts(store)).toEqual([1])
    store.close()
    // Nobody was told yes, and nobody no: the batch may be there, whole, and what follows builds on that.
    const again = opened(path)
    expect(facts(again)).toEqual([1, 2])
    expect(commit(again, 3)).toBe('ok')
  })

  test('in the middle of an append that cannot be taken back leaves a tail that the next open cuts', () => {
    const { path, store, before } = faultyStore({
      writeAfter: { suffix: 'canonical.log', bytes: 30 },
      truncate: { suffix: 'canonical.log', times: 1 },
    })
    expect(commit(store, 2)).toBe('Log.Io')
    expect(commit(store, 3)).toBe('Poisoned')
    store.close()
    expect(readFileSync(path).length).toBe(before.length + 30)
    expect(facts(opened(path))).toEqual([1])
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('to seal is acknowledged, and sealed before the next', () => {
    const faults: Faults = { writeAfter: { suffix: 'canonical.seal', bytes: 0 } }
    const { path, store } = faultyStore(faults)
    expect(commit(store, 2)).toBe('ok')
    expect(commit(store, 3)).toBe('Seal.Io')
    delete faults.writeAfter
    expect(commit(store, 3)).toBe('ok')
    store.close()
    expect(facts(opened(path))).toEqual([1, 2, 3])
  })
})

describe('a crash', () => {
  function committed(count: number): { readonly path: string; readonly lengths: readonly number[] } {
    const path = logPath()
    const store = opened(path)
    const lengths = Array.from({ length: count }, (_, i) => {
      commit(store, i + 1)
      return store.length
    })
    store.close()
    return { path, lengths }
  }

  test('that cut the last, unsealed batch anywhere loses that batch and no other', () => {
    const { path, lengths } = committed(3)
    const log = readFileSync(path)
    const seal = readFileSync(join(path, '..', 'canonical.seal')).subarray(0, 16 + 2 * entryBytes)
    const [, second = 0, third = 0] = lengths
    for (let length = second + 1; length < third; length++) {
      const directory = newDirectory('cut')
      const cut = join(directory, 'canonical.log')
      writeFileSync(cut, log.subarray(0, 8 + length), { mode: 0o600 })
      writeFileSync(join(directory, 'canonical.seal'), seal, { mode: 0o600 })
      const store = opened(cut)
      expect(facts(store)).toEqual([1, 2])
      expect(store.length).toBe(second)
      expect(commit(store, 4)).toBe('ok')
      store.close()
    }
  })

  test('between log and seal is mended by the next writer', () => {
    const { path } = committed(3)
    const seal = join(path, '..', 'canonical.seal')
    truncateSync(seal, 16 + 2 * entryBytes + 50)
    const store = opened(path)
    expect(commit(store, 4)).toBe('ok')
    store.close()
    expect(facts(opened(path))).toEqual([1, 2, 3, 4])
  })

  test('before the header was written leaves a file that becomes a log', () => {
    for (let length = 0; length < 8; length++) {
      const path = logPath()
      writeFileSync(path, Buffer.from([0x4d, 0x49, 0x4d, 0x52, 1, 0, 0, 0]).subarray(0, length), { mode: 0o600 })
      expect(commit(opened(path), 1)).toBe('ok')
    }
  })
})

describe('a seal', () => {
  test('whose last entries were taken away is told from a crash', () => {
    const path = logPath()
    const store = opened(path)
    for (const n of [1, 2, 3]) commit(store, n)
    store.close()
    truncateSync(join(path, '..', 'canonical.seal'), 16 + entryBytes)
    expect(Store.open(path, { now })).toMatchObject({ error: { code: 'Seal', inner: { code: 'Behind', batches: 2 } } })
    expect(existsSync(`${path}.lock`)).toBe(false)
    const reader = MemoryReader.open(path)
    expect(reader.ok && reader.value.sealState).toBe('behind')
  })

  test('shows a log that was cut, though every batch in it is whole', () => {
    const path = logPath()
    const store = opened(path)
    commit(store, 1)
    const first = store.length
    commit(store, 2)
    store.close()
    truncateSync(path, 8 + first)
    expect(Store.open(path, { now })).toMatchObject({ error: { code: 'Seal', inner: { code: 'LogShorter' } } })
    expect(readFileSync(path).length).toBe(8 + first)
  })

  test('is begun over a log that has none, as one entry', () => {
    const path = logPath()
    const store = opened(path, { sealed: false })
    for (const n of [1, 2, 3]) commit(store, n)
    store.close()
    expect(existsSync(join(path, '..', 'canonical.seal'))).toBe(false)
    const reader = MemoryReader.open(path)
    expect(reader.ok && reader.value.sealState).toBe('unsealed')
    opened(path).close()
    expect(statSync(join(path, '..', 'canonical.seal')).size).toBe(16 + entryBytes)
  })
})

describe('a reader', () => {
  function snapshotOf(directory: string): string {
    return readdirSync(directory)
      .sort()
      .map(name => {
        const { size, mtimeMs, mode } = statSync(join(directory, name))
        return `${name} ${size} ${mtimeMs} ${mode}`
      })
      .join('\n')
  }

  test('creates nothing, cuts nothing, takes no lock', () => {
    const path = logPath()
    const store = opened(path)
    commit(store, 1)
    store.close()
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from([1, 5])]))
    const directory = join(path, '..')
    const before = snapshotOf(directory)
    const reader = MemoryReader.open(path)
    if (!reader.ok) throw new Error(storeErrorName(reader.error))
    expect(facts(reader.value)).toEqual([1])
    reader.value.close()
    expect(snapshotOf(directory)).toBe(before)
    const missing = join(newDirectory('memory'), 'x', 'canonical.log')
    expect(MemoryReader.open(missing)).toMatchObject({ error: { code: 'Log', inner: { code: 'Missing' } } })
    expect(existsSync(join(missing, '..'))).toBe(false)
  })

  test('follows a writer, whole batches only', () => {
    const path = logPath()
    const store = opened(path)
    commit(store, 1)
    const reader = MemoryReader.open(path)
    if (!reader.ok) throw new Error(storeErrorName(reader.error))
    expect(facts(reader.value)).toEqual([1])
    commit(store, 2)
    expect(facts(reader.value)).toEqual([1])
    expect(reader.value.refresh().ok).toBe(true)
    expect(facts(reader.value)).toEqual([1, 2])
    const torn = Buffer.concat([readFileSync(path), Buffer.from([0x30, 0x11, 0x04])])
    writeFileSync(path, torn)
    expect(reader.value.refresh().ok).toBe(true)
    expect(facts(reader.value)).toEqual([1, 2])
  })

  test('starts anew when the log was replaced', () => {
    const path = logPath()
    const store = opened(path)
    commit(store, 1)
    const reader = MemoryReader.open(path)
    if (!reader.ok) throw new Error(storeErrorName(reader.error))
    store.close()
    const other = logPath()
    const second = opened(other)
    commit(second, 7)
    second.close()
    for (const name of ['canonical.log', 'canonical.seal']) {
      systemFiles.rename(join(other, '..', name), join(path, '..', name))
    }
    truncateSync(path, 8)
    writeFileSync(path, readFileSync(path))
    expect(reader.value.refresh().ok).toBe(false)
  })
})

describe('what is no log', () => {
  test('is left byte for byte as it is', () => {
    for (const bytes of [Buffer.from('hello world'), Buffer.from('MIMR\x02\0\0\0'), Buffer.from('%PDF-1.7')]) {
      const path = logPath()
      writeFileSync(path, bytes, { mode: 0o600 })
      expect(Store.open(path, { now })).toMatchObject({ error: { code: 'Log', inner: { code: 'IncompatibleFormat' } } })
      expect(MemoryReader.open(path).ok).toBe(false)
      expect(readFileSync(path).equals(bytes)).toBe(true)
    }
  })

  test('is not opened: a directory, a link, a pipe, a device', () => {
    const directory = newDirectory('memory')
    mkdirSync(join(directory, 'directory'))
    writeFileSync(join(directory, 'target'), '')
    symlinkSync(join(directory, 'target'), join(directory, 'link'))
    symlinkSync('/dev/zero', join(directory, 'device'))
    execFileSync('mkfifo', [join(directory, 'pipe')])
    for (const name of ['directory', 'link', 'device', 'pipe']) {
      const path = join(directory, name)
      expect(Store.open(path, { now })).toMatchObject({ error: { code: 'Log', inner: { code: 'NotAFile' } } })
      expect(MemoryReader.open(path)).toMatchObject({ error: { code: 'Log', inner: { code: 'NotAFile' } } })
    }
    expect(readFileSync(join(directory, 'target')).length).toBe(0)
  })

  test.skipIf(process.getuid?.() === 0)('and one that may not be read or written is told so', () => {
    const path = logPath()
    opened(path).close()
    chmodSync(path, 0o400)
    expect(Store.open(path, { now })).toMatchObject({ error: { code: 'Log', inner: { code: 'Io', errno: 'EACCES' } } })
    chmodSync(path, 0o000)
    expect(MemoryReader.open(path)).toMatchObject({ error: { code: 'Log', inner: { code: 'Io', errno: 'EACCES' } } })
  })
})
