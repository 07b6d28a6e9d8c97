import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { capsuleText } from '#harness/capsule.ts'
import { pull, push } from '#harness/mirror/mirror.ts'
import { ordered } from '#harness/remembered.ts'
import { RecallIndex } from '#librarian/recall/index.ts'
import { memoryDocuments } from '#librarian/recall/memories.ts'
import type { MemoryRecord } from '#memory/canonical/record.ts'
import { sealPathOf } from '#memory/load.ts'
import { executeQuery } from '#memory/read/query.ts'
import { MemoryReader } from '#memory/reader.ts'
import { Store } from '#memory/store.ts'
import type { Fact, Scenario } from './scenarios.ts'

export interface Score {
  readonly scenario: string
  readonly noise: number
  /** Of the load-bearing facts, how many stand in what an agent is started with, by its size in tokens. */
  readonly coverage: Readonly<Record<Budget, number>>
  /** Superseded values that are shown as current, in context, recall or query. */
  readonly leaked: number
  /** Of what a prompt asks for, how much is among the first five and ten answers. */
  readonly recallAt5: number
  readonly recallAt10: number
  /** The load-bearing fact that was said last is in the smallest context that holds any. */
  readonly newestIsThere: boolean
}

export interface Restored {
  readonly scenario: string
  readonly noise: number
  /** The log is the same to the byte, and answers the same. */
  readonly fidelity: number
  /** The same after a restore that was stopped at each of its steps. */
  readonly durability: number
  readonly logBytes: number
  readonly wallMs: number
}

export const budgets = [1_000, 2_000, 4_000, 8_000] as const
export type Budget = (typeof budgets)[number]
const charsPerToken = 4
const nonce = '0'.repeat(16)
const start = Date.UTC(2026, 0, 15)
const dayMs = 86_400_000
const noisePerBatch = 250

/** Seeds a log: what a person knew, what they changed their mind about, and then much that an agent noticed. */
export function seed(log: string, scenario: Scenario, noise: number): void {
  const opened = Store.open(log, { now: start })
  if (!opened.ok) throw new Error(opened.error.code)
  const store = opened.value
  const commit = (forms: readonly string[], at: number) => {
    const done = store.commitBatch(forms.join('\n'), at)
    if (!done.ok) throw new Error(`a batch was refused: ${JSON.stringify(done.error)}`)
  }
  try {
    const day = (each: number) => start + each * dayMs
    for (const [at, each] of scenario.superseded.entries()) commit([formOf(each, day(at))], day(at))
    for (const [at, each] of scenario.facts.entries()) commit([formOf(each, day(10 + at))], day(10 + at))
    for (const [at, each] of scenario.superseded.entries()) {
      commit([formOf({ ...each, value: each.now }, day(40 + at))], day(40 + at))
    }
    for (let from = 0; from < noise; from += noisePerBatch) {
      const at = start + 60 * dayMs + from * 1_000
      const draft = from.toString(16).padStart(32, '0')
      const said = Array.from({ length: Math.min(noisePerBatch, noise - from) }, (_, each) => noticed(from + each, at))
      commit(
        [`(sem @draft_${draft} source_surface "mcp" :src @librarian_assignment :c 1.0 :v ${iso(at)})`, ...said],
        at,
      )
    }
  } finally {
    store.close()
  }
}

function formOf({ subject, predicate, value }: Fact, at: number): string {
  return `(sem @${subject} @${predicate} "${value}" :src @profile :c 0.9 :v ${iso(at)})`
}

const things = ['release', 'pilot', 'machine', 'quorum', 'mirror', 'sweep', 'link', 'invoice', 'build', 'cache']
const states = ['was looked at', 'took longer than before', 'is as it was', 'was mentioned by somebody', 'may change']

/** What an agent notices all day: about the same things, in the same words, and of no importance. */
function noticed(number: number, at: number): string {
  const thing = things[number % things.length]
  const state = states[Math.floor(number / things.length) % states.length]
  return `(sem @note_${number} @noticed "the ${thing} ${state}, run ${number}" :src @observation :c 0.5 :v ${iso(at)})`
}

function iso(at: number): string {
  return new Date(at).toISOString()
}

