import type { MemoryRecord, SymbolId } from '#memory/canonical/record.ts'
import type { Pipeline } from '#memory/compile/pipeline.ts'
import { executeQuery } from '#memory/read/query.ts'
import type { SymbolLookup } from '#memory/read/render.ts'
import { lookupOf } from './processors/bounded.ts'
import { surfaceNamed, surfaceOf } from './surface.ts'

/** Where the records of one commit came from, as the librarian wrote it down with them. */
export interface Source {
  readonly draft: string
  /** `source_surface`, `mail_from` and the like, by name. */
  readonly facts: ReadonlyMap<string, string>
  /** Why it no longer counts. */
  readonly revoked: string | undefined
  /** Its batch, and that of a person who accepted it later. */
  readonly commits: readonly MemoryRecord['committedAt'][]
}

const recordsMax = 1_000_000
const draftName = /^draft_([0-9a-f]{32})$/
const evidenceName = /^text_\d+$/

interface Told {
  readonly facts: Map<string, string>
  revoked: string | undefined
  readonly commits: MemoryRecord['committedAt'][]
}

/**
 * Every draft that memory has taken in. A record belongs to the draft of its batch: clocks of commits are unique.
 * Records that were written past the librarian have none.
 */
export class Sources {
  readonly #byCommit = new Map<string, Source>()
  readonly #byDraft = new Map<string, Source>()

  constructor(pipeline: Pipeline) {
    const found = executeQuery(pipeline, `(query :kind sem :include_retired true :limit ${recordsMax})`)
    if (!found.ok) throw new Error('the query of the sources is refused')
    const symbols = lookupOf(pipeline)
    const drafts = new Map<string, Told>()
    for (const record of found.value.records) {
      if (record.type !== 'sem' || record.object.type !== 'string') continue
      const draft = draftName.exec(symbols(record.subject)?.name ?? '')?.[1]
      const predicate = symbols(record.predicate)?.name ?? ''
      if (draft === undefined || evidenceName.test(predicate)) continue
      const known: Told = drafts.get(draft) ?? { facts: new Map(), revoked: undefined, commits: [] }
      if (predicate === revokedPredicate) known.revoked = record.object.value
      else {
        known.facts.set(predicate, record.object.value)
        known.commits.push(record.committedAt)
      }
      drafts.set(draft, known)
    }
    for (const [draft, { facts, revoked, commits }] of drafts) {
      const source = { draft, facts, revoked, commits: [...new Set(commits)] }
      this.#byDraft.set(draft, source)
      for (const at of commits) this.#byCommit.set(String(at), source)
    }
  }

  ofRecord({ committedAt }: MemoryRecord): Source | undefined {
    return this.#byCommit.get(String(committedAt))
  }

  ofDraft(draft: string): Source | undefined {
    return this.#byDraft.get(draft)
  }

  /** Those that `word` names: a draft's id, a Message-ID or address of the sender, a surface, an agent or an URI. */
  named(word: string): readonly Source[] {
    return [...this.#byDraft.values()].filter(
      ({ draft, facts }) => draft === word || namingFacts.some(name => facts.get(name) === word),
    )
  }
}

const namingFacts = [
  'source_surface',
  'source_agent',
  'provenance_uri',
  'mail_message',
  'mail_message_id',
  'mail_from',
  'mail_account',
] as const
export const revokedPredicate = 'revoked'
/** Only the librarian writes it: a person stood in for the draft. */
export const acceptedPredicate = 'accepted_by'

/**
 * Whether a person stands behind a record: they wrote it, or accepted the draft that brought it. What an agent, a
 * file or a message says of the source of its own statements is a claim, and makes nothing confirmed.
 */
export function isConfirmed(record: MemoryRecord, source: Source | undefined, symbols: SymbolLookup): boolean {
  if (record.type !== 'inf' && symbols(record.source)?.name === 'pending_verification') return false
  if (source === undefined || source.facts.has(acceptedPredicate)) return true
  const surface = surfaceNamed(source.facts.get('source_surface') ?? '')
  return surface !== undefined && surfaceOf(surface).trusted
}

/** Whether a record came from a source that was taken back. Nothing is looked through where nothing ever was. */
export function revokedIn(pipeline: Pipeline): (record: MemoryRecord) => boolean {
  if (pipeline.state.symbols.idOf(revokedPredicate) === undefined) return () => false
  const sources = new Sources(pipeline)
  return record => sources.ofRecord(record)?.revoked !== undefined
}

/** The episode that a clock of a commit belongs to. */
export function episodeAt({ state }: Pipeline, committedAt: MemoryRecord['committedAt']): SymbolId | undefined {
  const { episodes } = state
  for (let entry = episodes.size - 1; entry >= 0; entry--) {
    if (episodes.clockAt(entry) === committedAt) return episodes.idAt(entry)
  }
  return undefined
}
