import { describe, expect, test } from 'vitest'
import type { Machine } from '#memory/canonical/lock.ts'
import { MemoryReader } from '#memory/reader.ts'
import { Store } from '#memory/store.ts'
import { storeErrorText } from '#memory/store-error.ts'
import { Disk, PowerLoss, type Random } from './canonical/disk.ts'

const path = '/memory/canonical.log'
const now = 1_713_350_400_000

/** Each start of the machine has a number of its own; nobody of an earlier one is there any more. */
function machineOf(boot: number): Machine {
  return { pid: 1, host: 'h', boot: `b${boot}`, pidSpace: 'p', startOf: pid => (pid === 1 ? `s${boot}` : undefined) }
}

function opened(files: Disk, boot: number): Store {
  const store = Store.open(path, { now: now + boot, files, machine: machineOf(boot) })
  if (!store.ok) throw new Error(storeErrorText(store.error))
  return store.value
}

/** Long enough, once in a while, that closing writes a snapshot. */
function batch(n: number): string {
  const text = 'x'.repeat(n % 3 === 2 ? 30_000 : n * 40)
  return ['a', 'b', 'c']
    .map(name => `(sem @writer ${name}_${n} "${n} ${text}" :src @observation :c 0.9 :v 2024-01-15)`)
    .join('\n')
}

/** Opens and commits until the power fails; the numbers that were acknowledged. */
function live(disk: Disk, boot: number, first: number): number {
  let next = first
  try {
    for (const count of [2, 3]) {
      const store = opened(disk, boot)
      for (let n = 0; n < count; n++) {
        if (!store.commitBatch(batch(next), now + next).ok) throw new Error('not committed')
        next++
      }
      store.close()
    }
  } catch (thrown) {
    if (!(thrown instanceof PowerLoss)) throw thrown
  }
  return next
}

/** How many batches are there, all of them whole. */
function batchesIn(pipeline: Pick<Store, 'query'>): number {
  const result = pipeline.query('(query :kind sem :limit 100000)')
  if (!result.ok) throw new Error(result.error.code)
  const numbers = result.value.records.map(record =>
    record.type === 'sem' && record.object.type === 'string' ? Number.parseInt(record.object.value, 10) : -1,
  )
  expect(numbers).toEqual(numbers.map((_number, at) => Math.floor(at / 3)))
  expect(numbers.length % 3).toBe(0)
  return numbers.length / 3
}

function generator(seed: number): Random {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

describe('when the power fails', () => {
  const whole = new Disk()
  const count = live(whole, 0, 0)

  test('never, everything is there', () => {
    expect([count, batchesIn(opened(whole, 1))]).toEqual([5, 5])
    expect(whole.operations).toBeGreaterThan(50)
  })

  test('at any operation and then at another, every acknowledged batch is there and nothing half is', () => {
    for (let at = 0; at < whole.operations; at++) {
      for (let way = 1; way <= 12; way++) {
        const random = generator(at * 1_000 + way)
        const disk = new Disk(at)
        const acknowledged = live(disk, 0, 0)
        const second = disk.afterLoss(random, Math.floor(random() * whole.operations))
        const kept = keptBy(second, acknowledged, `${at}/${way}`)
        const third = second.afterLoss(random)
        const store = opened(third, 2)
        const last = batchesIn(store)
        expect(last).toBeGreaterThanOrEqual(kept)
        expect(store.commitBatch(batch(last), now + last).ok).toBe(true)
        store.close()
        const reader = MemoryReader.open(path, { files: third })
        expect(reader.ok && [reader.value.sealState, batchesIn(reader.value)]).toEqual(['sealed', last + 1])
        expect(third.names.filter(name => name.endsWith('.lock'))).toEqual([])
      }
    }
  }, 120_000)
})

/** Goes on after a first loss until a second; what must be there then. */
function keptBy(disk: Disk, acknowledged: number, label: string): number {
  try {
    const store = opened(disk, 1)
    const kept = batchesIn(store)
    expect(kept, label).toBeGreaterThanOrEqual(acknowledged)
    expect(kept, label).toBeLessThanOrEqual(acknowledged + 1)
    store.close()
    return live(disk, 1, kept)
  } catch (thrown) {
    if (thrown instanceof PowerLoss) return acknowledged
    throw thrown
  }
}
