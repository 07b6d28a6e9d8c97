import { ok, type Result } from '#base/result.ts'
import type { ClockTime } from '#memory/canonical/record.ts'
import { Pipeline } from '#memory/compile/pipeline.ts'
import type { Store } from '#memory/store.ts'
import { type StoreError, storeErrorName } from '#memory/store-error.ts'
import type { Draft } from './drafts/draft.ts'
import type { DraftQueue, Work } from './drafts/queue.ts'
import type { DraftState } from './drafts/state.ts'
import { type Judged, judge } from './processors/bounded.ts'
import type { Candidates } from './processors/candidates.ts'
import { draftSymbol, evidenceForms, labelOf, provenanceForms } from './provenance.ts'
import { surfaceOf } from './surface.ts'

/** Makes candidates out of a draft; a model's come through the same door. */
export interface Processor {
  readonly name: string
  propose(draft: Draft): Promise<Candidates> | Candidates
}

export interface RunOptions {
  readonly queue: DraftQueue
  /** Opens the log for writing, under its lock; called when there is something to commit, never while a model thinks. */
  readonly openStore: () => Promise<Result<Store, StoreError>>
  readonly processor: Processor
  readonly now: () => number
  readonly attemptsMax?: number
  /** Drafts whose worker took longer than this go back to wait. */
  readonly staleMs?: number
  readonly isAlive?: (pid: number) => boolean
  /** Drafts in one pass; all that wait when left out. */
  readonly limit?: number
  /** Called after each group of drafts: how many are done, of how many. */
  readonly onProgress?: (done: number, total: number) => void
}

export interface RunItem {
  readonly id: string
  readonly state: DraftState
  readonly facts: number
  readonly known: number
  readonly conflicts: number
  readonly refused: number
  /** Why it waits, failed or was put aside. */
  readonly code?: string
}

export interface RunSummary {
  readonly recovered: number
  readonly items: readonly RunItem[]
}

const attemptsDefault = 4
const staleDefaultMs = 15 * 60_000
/** Drafts that are proposed together before the log is opened for them. */
const groupMax = 100
const nothing = { facts: 0, known: 0, conflicts: 0, refused: 0 }

/**
 * One pass over the drafts that wait. Each stands for itself: one that cannot be read, or that a processor fails on,
 * stops no other. What was acknowledged is in memory exactly once, whenever the process is killed. An error is that of
 * the log: the drafts wait on.
 */
export async function runLibrarian(options: RunOptions): Promise<Result<RunSummary, StoreError>> {
  const { queue, now, staleMs = staleDefaultMs, isAlive = () => true, limit = Number.POSITIVE_INFINITY } = options
  const recovered = queue.recover(now() - staleMs, isAlive).length
  const waiting = queue.ids('pending').slice(0, limit)
  const items: RunItem[] = []
  for (let at = 0; at < waiting.length; at += groupMax) {
    const proposed = await proposals(waiting.slice(at, at + groupMax), items, options)
    if (proposed.length === 0) continue
    const opened = await options.openStore()
    if (!opened.ok) {
      for (const { draft } of proposed) queue.move(draft.id, 'processing', 'pending')
      return opened
    }
    const store = opened.value
    try {
      const scratch = copyOf(store.pipeline)
      for (const each of proposed) items.push(committed(each, { store, scratch }, options))
    } finally {
      store.close()
    }
    options.onProgress?.(Math.min(at + groupMax, waiting.length), waiting.length)
  }
  return ok({ recovered, items })
}

interface Proposed {
  readonly draft: Draft
  readonly work: Work
  readonly candidates: Candidates
}

/** Takes drafts and asks the processor about each; what fails on the way is told in `items`. */
async function proposals(ids: readonly string[], items: RunItem[], options: RunOptions): Promise<readonly Proposed[]> {
  const { queue, processor, now } = options
  const proposed: Proposed[] = []
  for (const id of ids) {
    const claimed = queue.claim(id, now())
    if (!claimed.ok || claimed.value === undefined) continue // somebody else has it
    const work = claimed.value
    const read = queue.read(id, 'processing')
    if (!read.ok) {
      items.push(moved(queue, id, 'quarantined', read.error.code))
      continue
    }
    try {
      proposed.push({ draft: read.value, work, candidates: await processor.propose(read.value) })
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'processor_failed'
      items.push(triedAgain({ id, attempts: work.attempts + 1, code, stage: 'propose' }, options))
    }
  }
  return proposed
}

