import { createHash } from 'node:crypto'
import { Pipeline } from '#memory/compile/pipeline.ts'
import type { Store } from '#memory/store.ts'
import { storeErrorName } from '#memory/store-error.ts'
import type { Draft } from './drafts/draft.ts'
import type { DraftQueue } from './drafts/queue.ts'
import type { DraftState } from './drafts/state.ts'
import { type Judged, judge } from './processors/bounded.ts'
import type { Candidates } from './processors/candidates.ts'
import { evidenceForms, labelOf, provenanceForms } from './provenance.ts'
import { surfaceOf } from './surface.ts'

/** Makes candidates out of a draft; a model's come through the same door. */
export interface Processor {
  readonly name: string
  propose(draft: Draft): Promise<Candidates> | Candidates
}

export interface RunOptions {
  readonly queue: DraftQueue
  /** Open for writing, under the lock. Not held while a processor thinks: it is asked for when there is something to commit. */
  readonly store: Store
  readonly processor: Processor
  readonly now: () => number
  readonly attemptsMax?: number
  /** Drafts whose worker took longer than this go back to wait. */
  readonly staleMs?: number
  readonly isAlive?: (pid: number) => boolean
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
const nothing = { facts: 0, known: 0, conflicts: 0, refused: 0 }

/**
 * One pass over the drafts that wait. Each stands for itself: one that cannot be read, or that a processor fails on,
 * stops no other. What was acknowledged is in memory exactly once, whenever the process is killed.
 */
export async function runLibrarian(options: RunOptions): Promise<RunSummary> {
  const { queue, store, now, staleMs = staleDefaultMs, isAlive = () => true } = options
  const recovered = queue.recover(now() - staleMs, isAlive).length
  const scratch = copyOf(store)
  const items: RunItem[] = []
  for (const id of queue.ids('pending')) {
    const item = await oneDraft(id, scratch, options)
    if (item !== undefined) items.push(item)
  }
  return { recovered, items }
}

/** Undefined when somebody else has it. */
async function oneDraft(id: string, scratch: Pipeline, options: RunOptions): Promise<RunItem | undefined> {
  const { queue, store, processor, now, attemptsMax = attemptsDefault } = options
  const claimed = queue.claim(id, now())
  if (!claimed.ok || claimed.value === undefined) return undefined
  const work = claimed.value
  const read = queue.read(id, 'processing')
  if (!read.ok) return moved(queue, id, 'quarantined', read.error.code)
  const draft = read.value
  if (work.batch !== undefined && isCommitted(store, id)) return moved(queue, id, 'accepted', 'committed_before')
  let candidates: Candidates
  try {
    candidates = await processor.propose(draft)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'processor_failed'
    return triedAgain({ queue, id, attempts: work.attempts + 1, attemptsMax, code, stage: 'propose' })
  }
  const surface = surfaceOf(draft.surface)
  const judged = candidates.forms.map(form => judge(form, surface, scratch, now()))
  const facts = judged.filter((each): each is Extract<Judged, { outcome: 'fact' }> => each.outcome === 'fact')
  const counts = {
    facts: facts.length,
    known: count(judged, 'known'),
    conflicts: count(judged, 'conflict'),
    refused: count(judged, 'refused'),
  }
  const forms = compatible(
    facts.map(({ text }) => text),
    scratch,
    now(),
  )
  const batch = [
    ...provenanceForms(draft, processor.name),
    ...forms,
    ...evidenceForms(draft, candidates.evidence, surface.confidenceMax),
  ].join('\n')
  const digest = createHash('sha256').update(batch).digest('hex')
  queue.note(id, { ...work, batch: digest })
  const metadata = { label: labelOf(id) }
  const committed = store.commitBatch(batch, now(), { metadata })
  if (!committed.ok) {
    const code = storeErrorName(committed.error)
    return triedAgain({ queue, id, attempts: work.attempts + 1, attemptsMax, code, stage: 'commit' })
  }
  if (scratch.compile(batch, now(), { metadata }).ok) scratch.commit()
  const state: DraftState = counts.conflicts > 0 ? 'conflict' : 'accepted'
  return { ...moved(queue, id, state), ...counts }
}

/** Facts of one draft may contradict each other: the first of them counts, the others are left to its evidence. */
function compatible(forms: readonly string[], scratch: Pipeline, now: number): readonly string[] {
  const together: string[] = []
  for (const form of forms) {
    const compiled = scratch.compile([...together, form].join('\n'), now)
    if (!compiled.ok) continue
    scratch.rollback()
    together.push(form)
  }
  return together
}

function triedAgain(failed: {
  readonly queue: DraftQueue
  readonly id: string
  readonly attempts: number
  readonly attemptsMax: number
  readonly code: string
  readonly stage: string
}): RunItem {
  const { queue, id, attempts, attemptsMax, code, stage } = failed
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
export function isCommitted(store: Pick<Store, 'pipeline'>, id: string): boolean {
  return store.pipeline.state.symbols.idOf(`draft_${id}`) !== undefined
}

function copyOf(store: Store): Pipeline {
  const copy = Pipeline.importState(store.pipeline.exportState())
  if (!copy.ok) throw new Error(`the state cannot be copied: ${copy.error.code}`)
  return copy.value
}

function count(judged: readonly Judged[], outcome: Judged['outcome']): number {
  return judged.filter(each => each.outcome === outcome).length
}
