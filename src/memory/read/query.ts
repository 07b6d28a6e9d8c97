import { err, type Result } from '#base/result.ts'
import type { ClockTime, MemoryRecord, SymbolId } from '../canonical/record.ts'
import type { Pipeline } from '../compile/pipeline.ts'
import type { Limits } from '../language/limits.ts'
import { parse } from '../language/parser.ts'
import { attempt, Refusal } from '../refusal.ts'
import type { MemoryState } from '../state/state.ts'
import { candidates } from './candidates.ts'
import { Confidences } from './confidences.ts'
import { HALF_LIVES, type HalfLives } from './decay.ts'
import { type Framing, framingOf } from './framing.ts'
import { type EpisodeRelation, type Predicates, readPredicates } from './predicates.ts'
import type { QueryError } from './query-error.ts'
import type { Moment } from './resolver.ts'
import { namesRetired } from './retired.ts'

export type { Framing } from './framing.ts'
export { describeQueryError, type QueryError } from './query-error.ts'

export interface QueryOptions {
  /** How fast memories age; HALF_LIVES unless given. */
  readonly halfLives?: HalfLives
  readonly limits?: Limits
}

export interface FilteredRecord {
  readonly record: MemoryRecord
  readonly reason: 'retired_symbol_excluded' | 'projected_excluded'
}

export interface QueryResult {
  /** In the order of commits, or the other way with `:order newest`. */
  readonly records: readonly MemoryRecord[]
  /** One for each record with `:show_framing true`, else none. */
  readonly framings: readonly Framing[]
  /** What was left out and why, with `:explain_filtered true`. */
  readonly filtered: readonly FilteredRecord[]
  /** Bits of FLAGS; they speak of everything that was found, also beyond the limit. */
  readonly flags: number
  readonly asOf: ClockTime
  readonly asCommitted: ClockTime
  /** The newest commit that the answer can know of. */
  readonly queryCommittedAt: ClockTime
}

/** What the flags of an answer mean. */
export const FLAGS = {
  stale_symbol: 1,
  low_confidence: 4,
  projected_present: 8,
  truncated: 16,
  explain_filtered_active: 128,
} as const

/** Answers one `(query …)` form from the state as it is; changes nothing. */
export function executeQuery(
  pipeline: Pipeline,
  text: string,
  options: QueryOptions = {},
): Result<QueryResult, QueryError> {
  const forms = parse(text, options.limits)
  if (!forms.ok) return err({ code: 'Parse', inner: forms.error })
  const [form] = forms.value
  if (form === undefined || forms.value.length > 1) {
    return err({ code: 'NotASingleQuery', count: forms.value.length })
  }
  if (form.type !== 'query') return err({ code: 'NotAQuery' })
  if (form.selector !== undefined) return err({ code: 'UnsupportedPredicate', predicate: 'selector' })
  return attempt(() => answer(pipeline.state, readPredicates(form.keywords), options.halfLives ?? HALF_LIVES))
}

function answer(state: MemoryState, predicates: Predicates, halfLives: HalfLives): QueryResult {
  const { watermark } = state
  const now = watermark ?? 0
  const moment = { asOf: predicates.asOf ?? now, asCommitted: predicates.asCommitted ?? now }
  if (watermark !== undefined) refuseIncompatible(predicates)
  const rows = watermark === undefined ? [] : find(state, predicates, moment)
  const kept = new Selection(state, predicates, now)
  for (const row of rows) kept.consider(row)
  const shown = predicates.order === 'newest' ? kept.rows.toReversed() : kept.rows
  const records = shown.slice(0, predicates.limit)
  return {
    records: records.map(row => state.memories.record(row)),
    framings: predicates.showFraming ? records.map(row => framingOf(state, row, predicates.asOf)) : [],
    filtered: kept.filtered,
    flags: flagsOf(kept, predicates, new Confidences(state, halfLives)),
    ...moment,
    queryCommittedAt: now,
  }
}

