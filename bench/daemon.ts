import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { resolvePaths } from '../src/base/paths.ts'
import { connectDaemon, DaemonClient } from '../src/daemon/client/index.ts'
import { storeFile } from '../src/daemon/places.ts'
import { formatMessageId, MailWriter, seal } from '../src/mail/store/index.ts'
import { table } from './measure.ts'
import { corpus } from './store-corpus.ts'

/**
 * How soon the daemon is there, how soon it acknowledges a decision, and whether it keeps others waiting meanwhile.
 * Usage: node bench/daemon.ts [--messages N] [EXECUTABLE]. The column of the peer holds what we hold ourselves to.
 */
const at = process.argv.indexOf('--messages')
const messages = at < 0 ? 20_000 : Number(process.argv[at + 1])
const last = process.argv.at(-1) ?? ''
const executable = last.includes('postern') && process.argv.length > 2 ? resolve(last) : undefined
const main = resolve(import.meta.dirname, '../src/main.ts')
const program = executable === undefined ? [process.execPath, main] : [executable]
const home = mkdtempSync(join(tmpdir(), 'postern-bench-'))
const env = { HOME: home, PATH: process.env.PATH ?? '' }
const paths = resolvePaths({ platform: process.platform, env, home, instance: 'postern' })
const [file = '', ...first] = program

function run(...args: string[]): number {
  const began = performance.now()
  const { status, stderr } = spawnSync(file, [...first, ...args], { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
  return performance.now() - began
}

function percentile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

const ids = fill()
const starts = Array.from({ length: 5 }, () => {
  const took = run('daemon', 'start')
  run('daemon', 'stop')
  return took
})
run('daemon', 'start')
const again = Array.from({ length: 10 }, () => run('status'))
const oneByOne = Array.from({ length: 10 }, (_, turn) => run('star', ids[turn] ?? ''))
const connected = await connectDaemon({ paths, client: 'bench', timeoutMs: 5_000 })
if (!('socket' in connected)) throw new Error('the daemon does not answer')
const client = new DaemonClient(connected)

async function change(chosen: readonly string[], read: boolean): Promise<number> {
  const began = performance.now()
  const answer = await client.request('mail.change', {
    changes: [{ action: 'mark', read }],
    selection: { by: 'ids', ids: [...chosen] },
    client_key: randomUUID(),
  })
  if (!answer.ok) throw new Error(answer.error.message)
  return performance.now() - began
}

const acknowledged: number[] = []
for (let turn = 0; turn < 300; turn++)
  acknowledged.push(await change([ids[turn % ids.length] ?? ''], turn < ids.length))
const many = ids.slice(0, 10_000)
const waits: number[] = []
let isDone = false
const large = change(many, true).finally(() => {
  isDone = true
})
while (!isDone) {
  const began = performance.now()
  const answer = await client.request('mail.search', { query: 'from:a*', limit: 20 })
  if (!answer.ok) throw new Error(answer.error.message)
  waits.push(performance.now() - began)
}
const tookMany = await large
await new Promise(done => setTimeout(done, 2_000))
const status = await client.request('daemon.status', {})
client.close()
run('daemon', 'stop')
rmSync(home, { recursive: true, force: true })

const ms = (figure: number) => `${figure.toFixed(figure < 10 ? 1 : 0)} ms`
const row = (what: string, figure: number, wanted: number, unit = ms) => {
  return { what, ours: unit(figure), peer: unit(wanted), ratio: `${(figure / wanted).toFixed(2)}×` }
}
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
process.stdout.write(
  `${messages} messages, ${executable ?? 'from source'}; the peer is what we hold ourselves to\n${table('daemon', [
    row('command that starts it, to its end, median', percentile(starts, 0.5), 300),
    row('postern status, to its end, median', percentile(again, 0.5), 150),
    row('postern star ID, to its end, median', percentile(oneByOne, 0.5), 150),
    row('one decision acknowledged, p50', percentile(acknowledged, 0.5), 50),
    row('one decision acknowledged, p95', percentile(acknowledged, 0.95), 50),
    row(`${many.length} messages in one decision`, tookMany, 5_000),
    row(`a search meanwhile, p95 of ${waits.length}`, percentile(waits, 0.95), 250),
    row('a search meanwhile, worst', Math.max(...waits), 250),
    row('resident memory afterwards', status.ok ? status.value.memory_bytes : Number.NaN, 150e6, megabytes),
  ])}`,
)

function fill(): string[] {
  mkdirSync(paths.dataDir, { recursive: true, mode: 0o700 })
  const writer = MailWriter.open(storeFile(paths))
  if (!writer.ok) throw new Error(writer.error.message)
  const stored: string[] = []
  let batch = []
  for (const message of corpus({ messages, seed: 3 })) {
    batch.push(message)
    if (batch.length < 1_000) continue
    const ingested = writer.value.ingest(seal(batch))
    if (!ingested.ok) throw new Error(ingested.error.message)
    stored.push(...ingested.value.map(({ id }) => formatMessageId(id)))
    batch = []
  }
  for (let isTidy = false; !isTidy; ) {
    const tended = writer.value.tend({ budgetMs: 1_000 })
    isTidy = !tended.ok || tended.value.isDone
  }
  writer.value.close()
  return stored
}
