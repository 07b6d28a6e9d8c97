import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Files, systemFiles } from '#memory/canonical/files.ts'
import { acquireLock } from '#memory/canonical/lock.ts'
import { thisMachine } from '#memory/canonical/machine.ts'
import { MemoryReader } from '#memory/reader.ts'
import { planRepair, repairLog } from '#memory/repair.ts'
import { Store, type StoreOptions } from '#memory/store.ts'
import { type Signal, traceTo } from '#memory/trace.ts'
import { verifyLog } from '#memory/verify.ts'
import { newDirectory } from '../postern.ts'

class Stream {
  readonly signals: Signal[] = []
  readonly trace = traceTo(signal => this.signals.push(signal))

  of(name: Signal['name']): readonly Signal[] {
    return this.signals.filter(signal => signal.name === name)
  }

  fieldsOf(name: Signal['name']): readonly Signal['fields'][] {
    return this.of(name).map(({ fields }) => fields)
  }
}

function open(path: string, stream: Stream, more: Partial<StoreOptions> = {}): Store {
  const opened = Store.open(path, { now: 1000, trace: stream.trace, ...more })
  if (!opened.ok) throw new Error(JSON.stringify(opened.error))
  return opened.value
}

function fresh(stream: Stream, more: Partial<StoreOptions> = {}): { store: Store; path: string } {
  const path = join(newDirectory('memory'), 'canonical.log')
  return { store: open(path, stream, more), path }
}

/** Files of which a step fails as long as `fails` says so. */
function failing(fails: (step: 'sync' | 'write' | 'truncate') => boolean): Files {
  const check = (step: 'sync' | 'write' | 'truncate') => {
    if (fails(step)) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
  }
  return {
    ...systemFiles,
    open(path, mode) {
      const file = systemFiles.open(path, mode)
      if (!path.endsWith('canonical.log')) return file
      return {
        facts: () => file.facts(),
        read: (target, position) => file.read(target, position),
        close: () => file.close(),
        write(bytes, position) {
          check('write')
          file.write(bytes, position)
        },
        sync() {
          check('sync')
          file.sync()
        },
        truncate(size) {
          check('truncate')
          file.truncate(size)
        },
      }
    },
  }
}

const fact = (value: string, second: number) =>
  `(sem @alice email ${value} :src @observation :c 0.5 :v 1970-01-01T00:00:0${second}Z :projected true)`

describe('spans', () => {
  test('of a commit and the compile in it tell sizes and counts', () => {
    const stream = new Stream()
    const { store } = fresh(stream)
    const input = fact('"é"', 1)
    expect(store.commitBatch(input, 1000).ok).toBe(true)
    store.close()
    expect(stream.fieldsOf('postern.pipeline.compile_batch')).toEqual([
      { input_len: Buffer.byteLength(input), record_count: 5, memory_count: 1, edge_count: 0 },
    ])
    expect(stream.of('postern.pipeline.compile_batch')[0]?.within).toEqual(['postern.commit.batch'])
    expect(stream.fieldsOf('postern.commit.batch')).toEqual([
      {
        log_offset_before: 0,
        log_offset_after: store.length,
        record_count: 5,
        episode_id: '#4',
        fsync_micros: expect.any(Number),
      },
    ])
  })

  test.each([
    ['lexed', '(sem @alice email "'],
    ['parsed', '(sem)'],
    ['bound', '(rename @nobody @somebody)'],
    ['checked', '(sem @alice email 1 :src @profile :c 1 :v 1970-01-01)'],
    ['emitted', '(promote @alice)'],
  ])('of a batch that cannot be %s have none of the fields of success', (_stage, input) => {
    const stream = new Stream()
    const { store } = fresh(stream)
    expect(store.commitBatch(input, 1000).ok).toBe(false)
    expect(stream.fieldsOf('postern.pipeline.compile_batch')).toEqual([{ input_len: input.length }])
    expect(stream.fieldsOf('postern.commit.batch')).toEqual([{ log_offset_before: 0 }])
    store.close()
  })
})