/** Subjects and predicates are those of facts and inferences. */
function refuseIncompatible({ kind, subject, predicate }: Predicates): void {
  if (kind !== 'pro' && kind !== 'epi') return
  const found = subject !== undefined ? 's' : predicate !== undefined ? 'p' : undefined
  if (found === undefined) return
  throw new Refusal<QueryError>({
    code: 'IncompatiblePredicates',
    predicate: found,
    kind: kind === 'pro' ? 'Pro' : 'Epi',
  })
}

/** The candidates in the order of their commits. A name that nobody has finds nothing. */
function find(state: MemoryState, predicates: Predicates, moment: Moment): number[] {
  const { kind, includeProjected } = predicates
  const subject = lookUp(state, predicates.subject)
  const predicate = lookUp(state, predicates.predicate)
  const wanted = episodeTest(state, predicates.episode)
  if (subject === null || predicate === null || wanted === null) return []
  const rows = candidates(state, { kind, subject, predicate, includeProjected }, moment)
  const { committedAt } = state.memories
  const found = wanted === undefined ? rows : rows.filter(row => wanted(committedAt.get(row)))
  return found.sort((a, b) => compare(committedAt.get(a), committedAt.get(b)))
}

/** `undefined` if the question names none, `null` if nobody has the name. */
function lookUp(state: MemoryState, name: string | undefined): SymbolId | undefined | null {
  return name === undefined ? undefined : (state.symbols.idOf(name) ?? null)
}

function episodeTest(
  state: MemoryState,
  episode: { readonly relation: EpisodeRelation; readonly name: string } | undefined,
): ((committedAt: ClockTime) => boolean) | undefined | null {
  if (episode === undefined) return undefined
  const id = state.symbols.idOf(episode.name)
  const clock = id === undefined ? undefined : state.episodes.clockOf(id)
  if (id === undefined || clock === undefined) return null
  switch (episode.relation) {
    case 'in_episode':
      return at => at === clock
    case 'after_episode':
      return at => at > clock
    case 'before_episode':
      return at => at < clock
    case 'episode_chain': {
      const clocks = new Set(state.episodes.chain(id).map(link => state.episodes.clockOf(link)))
      return at => clocks.has(at)
    }
  }
}

function compare(a: ClockTime, b: ClockTime): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** What is left of the candidates, and what was left out. */
class Selection {
  readonly rows: number[] = []
  readonly filtered: FilteredRecord[] = []
  retired = false
  projected = false
  private readonly state: MemoryState
  private readonly predicates: Predicates
  private readonly now: ClockTime

  constructor(state: MemoryState, predicates: Predicates, now: ClockTime) {
    this.state = state
    this.predicates = predicates
    this.now = now
  }

  consider(row: number): void {
    const retired = namesRetired(this.state, row)
    const projected = this.state.memories.isProjected(row)
    if (retired && !this.predicates.includeRetired) this.drop(row, 'retired_symbol_excluded')
    else if (projected && !this.predicates.includeProjected && !this.hasCome(row)) this.drop(row, 'projected_excluded')
    else {
      this.rows.push(row)
      this.retired ||= retired
      this.projected ||= projected
    }
  }

  /**
   * A projection of what was to come, whose time has come: nothing else may speak for its key now. One that was
   * written about a time already past stays what its author called it.
   */
  private hasCome(row: number): boolean {
    const { validAt, committedAt } = this.state.memories
    return validAt.get(row) > committedAt.get(row) && validAt.get(row) <= this.now
  }

  private drop(row: number, reason: FilteredRecord['reason']): void {
    if (this.predicates.explainFiltered) this.filtered.push({ record: this.state.memories.record(row), reason })
  }
}

function flagsOf(kept: Selection, predicates: Predicates, confidences: Confidences): number {
  let flags = predicates.explainFiltered ? FLAGS.explain_filtered_active : 0
  if (kept.retired) flags |= FLAGS.stale_symbol
  if (kept.projected) flags |= FLAGS.projected_present
  if (kept.rows.length > predicates.limit) flags |= FLAGS.truncated
  if (kept.rows.some(row => confidences.of(row) < predicates.threshold)) flags |= FLAGS.low_confidence
  return flags
}
