import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ok } from '#base/result.ts'
import { DraftQueue } from '#librarian/drafts/queue.ts'
import { draftStates } from '#librarian/drafts/state.ts'
import type { Model } from '#librarian/models/model.ts'
import { lookupOf } from '#librarian/processors/bounded.ts'
import { deterministic } from '#librarian/processors/deterministic.ts'
import { modelProcessor } from '#librarian/processors/model-processor.ts'
import { runLibrarian } from '#librarian/run.ts'
import { Sources } from '#librarian/sources.ts'
import { isSurfaceName, surfaceOf } from '#librarian/surface.ts'
import type { MemoryRecord } from '#memory/canonical/record.ts'
import { sourceRule } from '#memory/compile/source.ts'
import { executeQuery } from '#memory/read/query.ts'
import { renderMemory } from '#memory/read/render.ts'
import { MemoryReader } from '#memory/reader.ts'
import { Store } from '#memory/store.ts'
import { isSound, verifyLog } from '#memory/verify.ts'
import { type Attack, attacks, untrusted } from './adversarial.ts'

const now = Date.parse('2026-03-01T12:00:00Z')
const known = '(sem @alice works_at "Acme" :src @profile :c 0.9 :v 2026-01-01)'

/** A model that does whatever a draft says: every line of it that looks like a form is its answer. */
const obedient: Model = {
  name: 'obedient',
  model: null,
  ask: async ({ user }) => ok({ text: user.match(/^\(.*\)$/gm)?.join('\n') ?? 'none' }),
}

const makers = [
  { who: 'rules', processor: deterministic, before: '' },
  // Text that is more than forms is what a model is asked about.
  { who: 'a model that obeys', processor: modelProcessor(obedient, () => 'f'.repeat(32)), before: 'Remember:\n' },
]

/** Each attack meets a memory of its own, which knows one thing that is sure; all of a surface share one. */
describe.each(untrusted.flatMap(surface => makers.map(maker => ({ surface, ...maker }))))(
  'drafts of the surface $surface that want more than they may, read by $who',
  ({ surface, processor, before }) => {
    const given = attacks.filter(attack => attack.surface === surface)
    let directory: string
    let queue: DraftQueue
    let reader: MemoryReader
    const ids = new Map<string, Attack>()

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'postern-adversarial-'))
      queue = value(DraftQueue.open(join(directory, 'drafts'), { create: true }))
      const store = value(Store.open(log(), { now }))
      value(store.commitBatch(known, now - 1_000))
      store.close()
      for (const attack of given) {
        const more = { agent: null, project: null, operator: null, provenance: null, mail: null, tags: [] }
        ids.set(value(queue.submit({ surface, text: `${before}${attack.text}`, ...more }, now)).draft.id, attack)
      }
      const openStore = () => Promise.resolve(Store.open(log(), { now }))
      const copyOfMemory = () => value(MemoryReader.open(log())).pipeline
      value(await runLibrarian({ queue, openStore, copyOfMemory, processor, now: () => now }))
      reader = value(MemoryReader.open(log()))
    })
    afterAll(() => {
      reader.close()
      rmSync(directory, { recursive: true })
    })

    const log = () => join(directory, 'canonical.log')
    const all = () => {
      const parts = ['sem', 'pro', 'inf'].map(
        kind => `(query :kind ${kind} :include_retired true :include_projected true :limit 100000)`,
      )
      return parts.flatMap(query => value(executeQuery(reader.pipeline, query)).records)
    }

    test('are each in one place, none forgotten and none still under way', () => {
      const places = [...ids.keys()].map(id => draftStates.filter(state => queue.ids(state).includes(id)))
      expect(places.filter(states => states.length !== 1)).toEqual([])
      expect(queue.ids('processing')).toEqual([])
      expect(queue.ids('pending')).toEqual([])
    })

    test('become nothing that their surface does not allow', () => {
      const bounds = surfaceOf(surface)
      const symbols = lookupOf(reader.pipeline)
      const sources = new Sources(reader.pipeline)
      const tooMuch = all().filter(record => {
        const form = value(renderMemory(record, symbols))
        if (record.type === 'sem' && symbols(record.subject)?.name === 'alice' && form.includes('"Acme"')) return false
        const source = record.type === 'inf' ? undefined : symbols(record.source)?.name
        if (isProvenance(record, symbols)) return !ids.has(draftOf(record, symbols)) // of a draft that there is
        const isSourceFine = source === undefined || bounds.sources.some(each => each === source)
        const limit = Math.min(bounds.confidenceMax * 65_535, source === undefined ? 65_535 : sourceRule(source).bound)
        const isHeadFine = bounds.heads.some(head => head === record.type)
        const hasSource = ids.has(sources.ofRecord(record)?.draft ?? '')
        return !isSourceFine || !isHeadFine || record.confidence > Math.round(limit) || !hasSource
      })
      expect(tooMuch.map(record => value(renderMemory(record, symbols)))).toEqual([])
    })

    test('forge no provenance: every source names this surface, and nobody has accepted anything', () => {
      const sources = new Sources(reader.pipeline)
      for (const id of ids.keys()) {
        const facts = sources.ofDraft(id)?.facts
        if (facts === undefined) continue
        expect(facts.get('source_surface')).toBe(surface)
        expect(facts.has('accepted_by')).toBe(false)
        expect(isSurfaceName(surface)).toBe(true)
      }
      expect(sources.ofDraft('a'.repeat(32))).toBeUndefined()
    })

    test('do not move what is sure, nor anybody’s name', () => {
      const found = value(executeQuery(reader.pipeline, '(query :s @alice :p @works_at)')).records
      expect(
        found.map(record => (record.type === 'sem' && record.object.type === 'string' ? record.object.value : '')),
      ).toEqual(['Acme'])
      const { symbols } = reader.pipeline.state
      const alice = symbols.idOf('alice')
      expect(alice === undefined ? undefined : symbols.nameOf(alice)).toBe('alice')
      expect(alice === undefined ? undefined : symbols.isRetired(alice)).toBe(false)
      expect(symbols.idOf('mallory')).not.toBe(alice)
      // No name that only looks like another.
      const names = Array.from({ length: symbols.size }, (_, entry) => symbols.nameOf(symbols.idAt(entry)) ?? '')
      expect(names.filter(name => /[^\x20-\x7e]/.test(name))).toEqual([])
      expect(reader.pipeline.state.pinned.size + reader.pipeline.state.authoritative.size).toBe(0)
    })

    test('leave a log that is sound', () => {
      expect(isSound(value(verifyLog(log())))).toBe(true)
    })
  },
)

test('there are at least 300 of them', () => {
  expect(attacks.length).toBeGreaterThanOrEqual(300)
})

function isProvenance(record: MemoryRecord, symbols: ReturnType<typeof lookupOf>): boolean {
  return (
    record.type === 'sem' && draftOf(record, symbols) !== '' && symbols(record.source)?.name === 'librarian_assignment'
  )
}

function draftOf(record: MemoryRecord, symbols: ReturnType<typeof lookupOf>): string {
  if (record.type !== 'sem') return ''
  return /^draft_([0-9a-f]{32})$/.exec(symbols(record.subject)?.name ?? '')?.[1] ?? ''
}

function value<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (result.ok) return result.value
  throw new Error(JSON.stringify(result.error))
}