describe('supersession', () => {
  const kept = (fields: Signal['fields'] | undefined) => Object.keys(fields ?? {}).sort()

  test('of facts, forward and retroactive, names ids and no values', () => {
    const stream = new Stream()
    const { store } = fresh(stream)
    for (const [second, value] of [2, 4, 3].entries()) store.commitBatch(fact(String(second), value), 1000)
    store.close()
    expect(stream.fieldsOf('postern.supersession')).toEqual([
      { kind: 'semantic', direction: 'forward', s: '#0', p: '#1', old_memory_id: '#3', new_memory_id: '#5' },
      { kind: 'semantic', direction: 'retroactive', s: '#0', p: '#1', old_memory_id: '#5', new_memory_id: '#7' },
    ])
    expect(stream.of('postern.supersession')[0]).toMatchObject({
      level: 'info',
      within: ['postern.commit.batch', 'postern.pipeline.compile_batch'],
    })
  })

  test('of conclusions', () => {
    const stream = new Stream()
    const { store } = fresh(stream)
    store.commitBatch(fact('1', 1), 1000)
    for (const second of [2, 3]) {
      const time = `1970-01-01T00:00:0${second}Z :projected true`
      store.commitBatch(`(inf @alice likes ${second} (@__mem_0) @direct_lookup :c 0.5 :v ${time})`, 1000)
    }
    store.close()
    expect(stream.fieldsOf('postern.supersession')).toMatchObject([{ kind: 'inferential', direction: 'forward' }])
    expect(kept(stream.fieldsOf('postern.supersession')[0])).toEqual(
      ['direction', 'kind', 'new_memory_id', 'old_memory_id', 'p', 's'].sort(),
    )
  })

  test('of rules counts one or two that were replaced', () => {
    const stream = new Stream()
    const { store } = fresh(stream)
    const rule = (name: string, trigger: string) => `(pro @${name} "${trigger}" "do" :scp @all :src @policy :c 1)`
    for (const batch of [rule('a', 't1'), rule('b', 't2'), rule('a', 't3'), rule('b', 't3')]) {
      expect(store.commitBatch(batch, 1000).ok).toBe(true)
    }
    store.close()
    expect(stream.fieldsOf('postern.supersession')).toMatchObject([
      { kind: 'procedural', superseded_count: 1 },
      { kind: 'procedural', superseded_count: 2 },
    ])
    expect(kept(stream.fieldsOf('postern.supersession')[0])).toEqual(
      ['kind', 'new_memory_id', 'rule_id', 'superseded_count'].sort(),
    )
  })

  test('is an attempt: a batch that fails later leaves its events and no length', () => {
    const stream = new Stream()
    const { store } = fresh(stream)
    store.commitBatch(fact('1', 1), 1000)
    expect(store.commitBatch(`${fact('2', 2)} (promote @__mem_0)`, 1000).ok).toBe(false)
    store.close()
    expect(stream.of('postern.supersession')).toHaveLength(1)
    expect(kept(stream.fieldsOf('postern.commit.batch').at(-1))).toEqual(['log_offset_before'])
  })
})

describe('recovery', () => {
  test('of a fresh store says nothing, of a log what it holds', () => {
    const stream = new Stream()
    const { store, path } = fresh(stream)
    expect(stream.signals).toEqual([])
    store.commitBatch(`${fact('1', 1)} (rename @alice @bob)`, 1000)
    store.close()
    open(path, stream).close()
    expect(stream.fieldsOf('postern.recovery.symbol_replay')).toEqual([
      {
        symbol_alloc_count: 5,
        symbol_mutation_count: 1,
        checkpoint_count: 1,
        next_memory_counter: 1,
        next_episode_counter: 1,
      },
    ])
  })

  test('of a torn tail tells once how much was cut off', () => {
    const stream = new Stream()
    const { store, path } = fresh(stream)
    store.commitBatch(fact('1', 1), 1000)
    store.close()
    appendFileSync(path, Uint8Array.of(1, 5, 0))
    open(path, stream).close()
    open(path, stream).close()
    const { length } = store
    expect(stream.fieldsOf('postern.recovery.orphan_truncated')).toEqual([
      { log_len_before: length + 3, committed_end: length, orphan_bytes: 3 },
    ])
    expect(stream.of('postern.recovery.orphan_truncated')[0]?.level).toBe('warn')
  })

  test('of a failed commit tells where the log ends again', () => {
    let isFull = false
    const stream = new Stream()
    const { store } = fresh(stream, { files: failing(step => isFull && step === 'sync') })
    store.commitBatch(fact('1', 1), 1000)
    isFull = true
    expect(store.commitBatch(fact('2', 2), 1000).ok).toBe(false)
    isFull = false
    store.close()
    expect([
      ...stream.fieldsOf('postern.commit.rolled_back'),
      ...stream.fieldsOf('postern.commit.poisoned'),
    ]).toMatchObject([{ cause: 'sync' }])
  })
})