function committed(
  { draft, work, candidates }: Proposed,
  { store, scratch }: { readonly store: Store; readonly scratch: Pipeline },
  options: RunOptions,
): RunItem {
  const { queue, processor, now } = options
  const { id } = draft
  // A process that was killed between commit and move left it in both places.
  if (isCommitted(store.pipeline, id)) return moved(queue, id, 'accepted', 'committed_before')
  const surface = surfaceOf(draft.surface)
  const judged = candidates.forms.map(form => judge(form, surface, scratch, now()))
  const counts = countsOf(judged)
  const batch = [
    ...provenanceForms(draft, processor.name),
    ...compatible(factsOf(judged), scratch, now()),
    ...evidenceForms(draft, evidenceOf(candidates, judged), surface.confidenceMax),
  ].join('\n')
  const metadata = { label: labelOf(id) }
  const done = store.commitBatch(batch, now(), { metadata })
  if (!done.ok) {
    const code = storeErrorName(done.error)
    return triedAgain({ id, attempts: work.attempts + 1, code, stage: 'commit' }, options)
  }
  follow(scratch, batch, done.value.committedAt, metadata)
  return { ...moved(queue, id, counts.conflicts > 0 ? 'conflict' : 'accepted'), ...counts }
}

/** Of forms what was not taken, as text. */
function evidenceOf({ forms, evidence }: Candidates, judged: readonly Judged[]): readonly string[] {
  if (evidence.length > 0) return evidence
  return forms.filter((_, at) => judged[at]?.outcome === 'refused' || judged[at]?.outcome === 'conflict')
}

/** Facts of one draft may contradict each other: the first of them counts, the others are left to its evidence. */
export function compatible(forms: readonly string[], scratch: Pipeline, now: number): readonly string[] {
  const together: string[] = []
  for (const form of forms) {
    const compiled = scratch.compile([...together, form].join('\n'), now)
    if (!compiled.ok) continue
    scratch.rollback()
    together.push(form)
  }
  return together
}

/** Brings the copy to where the log is. */
function follow(scratch: Pipeline, batch: string, at: ClockTime, metadata: { readonly label: string }): void {
  const compiled = scratch.compile(batch, at, { metadata })
  if (!compiled.ok) throw new Error('the copy refuses what the store took')
  scratch.commit()
}

function triedAgain(
  failed: { readonly id: string; readonly attempts: number; readonly code: string; readonly stage: string },
  { queue, attemptsMax = attemptsDefault }: RunOptions,
): RunItem {
  const { id, attempts, code, stage } = failed
  queue.note(id, { ...queue.work(id), attempts, lastError: { stage, code } })
  return moved(queue, id, attempts >= attemptsMax ? 'failed' : 'pending', code)
}

function moved(queue: DraftQueue, id: string, to: DraftState, code?: string): RunItem {
  const done = queue.move(id, 'processing', to)
  const state = done.ok ? to : 'processing'
  const why = done.ok ? code : done.error.code
  return { id, state, ...nothing, ...(why === undefined ? {} : { code: why }) }
}

/** The batch of a draft names it: a crash between commit and move is told by what is in memory already. */
export function isCommitted({ state }: Pipeline, id: string): boolean {
  return state.symbols.idOf(draftSymbol(id)) !== undefined
}

export function copyOf(pipeline: Pipeline): Pipeline {
  const copy = Pipeline.importState(pipeline.exportState())
  if (!copy.ok) throw new Error(`the state cannot be copied: ${copy.error.code}`)
  return copy.value
}

export function factsOf(judged: readonly Judged[]): readonly string[] {
  return judged.flatMap(each => (each.outcome === 'fact' ? [each.text] : []))
}

function countsOf(judged: readonly Judged[]) {
  const count = (outcome: Judged['outcome']) => judged.filter(each => each.outcome === outcome).length
  return { facts: count('fact'), known: count('known'), conflicts: count('conflict'), refused: count('refused') }
}
