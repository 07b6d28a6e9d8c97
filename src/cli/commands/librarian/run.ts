import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '#base/alive.ts'
import type { ProcessorSettings } from '#config/index.ts'
import type { DraftQueue } from '#librarian/drafts/queue.ts'
import { processorOf } from '#librarian/processors/processor-of.ts'
import { type RunSummary, runLibrarian } from '#librarian/run.ts'
import type { Pipeline } from '#memory/compile/pipeline.ts'
import { MemoryReader } from '#memory/reader.ts'
import { sealKeysOf } from '#memory/seal-key.ts'
import { Store } from '#memory/store.ts'
import { traceToLog } from '#memory/trace.ts'
import type { Invocation, Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { numberOption } from '../mail/search-options.ts'
import { createLog, logPathOf } from '../memory/open-log.ts'
import { storeFailure } from '../memory/refusal.ts'
import { chosenProcessor, dropUnneeded, untilStopped, worldOf } from './processor.ts'
import { openQueue } from './queue.ts'

const draftsMax = 1_000_000
const lockWaitMs = 20_000
const lockPauseMs = 50
const watchPauseMs = 2_000

/** `run` once, `watch` until it is stopped. A pass that found nothing prints nothing. */
export const run: Run = async (invocation, session) => {
  const settings = await chosenProcessor(invocation.options.value('processor'), session)
  dropUnneeded(settings)
  if (!existsSync(logPathOf(invocation.options, session))) await createLog(invocation.options, session)
  const passes = passOf(invocation, session)
  return untilStopped(async signal => {
    const given = { ...passes, settings, signal }
    if (invocation.path.at(-1) === 'run') {
      const summary = await pass(given, session)
      tell(summary, session)
      if (signal.aborted) return 'try_later'
      return summary.items.some(({ state }) => state === 'failed' || state === 'quarantined') ? 'failed' : 'done'
    }
    while (!signal.aborted) {
      const summary = await pass(given, session)
      if (summary.items.length > 0 || summary.recovered > 0) tell(summary, session)
      await sleep(watchPauseMs, undefined, { signal }).catch(() => undefined)
    }
    return 'done'
  })
}

/** One pass over the drafts beside a log, for a command that took some in. */
export async function runOnce(log: string, queue: DraftQueue, session: Session): Promise<RunSummary> {
  return pass({ log, queue, limit: draftsMax, settings: await chosenProcessor(undefined, session) }, session)
}

interface Pass {
  readonly log: string
  readonly queue: DraftQueue
  readonly limit: number
  readonly settings: ProcessorSettings | undefined
  readonly signal?: AbortSignal
}

function passOf({ options }: Invocation, session: Session): Pick<Pass, 'log' | 'queue' | 'limit'> {
  const limit = numberOption(options, 'limit', draftsMax, draftsMax)
  return { log: logPathOf(options, session), queue: openQueue(options, session, true), limit }
}

async function pass({ log, queue, limit, settings, signal }: Pass, session: Session): Promise<RunSummary> {
  const ran = await runLibrarian({
    queue,
    openStore: () => openPatiently(log, session),
    copyOfMemory: () => memoryAt(log),
    processor: await processorOf(settings, worldOf(session, signal)),
    now: () => session.clock.now(),
    isAlive,
    limit,
    onProgress: (done, total) => session.output.progress(`${done} of ${total} drafts`),
    ...(signal === undefined ? {} : { signal }),
  })
  session.output.progress('')
  if (!ran.ok) throw storeFailure(ran.error, log)
  return ran.value
}

function memoryAt(log: string): Pipeline {
  const opened = MemoryReader.open(log, { keys: sealKeysOf(log) })
  if (!opened.ok) throw storeFailure(opened.error, log)
  try {
    return opened.value.pipeline
  } finally {
    opened.value.close()
  }
}

/** Another writer is done within moments: waiting for it is what a person would do. */
async function openPatiently(path: string, session: Session): ReturnType<typeof tryOpen> {
  const until = session.clock.monotonicMs() + lockWaitMs
  for (;;) {
    const opened = await tryOpen(path, session)
    if (opened.ok || opened.error.code !== 'Locked' || session.clock.monotonicMs() > until) return opened
    await sleep(lockPauseMs)
  }
}

async function tryOpen(path: string, session: Session) {
  const trace = traceToLog(await session.log())
  return Store.open(path, { now: session.clock.now(), trace, keys: sealKeysOf(path), owner: 'postern librarian' })
}

function tell({ recovered, items }: RunSummary, { output }: Session): void {
  const states: Record<string, number> = {}
  for (const { state } of items) states[state] = (states[state] ?? 0) + 1
  const sum = (key: 'facts' | 'known' | 'conflicts' | 'refused') => items.reduce((total, each) => total + each[key], 0)
  if (output.json) {
    output.data({
      drafts: items.length,
      recovered,
      states,
      facts: sum('facts'),
      known: sum('known'),
      conflicts: sum('conflicts'),
      refused: sum('refused'),
      items,
    })
    return
  }
  const words = Object.entries(states).map(([state, count]) => `${count} ${state}`)
  const became = [counted(sum('facts'), 'memory', 'memories')]
  if (sum('known') > 0) became.push(`${sum('known')} known before`)
  if (sum('refused') > 0) became.push(`${sum('refused')} refused and kept as evidence`)
  output.write(
    `${counted(items.length, 'draft', 'drafts')}${words.length === 0 ? '' : `: ${words.join(', ')}`}; ${became.join(', ')}\n`,
  )
  for (const { id, state, code } of items) {
    if (code !== undefined && state !== 'accepted') output.complain(`${id} is ${state}: ${code}`)
  }
  if (sum('conflicts') > 0) output.talk('next: postern memory conflicts')
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
