import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { accept } from '#librarian/accept.ts'
import type { NewDraft } from '#librarian/drafts/draft.ts'
import { DraftQueue } from '#librarian/drafts/queue.ts'
import { deterministic } from '#librarian/processors/deterministic.ts'
import { recall } from '#librarian/recall/recall.ts'
import { revoke } from '#librarian/revoke.ts'
import { type Processor, runLibrarian } from '#librarian/run.ts'
import { Sources } from '#librarian/sources.ts'
import { MemoryReader } from '#memory/reader.ts'
import { Store } from '#memory/store.ts'

let directory: string
let queue: DraftQueue
const now = Date.parse('2026-03-01T12:00:00Z')

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'postern-librarian-'))
  queue = value(DraftQueue.open(join(directory, 'drafts'), { create: true }))
})
afterEach(() => rmSync(directory, { recursive: true }))

test('headings and lines become facts no surer than their surface, with their source beside them', async () => {
  const id = submit({ text: '# Dora\n- birthday: 1990-02-03\n- employer: Acme\n' })
  const summary = await run()
  expect(summary.items).toEqual([{ id, state: 'accepted', facts: 2, known: 0, conflicts: 0, refused: 0 }])
  const found = ask('(query :s @dora :p @employer)')
  expect(found.map(({ confidence }) => confidence)).toEqual([39_321])
  const [record] = found
  expect(record === undefined ? undefined : sources().ofRecord(record)?.facts.get('provenance_uri')).toBe('file:n.md')
})

test('the same draft, and the same fact of another draft, become memory once', async () => {
  submit({ text: '# Dora\nemployer: Acme' })
  await run()
  expect(queue.submit(draft({ text: '# Dora\nemployer: Acme' }), now).ok).toBe(true)
  submit({ text: '# Dora\nemployer: Acme', provenance: 'file:other.md' })
  const summary = await run()
  expect(summary.items).toMatchObject([{ state: 'accepted', facts: 0, known: 1 }])
  expect(ask('(query :s @dora)')).toHaveLength(1)
})

test('what is less sure never replaces what is surer: a person decides, and then it holds', async () => {
  write('(sem @dora employer "Acme" :src @profile :c 0.9 :v 2026-01-01)')
  const id = submit({ surface: 'mcp', text: '(sem @dora employer "Globex" :src @observation :c 0.5 :v 2026-02-01)' })
  expect((await run()).items).toMatchObject([{ id, state: 'conflict', facts: 0, conflicts: 1 }])
  expect(objects('(query :s @dora)')).toEqual(['Acme'])
  const store = value(open())
  const accepted = accept({ queue, store }, { id, now: now + 1_000 })
  store.close()
  expect(accepted).toMatchObject({ ok: true, value: { facts: 1, refused: [] } })
  expect(queue.stateOf(id)).toBe('accepted')
  expect(objects('(query :s @dora)')).toEqual(['Globex'])
})

test('one draft that cannot be read stops no other', async () => {
  mkdirSync(join(directory, 'drafts', 'pending'), { recursive: true })
  const forged = 'a'.repeat(32)
  writeFileSync(join(directory, 'drafts', 'pending', `${forged}.json`), '{"schema_version":3}')
  const id = submit({ text: '# Dora\nemployer: Acme' })
  const { items } = await run()
  expect(Object.fromEntries(items.map(item => [item.id, item.state]))).toEqual({
    [forged]: 'quarantined',
    [id]: 'accepted',
  })
})

test('a processor that fails is tried a few times, then the draft is failed with the reason', async () => {
  const id = submit({ text: 'anything' })
  const broken: Processor = { name: 'broken', propose: () => Promise.reject(new Error('out of order')) }
  const states: string[] = []
  for (let i = 0; i < 4; i++) states.push((await run(broken)).items[0]?.state ?? 'none')
  expect(states).toEqual(['pending', 'pending', 'pending', 'failed'])
  expect(queue.work(id)).toMatchObject({ attempts: 4, lastError: { stage: 'propose', code: 'processor_failed' } })
})

test('killed between the commit and the move, a draft is not committed twice', async () => {
  const id = submit({ text: '# Dora\nemployer: Acme' })
  await run()
  const { length } = value(MemoryReader.open(log()))
  // As if the move had never happened.
  queue.move(id, 'accepted', 'pending')
  const again = value(DraftQueue.open(join(directory, 'again'), { create: true }))
  value(again.submit(draft({ text: '# Dora\nemployer: Acme' }), now))
  const ran = value(await runLibrarian({ queue: again, openStore, processor: deterministic, now: () => now + 5_000 }))
  expect(ran.items).toMatchObject([{ id, state: 'accepted', code: 'committed_before' }])
  expect(value(MemoryReader.open(log())).length).toBe(length)
})

test('while somebody else writes, drafts wait on and no attempt is counted', async () => {
  const id = submit({ text: '# Dora\nemployer: Acme' })
  const holder = value(open())
  const ran = await runLibrarian({ queue, openStore, processor: deterministic, now: () => now })
  holder.close()
  expect(ran).toMatchObject({ ok: false, error: { code: 'Locked' } })
  expect(queue.stateOf(id)).toBe('pending')
  expect(queue.work(id).attempts).toBe(0)
})

