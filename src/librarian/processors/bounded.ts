import { encodeValue } from '#memory/canonical/encode.ts'
import type { MemoryRecord, SymbolId } from '#memory/canonical/record.ts'
import { errorPath } from '#memory/compile/compile-error.ts'
import type { Pipeline } from '#memory/compile/pipeline.ts'
import { sourceRule } from '#memory/compile/source.ts'
import { renderMemory, type SymbolLookup } from '#memory/read/render.ts'
import type { Surface } from '../surface.ts'
import { instant } from './candidates.ts'

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

export function judge(candidate: string, surface: Bounds, scratch: Pipeline, now: number): Judged {
  const first = judgeOnce(candidate, surface, scratch, now)
  if (first.outcome !== 'conflict' || surface.confirmedAt === undefined) return first
  const sinceNow = heldSince(candidate, surface.confirmedAt)
  return sinceNow === undefined ? first : judgeOnce(sinceNow, surface, scratch, now)
}

/** What a surface allows, and when a person confirmed the statements: they count as theirs, and hold from then. */
export type Bounds = Surface & { readonly confirmedAt?: number }

function judgeOnce(candidate: string, surface: Bounds, scratch: Pipeline, now: number): Judged {
  const compiled = scratch.compile(candidate, now, { refused: refusedHeads })
  if (!compiled.ok) {
    const code = errorPath(compiled.error)
    return code.endsWith('SupersessionConflict') ? atTheSameTime(candidate, scratch, now) : { outcome: 'refused', code }
  }
  const symbols = lookupOf(scratch)
  const memories = compiled.value.records.filter(isMemory)
  const [record] = memories
  // Rendered while the names that it brings are still there.
  const text = record === undefined ? undefined : boundedText(record, surface, symbols)
  scratch.rollback()
  if (record === undefined || memories.length !== 1 || text === undefined)
    return { outcome: 'refused', code: 'NotOneMemory' }
  if (!surface.heads.some(head => head === record.type)) {
    return { outcome: 'refused', code: `HeadNotAllowed.${record.type}` }
  }
  const names = text.replace(/"(?:[^"\\]|\\[\s\S])*"/g, '""')
  if (!isWithin(text, surface, scratch, now)) return { outcome: 'refused', code: 'NotBounded' }
  // Those names say where memory came from, and are given by the librarian alone.
  if (/@draft_/.test(names)) return { outcome: 'refused', code: 'NameReserved' }
  // A name that looks like another one would be taken for it by whoever reads the answer.
  if (!surface.trusted && /[^\x20-\x7e]/.test(names)) return { outcome: 'refused', code: 'NameNotAscii' }
  return compared(record, text, scratch, surface.confirmedAt !== undefined)
}

/** Memory has something of the very same time: the same thing, or another. Compiled as of long ago, to compare. */
function atTheSameTime(candidate: string, scratch: Pipeline, now: number): Judged {
  const conflict = { outcome: 'conflict', text: candidate, with: '' } as const
  const earlier = heldSince(candidate, 1)
  const compiled = earlier === undefined ? undefined : scratch.compile(earlier, now, { refused: refusedHeads })
  if (compiled?.ok !== true) return conflict
  const record = compiled.value.records.find(isMemory)
  scratch.rollback()
  const found = record?.type === 'sem' ? currentOf(record, scratch) : undefined
  if (record?.type !== 'sem' || found === undefined) return conflict
  return sameValue(found, record) ? { outcome: 'known' } : { ...conflict, with: formOf(found, scratch) }
}

/** The state's table of names, for rendering. */
export function lookupOf(pipeline: Pipeline): SymbolLookup {
  const { symbols } = pipeline.state
  return (id: SymbolId) => {
    const [name, kind] = [symbols.nameOf(id), symbols.kindOf(id)]
    return name === undefined || kind === undefined ? undefined : { name, kind }
  }
}

/** The same form with another `:v`; undefined for one that has none. */
function heldSince(form: string, at: number): string | undefined {
  return replacedOutside(form, /\s:v\s+[^\s()]+/, ` :v ${instant(at)}`)
}

