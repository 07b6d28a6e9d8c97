import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DraftQueue } from '#librarian/drafts/queue.ts'
import { deterministic } from '#librarian/processors/deterministic.ts'
import { runLibrarian } from '#librarian/run.ts'
import { executeQuery } from '#memory/read/query.ts'
import { MemoryReader } from '#memory/reader.ts'
import { Store } from '#memory/store.ts'

export interface Together {
  readonly directory: string
  readonly writers: readonly string[]
  readonly rounds: number
  readonly perRound: number
  /** Each writer is killed after so many milliseconds, and started anew until it comes to its end; never when absent. */
  readonly livesMs?: () => number
}

export interface Outcome {
  readonly kills: number
  readonly submitted: number
  readonly accepted: number
  /** Empty when nothing is lost and nothing there twice. */
  readonly faults: readonly string[]
}

/** Several processes propose and commit in one place at once; then everything that they said is looked for. */
export async function writeTogether({ directory, writers, rounds, perRound, livesMs }: Together): Promise<Outcome> {
  const place = { log: join(directory, 'canonical.log'), drafts: join(directory, 'drafts') }
  const said = { submitted: new Set<string>(), accepted: new Set<string>() }
  const kills = await Promise.all(
    writers.map(name => livesOf([place.log, place.drafts, name, String(rounds), String(perRound)], said, livesMs)),
  )
  const faults = await look(place, said)
  return {
    kills: kills.reduce((sum, each) => sum + each, 0),
    submitted: said.submitted.size,
    accepted: said.accepted.size,
    faults,
  }
}

type Said = { readonly submitted: Set<string>; readonly accepted: Set<string> }

/** A draft that was submitted before is the same draft, so that a writer may begin anew. */
async function livesOf(words: readonly string[], said: Said, livesMs: (() => number) | undefined): Promise<number> {
  for (let kills = 0; ; kills++) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    listen(child, said)
    const timer = livesMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), livesMs())
    const [code, signal] = await new Promise<readonly [number | null, string | null]>(resolve =>
      child.once('close', (...how) => resolve(how)),
    )
    clearTimeout(timer)
    if (code === 0) return kills
    if (signal !== 'SIGKILL') throw new Error(`a writer ended with ${code ?? signal}`)
  }
}

function listen({ stdout }: ChildProcess, said: Said): void {
  if (stdout === null) throw new Error('a writer has no output')
  createInterface({ input: stdout }).on('line', line => {
    const [what, id] = line.split(' ')
    if (id === undefined || id.length !== 32) return // cut off by the kill
    if (what === 'submitted') said.submitted.add(id)
    if (what === 'accepted') said.accepted.add(id)
  })
}

async function look({ log, drafts }: { log: string; drafts: string }, said: Said): Promise<string[]> {
  const faults: string[] = []
  const queue = opened(DraftQueue.open(drafts, { create: false }))
  const openStore = () => Promise.resolve(Store.open(log, { now: Date.now() }))
  // Nobody is left: what a killed writer had in its hands goes back and through.
  opened(
    await runLibrarian({ queue, openStore, processor: deterministic, now: Date.now, isAlive: () => false, staleMs: 0 }),
  )
  for (const id of said.submitted) {
    const state = queue.stateOf(id)
    if (state !== 'accepted') faults.push(`draft ${id} is ${state ?? 'gone'}`)
  }
  const reader = opened(MemoryReader.open(log))
  const found = opened(executeQuery(reader.pipeline, '(query :kind sem :p @mark :include_retired true :limit 1000000)'))
  reader.close()
  const marks = found.records.map(record =>
    record.type === 'sem' && record.object.type === 'string' ? record.object.value : 'no mark',
  )
  const once = new Set(marks)
  if (once.size !== marks.length) faults.push(`${marks.length - once.size} memories are there twice`)
  if (once.size !== said.submitted.size) faults.push(`${said.submitted.size} drafts became ${once.size} memories`)
  for (const id of said.accepted) if (!said.submitted.has(id)) faults.push(`draft ${id} was never submitted`)
  return faults
}

function opened<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  if (result.ok) return result.value
  throw new Error(JSON.stringify(result.error))
}
