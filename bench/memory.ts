import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { decodeRecord } from '#memory/canonical/decode.ts'
import { systemFiles, temporaryFiles } from '#memory/canonical/files.ts'
import { LogFile } from '#memory/canonical/log-file.ts'
import { snapshotPathOf } from '#memory/load.ts'
import { MemoryReader } from '#memory/reader.ts'
import { Store } from '#memory/store.ts'
import { median } from './measure.ts'
import { fact, factBatches, link, pointQuery } from './memory-corpus.ts'

/**
 * The memory core: `node bench/memory.ts [--memories 100000] [--records 1000000] [--links 16384] [--directory /tmp]`.
 * Commits are synced, so their time is mostly the disk's; CPU stands beside it. The figures of the reference were
 * measured elsewhere (2 noisy cores, release build) and are constants here: they say how it grows, not how far ahead
 * one is.
 */
const { values } = parseArgs({
  options: {
    memories: { type: 'string', default: '100000' },
    records: { type: 'string', default: '1000000' },
    links: { type: 'string', default: '16384' },
    directory: { type: 'string', default: tmpdir() },
  },
})
const memories = Number(values.memories)
const directory = mkdtempSync(join(values.directory, 'memory-bench-'))

interface Row {
  readonly what: string
  readonly ours: string
  /** Measured elsewhere. */
  readonly reference: string
}

const rows: Row[] = []
const commitP50: number[] = []
/** Numbers of the facts that are committed one at a time. */
let single = 10_000_000

try {
  commits()
  opens(join(directory, 'log', 'canonical.log'), `${memories} memories`, '367 to 946 ms')
  reads()
  decode()
  chain()
  million()
  print()
} finally {
  rmSync(directory, { recursive: true, force: true })
}

/** One fact a batch, at three sizes of the log. */
function commits(): void {
  const path = join(directory, 'log', 'canonical.log')
  const store = opened(path)
  let done = 0
  for (const size of [1_000, 10_000, 100_000].filter(each => each <= memories)) {
    for (const batch of factBatches(done, size, 1_000)) commit(store, batch)
    done = size
    const times = singles(store, 300)
    const p50 = median(times.wall)
    commitP50.push(p50)
    row(
      `commits at ${size} memories, synced`,
      `${(1000 / mean(times.wall)).toFixed(0)} batches/s, p50 ${ms(p50)}, CPU ${ms(times.cpu)}`,
      size === 100_000 ? 'one: 114 to 283 ms' : '',
    )
  }
  store.close()
  const [first = 0] = commitP50
  row('p50 at the largest as times that at the smallest', `${((commitP50.at(-1) ?? 0) / first).toFixed(2)}`, '')
}

function singles(store: Store, count: number): { readonly wall: number[]; readonly cpu: number } {
  for (let i = 0; i < 50; i++) commit(store, fact(single++)) // for the compiler
  const began = cpuMs()
  const wall = Array.from({ length: count }, () => timed(() => commit(store, fact(single++))))
  return { wall, cpu: (cpuMs() - began) / count }
}

/** With the snapshot that the last writer left, and without. */
function opens(path: string, what: string, reference: string): void {
  const size = `${(statSync(path).size / 1e6).toFixed(1)} MB`
  const open = () => unwrap(MemoryReader.open(path)).close()
  if (systemFiles.kind(snapshotPathOf(path)) === 'file') {
    row(`open ${what} (${size}), with snapshot`, cpuAndWall(5, open), '')
    systemFiles.remove(snapshotPathOf(path))
  } else row(`open ${what} (${size}), with snapshot`, 'no snapshot was written', '')
  row(`open ${what}, without`, cpuAndWall(3, open), reference)
}

function reads(): void {
  const reader = unwrap(MemoryReader.open(join(directory, 'log', 'canonical.log')))
  let seed = 1
  const next = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    return seed % memories
  }
  const ask = (index: number) => {
    const answer = reader.query(pointQuery(index))
    if (!answer.ok || answer.value.records.length !== 1) throw new Error(`no answer to ${pointQuery(index)}`)
  }
  for (let i = 0; i < 5_000; i++) ask(next())
  const times = Array.from({ length: 50_000 }, () => timed(() => ask(next()))).sort((a, b) => a - b)
  const at = (share: number) => `${((times[Math.floor(times.length * share)] ?? 0) * 1000).toFixed(1)} µs`
  row(`point query at ${memories} memories`, `p50 ${at(0.5)}, p95 ${at(0.95)}`, 'p50 2.7 to 4.7 µs')
  reader.close()
}

