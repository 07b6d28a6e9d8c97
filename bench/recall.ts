import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { DraftQueue } from '#librarian/drafts/queue.ts'
import { deterministic } from '#librarian/processors/deterministic.ts'
import { RecallIndex } from '#librarian/recall/index.ts'
import { memoryDocuments } from '#librarian/recall/memories.ts'
import { runLibrarian } from '#librarian/run.ts'
import { MemoryReader } from '#memory/reader.ts'
import { Store } from '#memory/store.ts'

// How often recall finds what answers a question. Usage: node bench/recall.ts FILE [--json]
// FILE: {"documents":[{"id","text","at"}], "queries":[{"text","relevant":[ids]}]}. Each document becomes a memory draft,
// the librarian commits it by rules alone, and each question is asked as `postern memory recall` asks it.
const fileSchema = v.object({
  documents: v.array(
    v.object({
      id: v.union([v.string(), v.number()]),
      text: v.string(),
      at: v.optional(v.nullable(v.union([v.string(), v.number()]))),
    }),
  ),
  queries: v.array(v.object({ text: v.string(), relevant: v.array(v.union([v.string(), v.number()])) })),
})
/** Enough for ten documents, however many memories each became. */
const hitsMax = 500
const [path, ...flags] = process.argv.slice(2)
if (path === undefined) {
  process.stderr.write('usage: node bench/recall.ts FILE [--json]\n')
  process.exit(2)
}
const { documents, queries } = v.parse(fileSchema, JSON.parse(readFileSync(path, 'utf8')))
const directory = mkdtempSync(join(tmpdir(), 'postern-recall-'))
try {
  const names = await remember()
  report(ask(names))
} finally {
  rmSync(directory, { recursive: true, force: true })
}

/** Draft ids by the ids of the file. */
async function remember(): Promise<ReadonlyMap<string, string>> {
  const queue = opened(DraftQueue.open(join(directory, 'drafts'), { create: true }))
  const names = new Map<string, string>()
  const now = Date.now()
  for (const { id, text, at } of documents) {
    if (text.trim() === '') continue
    const when = typeof at === 'number' ? at : Date.parse(at ?? '')
    const given = {
      surface: 'directory',
      agent: null,
      project: null,
      operator: null,
      provenance: `file:${id}`,
      mail: null,
      tags: [],
      text,
    } as const
    const submitted = queue.submit(given, Number.isFinite(when) && when > 0 ? Math.min(when, now) : now)
    names.set(opened(submitted).draft.id, String(id))
  }
  const openStore = () => Promise.resolve(Store.open(join(directory, 'canonical.log'), { now: Date.now() }))
  const summary = opened(await runLibrarian({ queue, openStore, processor: deterministic, now: Date.now }))
  const lost = summary.items.filter(({ state }) => state !== 'accepted' && state !== 'conflict')
  if (lost.length > 0) process.stderr.write(`${lost.length} documents were not committed (${lost[0]?.code})\n`)
  return names
}

function ask(names: ReadonlyMap<string, string>) {
  const reader = opened(MemoryReader.open(join(directory, 'canonical.log')))
  const memories = memoryDocuments(reader.pipeline)
  const index = new RecallIndex(memories)
  // What a rule made of a document leads back to it, as its own words do.
  const draftOf = new Map(memories.map(({ id, draft, source }) => [id, draft ?? source?.draft]))
  const scores = { at5: 0, at10: 0, reciprocal: 0, empty: 0, asked: 0 }
  const times: number[] = []
  for (const { text, relevant } of queries) {
    if (relevant.length === 0) continue
    scores.asked++
    const started = performance.now()
    const hits = index.search(text, { limit: hitsMax })
    times.push(performance.now() - started)
    const found = [...new Set(hits.flatMap(({ id }) => names.get(draftOf.get(id) ?? '') ?? []))]
    const wanted = new Set(relevant.map(String))
    if (found.length === 0) scores.empty++
    scores.at5 += share(found.slice(0, 5), wanted)
    scores.at10 += share(found.slice(0, 10), wanted)
    const first = found.findIndex(id => wanted.has(id))
    scores.reciprocal += first < 0 ? 0 : 1 / (first + 1)
  }
  reader.close()
  times.sort((a, b) => a - b)
  const per = (sum: number) => (scores.asked === 0 ? 0 : sum / scores.asked)
  return {
    documents: documents.length,
    queries: scores.asked,
    recall_at_5: per(scores.at5),
    recall_at_10: per(scores.at10),
    mrr: per(scores.reciprocal),
    empty: per(scores.empty),
    p50_ms: times[Math.floor(times.length * 0.5)] ?? 0,
    p95_ms: times[Math.floor(times.length * 0.95)] ?? 0,
  }
}

/** The share of what was wanted that was found. */
function share(found: readonly string[], wanted: ReadonlySet<string>): number {
  return found.filter(id => wanted.has(id)).length / wanted.size
}

function report(result: ReturnType<typeof ask>): void {
  if (flags.includes('--json')) {
    process.stdout.write(`${JSON.stringify(result)}\n`)
    return
  }
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`
  const rows = [
    ['documents', String(result.documents)],
    ['queries', String(result.queries)],
    ['recall@5', percent(result.recall_at_5)],
    ['recall@10', percent(result.recall_at_10)],
    ['MRR', result.mrr.toFixed(3)],
    ['empty answers', percent(result.empty)],
    ['latency p50', `${result.p50_ms.toFixed(2)} ms`],
    ['latency p95', `${result.p95_ms.toFixed(2)} ms`],
  ]
  for (const [name = '', value = ''] of rows) process.stdout.write(`${name.padEnd(16)}${value}\n`)
}

function opened<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  if (result.ok) return result.value
  throw new Error(JSON.stringify(result.error))
}
