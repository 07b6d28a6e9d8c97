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
import { type Judge, type Processor, ProcessorFailure } from './processors/processor.ts'
import { draftSymbol, evidenceForms, labelOf, provenanceForms } from './provenance.ts'
import { surfaceOf } from './surface.ts'

export type { Processor } from './processors/processor.ts'

export interface RunOptions {
  readonly queue: DraftQueue
  /** Opens the log for writing, under its lock; called when there is something to commit, never while a model thinks. */
  readonly openStore: () => Promise<Result<Store, StoreError>>
  readonly processor: Processor
  /** A copy of memory as it is, without its lock: what a model proposes is held against it while it can still mend it. */
  readonly copyOfMemory?: () => Pipeline
  /** Ends the pass; what was not done waits on, and no attempt is counted. */
  readonly signal?: AbortSignal
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
  const { together = groupMax } = options.processor
  for (let at = 0; at < waiting.length && options.signal?.aborted !== true; at += together) {
    const proposed = await proposals(waiting.slice(at, at + together), items, options)
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
    options.onProgress?.(Math.min(at + together, waiting.length), waiting.length)
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
  // Rules never ask what would become of a form; and whatever stops this copy from being made stops it before a draft is taken.
  const copy = (processor.prompt === undefined ? undefined : options.copyOfMemory?.()) ?? new Pipeline()
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
      proposed.push({
        draft: read.value,
        work,
        candidates: await processor.propose(read.value, judgeOf(read.value, copy, now)),
      })
    } catch (error) {
      if (options.signal?.aborted === true) {
        queue.move(id, 'processing', 'pending')
        continue
      }
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'processor_failed'
      const isFinal = error instanceof ProcessorFailure && error.isFinal
      items.push(triedAgain({ id, attempts: work.attempts + 1, code, stage: 'propose', isFinal }, options))
    }
  }
  return proposed
}

function judgeOf({ surface }: Draft, copy: Pipeline, now: () => number): Judge {
  return form => judge(form, surfaceOf(surface), copy, now())
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
  if (counts.conflicts > 0 && candidates.isProposed === true) {
    const unkept = queue.keepProposal(id, candidates.forms)
    if (unkept !== undefined)
      return triedAgain({ id, attempts: work.attempts + 1, code: unkept.code, stage: 'commit' }, options)
  }
  const batch = [
    ...provenanceForms(draft, {
      processor: processor.name,
      model: candidates.model,
      prompt: promptOf(candidates, processor),
    }),
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

/** Only where a model was asked: what was written as forms is nobody's answer to a prompt. */
function promptOf({ isProposed }: Candidates, { prompt }: Processor): string | undefined {
  return isProposed === true ? prompt : undefined
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

interface Tried {
  readonly id: string
  readonly attempts: number
  readonly code: string
  readonly stage: string
  readonly isFinal?: boolean
}

function triedAgain(failed: Tried, { queue, attemptsMax = attemptsDefault }: RunOptions): RunItem {
  const { id, attempts, code, stage, isFinal = false } = failed
  queue.note(id, { ...queue.work(id), attempts, lastError: { stage, code } })
  if (isFinal) return moved(queue, id, 'quarantined', code)
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
