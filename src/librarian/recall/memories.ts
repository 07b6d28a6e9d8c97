import type { MemoryRecord, Value } from '#memory/canonical/record.ts'
import type { Pipeline } from '#memory/compile/pipeline.ts'
import { executeQuery } from '#memory/read/query.ts'
import { renderMemory, type SymbolLookup } from '#memory/read/render.ts'
import { lookupOf } from '../processors/bounded.ts'
import { isConfirmed, type Source, Sources } from '../sources.ts'
import type { Document } from './index.ts'

/** A document made of memory: one record, or all the evidence of one draft. */
export interface MemoryDocument extends Document {
  readonly records: readonly string[]
  /** The draft whose words these are; undefined for a record. */
  readonly draft: string | undefined
  /** Where it came from; undefined for what was written past the librarian. */
  readonly source: Source | undefined
  /** Nobody has confirmed it. */
  readonly unconfirmed: boolean
}

const recordsMax = 1_000_000
const draftName = /^draft_([0-9a-f]{32})$/
const evidenceName = /^text_\d+$/

/** What memory holds now, as documents to search: current facts one by one, evidence by the draft that brought it. */
export function memoryDocuments(pipeline: Pipeline): readonly MemoryDocument[] {
  const found = executeQuery(pipeline, `(query :limit ${recordsMax})`)
  const events = executeQuery(pipeline, `(query :kind epi :limit ${recordsMax})`)
  const symbols = lookupOf(pipeline)
  const sources = new Sources(pipeline)
  const records = [...(found.ok ? found.value.records : []), ...(events.ok ? events.value.records : [])]
  const evidence = new Map<string, { text: string[]; at: number; records: string[] }>()
  const documents: MemoryDocument[] = []
  for (const record of records) {
    const source = sources.ofRecord(record)
    if (source?.revoked !== undefined) continue
    const draft = record.type === 'sem' ? draftName.exec(symbols(record.subject)?.name ?? '')?.[1] : undefined
    if (draft !== undefined && record.type === 'sem') {
      if (!evidenceName.test(symbols(record.predicate)?.name ?? '')) continue // provenance is no knowledge
      const known = evidence.get(draft) ?? { text: [], at: Number(record.validAt), records: [] }
      known.text.push(record.object.type === 'string' ? record.object.value : '')
      known.records.push(symbols(record.memory)?.name ?? '')
      evidence.set(draft, known)
      continue
    }
    const form = renderMemory(record, symbols)
    const text = wordsOf(record, symbols)
    if (!form.ok || text === '') continue
    const id = symbols(record.memory)?.name ?? ''
    const unconfirmed = !isConfirmed(record, source, symbols)
    documents.push({ id, text, at: atOf(record), records: [id], draft: undefined, source, unconfirmed })
  }
  for (const [draft, { text, at, records: names }] of evidence) {
    documents.push({
      id: `draft_${draft}`,
      text: text.join('\n'),
      at,
      records: names,
      draft,
      source: sources.ofDraft(draft),
      unconfirmed: true,
    })
  }
  return documents
}

function wordsOf(record: MemoryRecord, symbols: SymbolLookup): string {
  const name = (id: MemoryRecord['memory']) => (symbols(id)?.name ?? '').replaceAll('_', ' ')
  const value = (each: Value) =>
    each.type === 'symbol' ? name(each.id) : each.type === 'timestamp' ? '' : String(each.value)
  switch (record.type) {
    case 'sem':
    case 'inf':
      return `${name(record.subject)} ${name(record.predicate)}: ${value(record.object)}`
    case 'pro':
      return `${name(record.rule)}: ${value(record.trigger)} ${value(record.action)}`
    case 'epi':
      return `${name(record.event)} ${name(record.eventType)} ${record.participants.map(name).join(' ')} ${name(record.location)}`
  }
}

function atOf(record: MemoryRecord): number {
  return Number(record.type === 'epi' ? record.at : record.validAt)
}