function decode(): void {
  const log = unwrap(LogFile.openForReading(systemFiles, join(directory, 'log', 'canonical.log')))
  const bytes = unwrap(log.read(0, log.length))
  log.close()
  const all = () => {
    for (let at = 0; at < bytes.length; ) at += unwrap(decodeRecord(bytes, at)).length
  }
  all()
  const began = cpuMs()
  for (let i = 0; i < 3; i++) all()
  row('decode', `${((bytes.length * 3) / 1000 / (cpuMs() - began)).toFixed(0)} MB per CPU second`, '57 to 133 MB/s')
}

function chain(): void {
  const links = Number(values.links)
  const path = join(directory, 'chain', 'canonical.log')
  const store = opened(path)
  const all = Array.from({ length: links }, (_, index) => link(index))
  row(
    `chain of ${links} links: committed, synced one by one`,
    cpuAndWall(1, () => {
      for (const each of all) commit(store, each)
    }),
    '56 s',
  )
  store.close()
  const unsynced = unwrap(Store.open(join(directory, 'unsynced', 'canonical.log'), { now: 1, files: temporaryFiles }))
  const withoutDisk = cpuAndWall(1, () => {
    for (const each of all) commit(unsynced, each)
  })
  row('  committed one by one, without waiting for the disk', withoutDisk, '')
  unsynced.close()
  const other = opened(join(directory, 'chain-in-few', 'canonical.log'))
  const few = Array.from({ length: Math.ceil(links / 8192) }, (_, at) => all.slice(at * 8192, (at + 1) * 8192))
  const inFew = cpuAndWall(1, () => {
    for (const batch of few) commit(other, batch.join('\n'))
  })
  row('  committed, 8192 a batch', inFew, '')
  other.close()
  const reopened = () => unwrap(MemoryReader.open(path)).close()
  const snapshot = snapshotPathOf(path)
  const isThere = systemFiles.kind(snapshot) === 'file'
  row('  reopened with snapshot', isThere ? cpuAndWall(3, reopened) : 'no snapshot was written', '')
  if (isThere) systemFiles.remove(snapshot)
  row('  reopened without', cpuAndWall(3, reopened), '60 s')
  const reader = unwrap(MemoryReader.open(path))
  const ask = (text: string) =>
    cpuAndWall(5, () => {
      const answer = reader.query(text)
      if (!answer.ok || answer.value.records.length !== 1) throw new Error(text)
    })
  row('  queried: now', ask('(query :s @chain :p @state)'), '450 ms')
  row('  queried: as of its middle', ask('(query :s @chain :p @state :as_of 2020-01-06T00:00:00Z)'), '')
  reader.close()
}

/** A memory is two records: its symbol and itself. */
function million(): void {
  const records = Number(values.records)
  const path = join(directory, 'million', 'canonical.log')
  const store = opened(path)
  for (const batch of factBatches(0, Math.floor(records / 2), 5_000)) commit(store, batch)
  store.close()
  opens(path, `${records} records`, '')
}

function opened(path: string): Store {
  return unwrap(Store.open(path, { now: Date.now() }))
}

function commit(store: Store, text: string): void {
  unwrap(store.commitBatch(text, Date.now()))
}

function row(what: string, ours: string, reference: string): void {
  rows.push({ what, ours, reference })
  process.stderr.write(`${what}: ${ours}\n`)
}

function print(): void {
  const head = { what: 'memory', ours: 'Postern', reference: 'reference (measured elsewhere)' }
  const all = [head, ...rows]
  const width = (key: keyof Row) => Math.max(...all.map(each => each[key].length))
  for (const each of all) {
    const cells = [each.what.padEnd(width('what')), each.ours.padEnd(width('ours')), each.reference]
    process.stdout.write(`${cells.join('  ').trimEnd()}\n`)
  }
}

/** Medians: other programs share the machine. */
function cpuAndWall(runs: number, work: () => void): string {
  const cpu: number[] = []
  const wall = Array.from({ length: runs }, () => {
    const began = cpuMs()
    const took = timed(work)
    cpu.push(cpuMs() - began)
    return took
  })
  return `CPU ${ms(median(cpu))}, wall ${ms(median(wall))}`
}

function timed(work: () => void): number {
  const began = performance.now()
  work()
  return performance.now() - began
}

function mean(figures: readonly number[]): number {
  return figures.reduce((sum, each) => sum + each, 0) / figures.length
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function ms(figure: number): string {
  if (figure >= 10_000) return `${(figure / 1000).toFixed(1)} s`
  if (figure < 0.1) return `${(figure * 1000).toFixed(0)} µs`
  return figure < 10 ? `${figure.toFixed(2)} ms` : `${figure.toFixed(0)} ms`
}

function unwrap<T>(result: { ok: true; value: T } | { ok: false; error: { code: string } }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}
