import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DraftQueue } from '#librarian/drafts/queue.ts'
import { deterministic } from '#librarian/processors/deterministic.ts'
import { type RunItem, runLibrarian } from '#librarian/run.ts'
import { Store } from '#memory/store.ts'
import { attacks } from '../test/librarian/adversarial.ts'

// What becomes of memory drafts that want more than they may; test/librarian/adversarial.test.ts holds each against its
// bounds. Usage: node bench/adversarial.ts [--json]
const now = Date.parse('2026-03-01T12:00:00Z')
const known = '(sem @alice works_at "Acme" :src @profile :c 0.9 :v 2026-01-01)'
const directory = mkdtempSync(join(tmpdir(), 'postern-adversarial-'))
const rows = new Map<string, Row>()
interface Row {
  drafts: number
  facts: number
  conflicts: number
  refused: number
  evidenceOnly: number
}

try {
  for (const surface of new Set(attacks.map(attack => attack.surface))) await play(surface)
} finally {
  rmSync(directory, { recursive: true, force: true })
}
if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(Object.fromEntries(rows))}\n`)
else report()

/** A memory of its own for each surface, which knows one thing that is sure. */
async function play(surface: string): Promise<void> {
  const path = join(directory, surface, 'canonical.log')
  const queue = opened(DraftQueue.open(join(directory, surface, 'drafts'), { create: true }))
  const store = opened(Store.open(path, { now }))
  opened(store.commitBatch(known, now - 1_000))
  store.close()
  const kinds = new Map<string, string>()
  for (const attack of attacks.filter(each => each.surface === surface)) {
    const given = { agent: null, project: null, operator: null, provenance: null, mail: null, tags: [] }
    const submitted = opened(queue.submit({ surface: attack.surface, text: attack.text, ...given }, now))
    kinds.set(submitted.draft.id, attack.kind)
  }
  const openStore = () => Promise.resolve(Store.open(path, { now }))
  const ran = opened(await runLibrarian({ queue, openStore, processor: deterministic, now: () => now }))
  for (const item of ran.items) count(kinds.get(item.id) ?? '?', item)
}

function count(kind: string, { facts, conflicts, refused }: RunItem): void {
  const row = rows.get(kind) ?? { drafts: 0, facts: 0, conflicts: 0, refused: 0, evidenceOnly: 0 }
  row.drafts++
  row.facts += facts
  row.conflicts += conflicts
  row.refused += refused
  if (facts === 0) row.evidenceOnly++
  rows.set(kind, row)
}

function report(): void {
  const columns = ['drafts', 'facts', 'conflicts', 'refused', 'evidenceOnly'] as const
  const line = (cells: readonly string[]) =>
    process.stdout.write(`${cells.map((cell, at) => (at === 0 ? cell.padEnd(12) : cell.padStart(13))).join('')}\n`)
  line(['kind', 'drafts', 'facts bounded', 'conflicts', 'refused', 'evidence only'])
  for (const [kind, row] of rows) line([kind, ...columns.map(column => String(row[column]))])
}

function opened<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  if (result.ok) return result.value
  throw new Error(JSON.stringify(result.error))
}
