import { encodeValue } from '#memory/canonical/encode.ts'
import type { MemoryRecord, SymbolId } from '#memory/canonical/record.ts'
import { errorPath } from '#memory/compile/compile-error.ts'
import type { Pipeline } from '#memory/compile/pipeline.ts'
import { sourceRule } from '#memory/compile/source.ts'
import { renderMemory, type SymbolLookup } from '#memory/read/render.ts'
import type { Surface } from '../surface.ts'

/**
 * One candidate, compiled on a copy of the real state and cut down to what its surface allows. What the form claims of
 * its source and certainty is a wish: the surface says what it may be at most.
 */
export type Judged =
  | { readonly outcome: 'fact'; readonly text: string }
  | { readonly outcome: 'known' }
  /** Memory says something else, and nothing here may overrule it: a person decides. */
  | { readonly outcome: 'conflict'; readonly text: string; readonly with: string }
  | { readonly outcome: 'refused'; readonly code: string }

const refusedHeads: ReadonlySet<string> = new Set([
  'alias',
  'rename',
  'retire',
  'correct',
  'promote',
  'query',
  'episode',
  'pin',
  'unpin',
  'authoritative_set',
  'authoritative_clear',
])

export function judge(candidate: string, surface: Surface, scratch: Pipeline, now: number): Judged {
  const compiled = scratch.compile(candidate, now, { refused: refusedHeads })
  if (!compiled.ok) {
    const code = errorPath(compiled.error)
    return code.endsWith('SupersessionConflict')
      ? { outcome: 'conflict', text: candidate, with: '' }
      : { outcome: 'refused', code }
  }
  const symbols = lookupOf(scratch)
  const memories = compiled.value.records.filter(isMemory)
  const [record] = memories
  // Rendered while the names that it brings are still there.
  const text = record === undefined ? undefined : boundedText(record, surface, symbols)
  scratch.rollback()
  if (record === undefined || memories.length !== 1 || text === undefined)
    return { outcome: 'refused', code: 'NotOneMemory' }
  if (!surface.heads.some(head => head === record.type))
    return { outcome: 'refused', code: `HeadNotAllowed.${record.type}` }
  return compared(record, text, scratch)
}

/** The state's table of names, for rendering. */
export function lookupOf(pipeline: Pipeline): SymbolLookup {
  const { symbols } = pipeline.state
  return (id: SymbolId) => {
    const [name, kind] = [symbols.nameOf(id), symbols.kindOf(id)]
    return name === undefined || kind === undefined ? undefined : { name, kind }
  }
}

function boundedText(record: MemoryRecord, surface: Surface, symbols: SymbolLookup): string | undefined {
  const claimed = record.type === 'inf' ? undefined : symbols(record.source)?.name
  const source = claimed !== undefined && surface.sources.includes(claimed) ? claimed : surface.sources.at(-1)
  const bound = record.type === 'inf' || source === undefined ? 65_535 : sourceRule(source).bound
  const confidence = Math.min(record.confidence, Math.round(surface.confidenceMax * 65_535), bound)
  const rendered = renderMemory({ ...record, confidence }, symbols)
  if (!rendered.ok) return undefined
  return record.type === 'inf' ? rendered.value : rendered.value.replace(/ :src @[a-z0-9_]+/, ` :src @${source}`)
}

/** Held against what is current: the same thing is known, another thing under the same key is a conflict or an update. */
function compared(record: MemoryRecord, text: string, pipeline: Pipeline): Judged {
  if (record.type !== 'sem') return { outcome: 'fact', text }
  const { state } = pipeline
  const key = state.semantic.find(record.subject, record.predicate)
  const row = key < 0 ? -1 : state.semantic.headOf(key)
  const found = row < 0 ? undefined : state.memories.record(row)
  if (found?.type !== 'sem') return { outcome: 'fact', text }
  if (sameValue(found, record)) return { outcome: 'known' }
  const isNewer = record.validAt > found.validAt
  // What is less certain never replaces what is more certain.
  if (isNewer && record.confidence >= found.confidence) return { outcome: 'fact', text }
  const rendered = renderMemory(found, lookupOf(pipeline))
  return { outcome: 'conflict', text, with: rendered.ok ? rendered.value : '' }
}

function sameValue(
  one: Extract<MemoryRecord, { type: 'sem' }>,
  other: Extract<MemoryRecord, { type: 'sem' }>,
): boolean {
  return Buffer.compare(encodeValue(one.object), encodeValue(other.object)) === 0
}

function isMemory(record: { readonly type: string }): record is MemoryRecord {
  return record.type === 'sem' || record.type === 'epi' || record.type === 'pro' || record.type === 'inf'
}