/** The first match outside of strings: a string may hold the very words of a keyword, to be rewritten in its place. */
function replacedOutside(form: string, pattern: RegExp, by: string): string | undefined {
  const masked = form.replace(/"(?:[^"\\]|\\[\s\S])*"/g, text => `"${' '.repeat(text.length - 2)}"`)
  const found = pattern.exec(masked)
  if (found === null) return undefined
  return `${form.slice(0, found.index)}${by}${form.slice(found.index + found[0].length)}`
}

function boundedText(record: MemoryRecord, surface: Bounds, symbols: SymbolLookup): string | undefined {
  const claimed = record.type === 'inf' ? undefined : symbols(record.source)?.name
  const allowed = claimed !== undefined && surface.sources.includes(claimed) ? claimed : surface.sources.at(-1)
  const isConfirmed = surface.confirmedAt !== undefined && allowed === 'pending_verification' && record.type !== 'pro'
  const source = isConfirmed ? 'self_report' : allowed
  const bound = record.type === 'inf' || source === undefined ? 65_535 : sourceRule(source).bound
  const confidence = Math.min(record.confidence, Math.round(surface.confidenceMax * 65_535), bound)
  const rendered = renderMemory({ ...record, confidence }, symbols)
  if (!rendered.ok) return undefined
  return record.type === 'inf'
    ? rendered.value
    : replacedOutside(rendered.value, /\s:src\s+[^\s()]+/, ` :src @${source}`)
}

/** What will be committed, compiled once more and looked at as it is: cutting down a text must not be all there is. */
function isWithin(text: string, surface: Bounds, scratch: Pipeline, now: number): boolean {
  const compiled = scratch.compile(text, now, { refused: refusedHeads })
  if (!compiled.ok) return false
  const symbols = lookupOf(scratch)
  const memories = compiled.value.records.filter(isMemory)
  const [record] = memories
  const source = record === undefined || record.type === 'inf' ? undefined : symbols(record.source)?.name
  scratch.rollback()
  if (record === undefined || memories.length !== 1) return false
  const isConfirmed = surface.confirmedAt !== undefined && source === 'self_report'
  const isSourceFine = record.type === 'inf' || isConfirmed || surface.sources.some(each => each === source)
  return isSourceFine && record.confidence <= Math.round(surface.confidenceMax * 65_535)
}

/** Held against what is current: the same thing is known, another thing under the same key is a conflict or an update. */
function compared(record: MemoryRecord, text: string, pipeline: Pipeline, isConfirmed: boolean): Judged {
  if (record.type !== 'sem') return { outcome: 'fact', text }
  const found = currentOf(record, pipeline)
  if (found === undefined) return { outcome: 'fact', text }
  if (sameValue(found, record)) return { outcome: 'known' }
  const isNewer = record.validAt > found.validAt
  // What is less certain never replaces what is more certain, unless a person says so.
  if (isNewer && (isConfirmed || record.confidence >= found.confidence)) return { outcome: 'fact', text }
  return { outcome: 'conflict', text, with: formOf(found, pipeline) }
}

type Fact = Extract<MemoryRecord, { type: 'sem' }>

function currentOf(record: Fact, { state }: Pipeline): Fact | undefined {
  const key = state.semantic.find(record.subject, record.predicate)
  const row = key < 0 ? -1 : state.semantic.headOf(key)
  const found = row < 0 ? undefined : state.memories.record(row)
  return found?.type === 'sem' ? found : undefined
}

function formOf(record: MemoryRecord, pipeline: Pipeline): string {
  const rendered = renderMemory(record, lookupOf(pipeline))
  return rendered.ok ? rendered.value : ''
}

function sameValue(one: Fact, other: Fact): boolean {
  return Buffer.compare(encodeValue(one.object), encodeValue(other.object)) === 0
}

function isMemory(record: { readonly type: string }): record is MemoryRecord {
  return record.type === 'sem' || record.type === 'epi' || record.type === 'pro' || record.type === 'inf'
}
