import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { normal } from '#memory/integer.ts'
import { snapshotPathOf } from '#memory/load.ts'
import { MemoryReader } from '#memory/reader.ts'
import { Store } from '#memory/store.ts'
import { storeErrorText } from '#memory/store-error.ts'
import { newDirectory } from '../postern.ts'
import { core, programs } from './vectors.ts'

interface Input {
  readonly text: string
  readonly now: string
}

const histories: { name: string; batches: Input[]; queries: string[] }[] = [
  ...core().scenarios.map(({ name, steps }) => ({
    name,
    batches: steps.flatMap(({ op, input: text = '', now = '0' }) => (op === 'commit' ? [{ text, now }] : [])),
    queries: steps.flatMap(({ op, input = '' }) => (op === 'query' ? [input] : [])),
  })),
  ...programs().map(({ name, steps }) => ({
    name,
    batches: steps.flatMap(({ commit, now = '0' }) => (commit === undefined ? [] : [{ text: commit, now }])),
    queries: steps.flatMap(({ query }) => (query === undefined ? [] : [query])),
  })),
]

function opened(path: string): Store {
  const store = Store.open(path, { now: 0 })
  if (!store.ok) throw new Error(storeErrorText(store.error))
  return store.value
}

function run(store: Store, batches: readonly Input[]): unknown[] {
  return batches.map(({ text, now }) => store.commitBatch(text, normal(BigInt(now))))
}

/** So much text that closing finds a snapshot worth its while. */
const bulk = Array.from({ length: 3 }, (_, at) => ({
  text: `(sem @bulk b${at} "${'x'.repeat(30_000)}" :src @observation :c 0.9 :v 2024-01-15)`,
  now: '1900000000000',
}))

const all = ':include_retired true :include_projected true :show_framing true :explain_filtered true :limit 100000'
const probes = ['sem', 'epi', 'pro', 'inf'].flatMap(kind => [
  `(query :kind ${kind} ${all})`,
  `(query :kind ${kind} ${all} :as_of 2024-03-01)`,
  `(query :kind ${kind} ${all} :as_committed 2024-04-18)`,
])

test.each(histories)('a store opened from its snapshot equals one that is replayed: $name', ({ batches, queries }) => {
  const half = Math.floor(batches.length / 2)
  const first = opened(join(newDirectory('snapshot'), 'canonical.log'))
  run(first, [...batches.slice(0, half), ...bulk])
  const { path } = first
  first.close()
  expect(existsSync(snapshotPathOf(path))).toBe(true)
  const replayed = join(newDirectory('snapshot'), 'canonical.log')
  copyFileSync(path, replayed)
  const stores = [opened(path), opened(replayed)] as const
  const [quick, slow] = stores
  expect(stores.map(({ replayedFrom }) => replayedFrom)).toEqual([first.length, 0])
  for (const query of [...queries, ...probes]) expect(quick.query(query)).toEqual(slow.query(query))
  const rest = batches.slice(half)
  expect(run(quick, rest)).toEqual(run(slow, rest))
  for (const query of [...queries, ...probes]) expect(quick.query(query)).toEqual(slow.query(query))
  for (const store of stores) store.close()
  expect(readFileSync(path).equals(readFileSync(replayed))).toBe(true)
  rmSync(snapshotPathOf(replayed), { force: true })
  const readers = [path, replayed].map(log => MemoryReader.open(log))
  for (const query of [...queries, ...probes]) {
    const [one, other] = readers.map(reader => reader.ok && reader.value.query(query))
    expect(one).toEqual(other)
  }
})