describe('a marker in every string, name, label, reason, path and query', () => {
  const marker = 'zqcanary'

  /** Writes, reads, failures and recovery with everything captured. */
  function everything(stream: Stream): number {
    const directory = join(newDirectory('memory'), `${marker}-directory`)
    mkdirSync(directory, { mode: 0o700 })
    const path = join(directory, 'canonical.log')
    const gone = { ...thisMachine(), pid: 999_999_999, startOf: () => '1' }
    acquireLock(path, { files: systemFiles, machine: gone, owner: `${marker} owner`, now: 1 })
    let broken: 'sync' | 'write' | undefined
    const store = open(path, stream, { owner: marker, files: failing(step => step === broken) })
    const results = batches(marker).map(input => store.commitBatch(input, 1000).ok)
    for (const step of ['write', 'sync'] as const) {
      broken = step
      results.push(store.commitBatch(fact(`"${marker}"`, 9), 1000).ok)
    }
    broken = undefined
    const queries = [`(query :s @${marker}_s)`, `(query :s "${marker}")`, `(${marker}`, `(query :kind ${marker})`]
    for (const query of queries) store.query(query)
    store.commitBatch('', 1000, { metadata: { label: marker.repeat(40) } })
    store.close()
    const reader = MemoryReader.open(path, { trace: stream.trace })
    if (reader.ok) for (const query of queries) reader.value.query(query)
    if (reader.ok) reader.value.close()
    writeFileSync(join(directory, 'canonical.snapshot'), marker)
    appendFileSync(path, Uint8Array.of(5, ...Buffer.from(marker)))
    Store.open(path, { now: 1000, trace: stream.trace })
    MemoryReader.open(path, { trace: stream.trace })
    verifyLog(path)
    planRepair(path, { now: 1 })
    repairLog(path, { now: 1 })
    appendFileSync(path, Uint8Array.of(1, 99, ...Buffer.from(marker)))
    open(path, stream).close()
    expect(readFileSync(path).includes(marker)).toBe(true)
    return results.filter(ok => ok).length
  }

  function batches(mark: string): string[] {
    const at = ':projected true :v 2030-01-01T00:00:0'
    return [
      `(sem @${mark}_s ${mark}_p "${mark} value" :src @${mark}_source :c 0.5 ${at}1Z)`,
      `(sem @${mark}_s ${mark}_p "${mark} other" :src @${mark}_source :c 0.5 ${at}3Z)`,
      `(sem @${mark}_s ${mark}_p "${mark} before" :src @${mark}_source :c 0.5 ${at}2Z)`,
      `(epi @${mark}_e @${mark}_type (@${mark}_who) @${mark}_where :at 1970-01-01 :obs 1970-01-01 :src @observation :c 1)`,
      `(pro @${mark}_r "${mark} trigger" "${mark} action" :pre "${mark} if" :scp @${mark}_scope :src @policy :c 1)`,
      `(pro @${mark}_r "${mark} trigger" "${mark} new" :scp @${mark}_scope :src @policy :c 1)`,
      `(inf @${mark}_s ${mark}_p "${mark} so" (@__mem_0) @direct_lookup :c 0.5 ${at}1Z)`,
      `(inf @${mark}_s ${mark}_p "${mark} so" (@__mem_0) @direct_lookup :c 0.5 ${at}2Z)`,
      `(episode :start :label "${mark} label") (pin @__mem_0 :actor @${mark}_who)`,
      `(rename @${mark}_s @${mark}_s2) (alias @${mark}_s2 @${mark}_s3) (retire @${mark}_who :reason "${mark} reason")`,
      `(sem @${mark}_s2 ${mark}_p 1 :src @${mark}_source :c 0.5 ${at}3Z)`,
      `"${mark}`,
      `(${mark})`,
      `(sem @${mark}:${mark} p 1)`,
      `(rename @${mark}_unknown @${mark}_x)`,
      `(sem @${mark}_p x "${mark}" :src @profile :c 1 :v 1970-01-01)`,
      `(sem @a @b @c:${mark} :src @d :c 0.5 :v 1970-01-01)`,
      `(inf @a @b "${mark}" (@__mem_0) @${mark}_method :c 0.5 :v 1970-01-01)`,
      `(promote @${mark})`,
      `(pro @${mark}_r "${mark}" 1 :scp @s :src @policy :c 1) (pro @${mark}_r "${mark}" 2 :scp @s :src @policy :c 1)`,
    ]
  }

  test('is nowhere in the stream, although everything happened', () => {
    const stream = new Stream()
    expect(everything(stream)).toBeGreaterThanOrEqual(10)
    expect(JSON.stringify(stream.signals)).not.toContain(marker)
    expect([...new Set(stream.signals.map(({ name }) => name))].sort()).toEqual(
      expect.arrayContaining([
        'postern.commit.batch',
        'postern.commit.rolled_back',
        'postern.lock.taken_over',
        'postern.pipeline.compile_batch',
        'postern.recovery.corrupt_log',
        'postern.recovery.orphan_truncated',
        'postern.recovery.snapshot_dropped',
        'postern.recovery.symbol_replay',
        'postern.supersession',
      ]),
    )
  })

  test('only numbers, ids with a hash and fixed words are in it', () => {
    const stream = new Stream()
    everything(stream)
    const words = new Set(
      stream.signals.flatMap(({ fields }) => Object.values(fields)).filter(each => typeof each === 'string'),
    )
    for (const word of words) {
      expect(word).toMatch(
        /^(#\d+|semantic|inferential|procedural|forward|retroactive|append|sync|unreadable|mismatch|version)$/,
      )
    }
  })
})