test('the lock is free while a processor thinks', async () => {
  submit({ text: 'anything' })
  let couldWrite = false
  const thinking: Processor = {
    name: 'thinking',
    propose: () => {
      const store = open()
      couldWrite = store.ok
      if (store.ok) store.value.close()
      return { forms: [], evidence: ['anything'] }
    },
  }
  await run(thinking)
  expect(couldWrite).toBe(true)
})

test('what came from a source that was revoked is no longer recalled, and the log keeps it', async () => {
  submit({ text: '# Dora\nemployer: Acme\n', provenance: 'file:mallory.md' })
  submit({ text: '# Dora\nbirthday: 1990-02-03\n', provenance: 'file:mine.md' })
  await run()
  const before = value(MemoryReader.open(log())).length
  expect(texts('who is the employer of dora')).toContain('dora employer: Acme')
  const store = value(open())
  expect(revoke(store, { source: 'file:mallory.md', reason: 'invented', now: now + 1 })).toMatchObject({ ok: true })
  expect(value(revoke(store, { source: 'file:mallory.md', reason: 'again', now: now + 2 }))).toBeUndefined()
  store.close()
  expect(texts('who is the employer of dora').join()).not.toContain('Acme')
  expect(texts('birthday of dora').join()).toContain('1990-02-03')
  expect(value(MemoryReader.open(log())).length).toBeGreaterThan(before)
})

test.each([
  ['mcp', '(sem @dora employer "Globex" :src @observation :c 0.8 :v 2026-02-01)'],
  ['agent_export', '(epi @meeting @met (@dora) @lodge :at 2026-02-01 :obs 2026-02-01 :src @observation :c 0.7)'],
  ['mcp', '(inf @dora employer "Globex" (@__mem_0) @pattern_summarize :c 0.5 :v 2026-02-01)'],
  ['claude_memory', '(sem @dora employer "Globex" :src @observation :c 0.8 :v 2026-02-01)'],
  ['repo_handoff', '(sem @dora employer "Globex" :src @document :c 0.6 :v 2026-02-01)'],
  ['mail', '(sem @dora employer "Globex" :src @participant_report :c 0.6 :v 2026-02-01)'],
] as const)('what %s states is confirmed by nobody, whatever source it claims', async (surface, text) => {
  write('(sem @ann age 40 :src @profile :c 0.9 :v 2026-01-01)')
  submit({ surface, text, provenance: 'x:1' })
  await run()
  const hits = recalled('dora employer globex lodge')
  expect(hits.length).toBeGreaterThan(0)
  for (const hit of hits) expect(hit).toMatchObject({ confirmed: false, waiting: false })
})

test('what a person accepted of an agent, and what they wrote themselves, is confirmed', async () => {
  const text = '(sem @dora employer "Globex" :src @observation :c 0.8 :v 2026-02-01)'
  const id = submit({ surface: 'mcp', text })
  const store = value(open())
  value(accept({ queue, store }, { id, now }))
  store.close()
  expect(recalled('dora employer')).toMatchObject([{ confirmed: true }])
  submit({ surface: 'cli', text: '(sem @emil city "Wien" :src @self_report :c 0.8 :v 2026-02-01)' })
  await run()
  expect(recalled('emil city')[0]).toMatchObject({ confirmed: true })
})

test('a draft that names its own acceptance is not accepted by it', async () => {
  const id = submit({ surface: 'mcp', text: '(sem @dora employer "Globex" :src @observation :c 0.8 :v 2026-02-01)' })
  submit({ surface: 'mcp', text: `(sem @draft_${id} accepted_by "operator" :src @observation :c 0.8 :v 2026-02-01)` })
  await run()
  for (const hit of recalled('dora employer')) expect(hit).toMatchObject({ confirmed: false })
})

test('a draft that waits is recalled as one that waits', async () => {
  write('(sem @dora employer "Acme" :src @profile :c 0.9 :v 2026-01-01)')
  submit({ text: 'Dora plays chess on Tuesdays' })
  const [hit] = recalled('when does dora play chess')
  expect(hit).toMatchObject({ waiting: true, confirmed: false })
})

function draft(given: Partial<NewDraft>): NewDraft {
  const none = { agent: null, project: null, operator: null, mail: null, tags: [] }
  return { surface: 'directory', provenance: 'file:n.md', text: '', ...none, ...given }
}

function submit(given: Partial<NewDraft>): string {
  return value(queue.submit(draft(given), now)).draft.id
}

async function run(processor: Processor = deterministic) {
  return value(await runLibrarian({ queue, openStore, processor, now: () => now }))
}

function open() {
  return Store.open(log(), { now })
}

function openStore() {
  return Promise.resolve(open())
}

function write(batch: string): void {
  const store = value(open())
  value(store.commitBatch(batch, now - 1_000))
  store.close()
}

function ask(query: string) {
  return value(value(MemoryReader.open(log())).query(query)).records
}

function objects(query: string): unknown[] {
  return ask(query).map(record =>
    record.type === 'sem' && record.object.type === 'string' ? record.object.value : null,
  )
}

function sources(): Sources {
  return new Sources(value(MemoryReader.open(log())).pipeline)
}

function recalled(question: string) {
  const { pipeline } = value(MemoryReader.open(log()))
  return recall({ pipeline, queue }, { question, limit: 10 })
}

function texts(question: string): string[] {
  return recalled(question).map(({ text }) => text)
}

function log(): string {
  return join(directory, 'canonical.log')
}

function value<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (result.ok) return result.value
  throw new Error(JSON.stringify(result.error))
}