export function score(log: string, scenario: Scenario, noise: number): Score {
  const reader = opened(log)
  try {
    const documents = memoryDocuments(reader.pipeline)
    const now = start + 365 * dayMs
    const bearing = scenario.facts.filter(({ isLoadBearing }) => isLoadBearing)
    const context = (tokens: number) => {
      const items = ordered(documents, { query: undefined, now })
      return capsuleText({ items, waiting: 0, warnings: [] }, { nonce, chars: tokens * charsPerToken })
    }
    const coverage = Object.fromEntries(
      budgets.map(tokens => [tokens, share(bearing, ({ value }) => context(tokens).includes(value))]),
    ) as Record<Budget, number>
    const index = new RecallIndex(documents)
    const words = (id: string) => documents.find(each => each.id === id)?.text ?? ''
    const found = (limit: number) =>
      share(
        scenario.prompts.flatMap(({ text, wants }) => wants.map(want => ({ text, want: want.replaceAll('_', ' ') }))),
        ({ text, want }) => index.search(text, { limit }).some(({ id }) => words(id).startsWith(`${want}:`)),
      )
    const everything = context(100_000)
    const leaked = scenario.superseded.filter(({ value, subject, predicate }) => {
      const asked = reader.query(`(query :s @${subject} :p @${predicate})`)
      const current = asked.ok ? asked.value.records.map(objectOf) : []
      const told = `${subject} ${predicate}:`.replaceAll('_', ' ')
      return everything.includes(`${told} ${value}\n`) || current.includes(value)
    }).length
    const newest = bearing.at(-1)
    const least = budgets.find(tokens => bearing.some(({ value }) => context(tokens).includes(value)))
    const newestIsThere = newest !== undefined && least !== undefined && context(least).includes(newest.value)
    return { scenario: scenario.id, noise, coverage, leaked, recallAt5: found(5), recallAt10: found(10), newestIsThere }
  } finally {
    reader.close()
  }
}

/** Brought to a copy, lost, and brought back; then once more, stopped behind each step of the bringing back. */
export async function restore(directory: string, scenario: Scenario, noise: number): Promise<Restored> {
  const [here, remote] = [join(directory, 'here'), join(directory, 'remote.git')]
  mkdirSync(here, { recursive: true, mode: 0o700 })
  execFileSync('git', ['init', '--quiet', '--bare', remote])
  const log = join(here, 'canonical.log')
  const options = () => {
    return { log, remote: { url: remote, branch: 'main' }, env: process.env, keys: {}, now: start }
  }
  seed(log, scenario, noise)
  const before = factsOf(log)
  const pushed = await push(options())
  if (!pushed.ok) throw new Error(pushed.error.message)
  lose(here)
  const began = performance.now()
  const pulled = await pull(options())
  const wallMs = performance.now() - began
  if (!pulled.ok) throw new Error(pulled.error.message)
  const fidelity = isSame(before, factsOf(log)) ? 1 : 0
  const whole = { log: readFileSync(log), seal: readFileSync(sealPathOf(log)) }
  const stops: readonly (() => void)[] = [
    () => undefined,
    () => writeFileSync(join(here, '.canonical.log.new'), whole.log.subarray(0, 100), { mode: 0o600 }),
    () => writeFileSync(log, whole.log, { mode: 0o600 }),
    () => {
      writeFileSync(log, whole.log, { mode: 0o600 })
      writeFileSync(join(here, '.canonical.seal.new'), whole.seal.subarray(0, 10), { mode: 0o600 })
    },
  ]
  let again = 0
  for (const stop of stops) {
    lose(here)
    stop()
    const resumed = await pull(options())
    if (resumed.ok && isSame(before, factsOf(log))) again++
  }
  return {
    scenario: scenario.id,
    noise,
    fidelity,
    durability: again / stops.length,
    logBytes: whole.log.length,
    wallMs,
  }
}

function objectOf(record: MemoryRecord): string {
  return record.type === 'sem' && record.object.type === 'string' ? record.object.value : ''
}

function lose(here: string): void {
  rmSync(here, { recursive: true, force: true })
  mkdirSync(here, { mode: 0o700 })
}

function factsOf(log: string): { readonly bytes: Buffer; readonly answer: string } {
  const reader = opened(log)
  const found = executeQuery(reader.pipeline, '(query :limit 1000000)')
  reader.close()
  const answer = found.ok
    ? JSON.stringify(found.value.records, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
    : ''
  return { bytes: readFileSync(log), answer }
}

function isSame(one: ReturnType<typeof factsOf>, other: ReturnType<typeof factsOf>): boolean {
  return one.bytes.equals(other.bytes) && one.answer === other.answer && one.answer !== ''
}

function opened(log: string): MemoryReader {
  const reader = MemoryReader.open(log)
  if (!reader.ok) throw new Error(reader.error.code)
  return reader.value
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.length === 0 ? 1 : items.filter(holds).length / items.length
}
