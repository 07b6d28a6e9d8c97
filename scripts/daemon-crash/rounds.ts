import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { corpus } from '../../bench/store-corpus.ts'
import { resolvePaths } from '../../src/base/paths.ts'
import { connectDaemon, DaemonClient } from '../../src/daemon/client/index.ts'
import { storeFile } from '../../src/daemon/places.ts'
import { check, formatMessageId, MailReader, MailWriter, seal } from '../../src/mail/store/index.ts'

export interface CrashOptions {
  readonly home: string
  readonly kills: number
  readonly seed: number
  /** The program and its first arguments; from source when left out. */
  readonly program?: readonly string[]
}

export interface CrashReport {
  readonly kills: number
  readonly sent: number
  readonly acknowledged: number
  /** Killed before the answer came, and found done by the same key. */
  readonly repeated: number
  readonly decisions: number
  readonly findings: readonly string[]
}

const messages = 60
const killWithinMs = 120
const main = resolve(import.meta.dirname, '../../src/main.ts')

interface Sent {
  readonly key: string
  readonly id: string
  readonly starred: boolean
}

/**
 * One round: a daemon starts, a client sends decisions one upon the other, the daemon is killed. What was not answered
 * is sent again with its key in the next round, before anything new: so every decision is done once, in order.
 */
export async function crashRuns({ home, kills, seed, program }: CrashOptions): Promise<CrashReport> {
  const env = { HOME: home, PATH: process.env.PATH ?? '' }
  const paths = resolvePaths({ platform: process.platform, env, home, instance: 'postern' })
  const ids = fill(storeFile(paths), paths.dataDir)
  const random = randomFrom(seed)
  const [file = process.execPath, ...first] = program ?? [process.execPath, main]
  const journal: Sent[] = []
  const unanswered: Sent[] = []
  let acknowledged = 0
  let repeated = 0
  const findings: string[] = []
  const round = async (isLast: boolean) => {
    const daemon = spawn(file, [...first, 'daemon', 'run', '--detached'], { env, stdio: 'ignore' })
    const client = await connectTo(paths, daemon)
    const open = unanswered.splice(0)
    let isKilled = false
    const send = async (each: Sent, isAgain: boolean) => {
      const answer = await client.request('mail.change', {
        changes: [{ action: 'star', starred: each.starred }],
        selection: { by: 'ids', ids: [each.id] },
        client_key: each.key,
      })
      if (!answer.ok) {
        if (!isKilled) findings.push(`${each.key} was refused: ${answer.error.code}`)
        unanswered.push(each)
        return
      }
      if (isAgain && answer.value.is_repeat) repeated++
      if (!isAgain && answer.value.is_repeat) findings.push(`${each.key} was new and called a repetition`)
      acknowledged++
    }
    await Promise.all(open.map(each => send(each, true)))
    if (!isLast) {
      const timer = setTimeout(() => {
        isKilled = true
        daemon.kill('SIGKILL')
      }, random() * killWithinMs)
      while (!isKilled && client.isOpen) {
        const batch = Array.from({ length: 1 + Math.floor(random() * 8) }, (): Sent => {
          const id = ids[Math.floor(random() * ids.length)] ?? ''
          return { key: `decision-${journal.length}-${random()}`, id, starred: random() < 0.5 }
        })
        for (const each of batch) journal.push(each)
        await Promise.all(batch.map(each => send(each, false)))
      }
      clearTimeout(timer)
    }
    client.close()
    daemon.kill(isLast ? 'SIGTERM' : 'SIGKILL')
    if (daemon.exitCode === null && daemon.signalCode === null) await once(daemon, 'exit')
  }
  for (let kill = 0; kill < kills; kill++) await round(false)
  await round(true)
  const decisions = compare(storeFile(paths), { journal, ids, unanswered: unanswered.length }, findings)
  return { kills, sent: journal.length, acknowledged, repeated, decisions, findings }
}

function fill(path: string, directory: string): string[] {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const writer = MailWriter.open(path)
  if (!writer.ok) throw new Error(writer.error.message)
  const ingested = writer.value.ingest(seal([...corpus({ messages, seed: 5 })]))
  writer.value.close()
  if (!ingested.ok) throw new Error(ingested.error.message)
  return ingested.value.map(({ id }) => formatMessageId(id))
}

async function connectTo(
  paths: Parameters<typeof connectDaemon>[0]['paths'],
  daemon: ChildProcess,
): Promise<DaemonClient> {
  while (daemon.exitCode === null) {
    const connected = await connectDaemon({ paths, client: 'crash', timeoutMs: 5_000 })
    if ('socket' in connected) return new DaemonClient(connected)
    await new Promise(done => setTimeout(done, 5))
  }
  throw new Error(`the daemon ended with ${daemon.exitCode} before it served`)
}

/** Each key once in the store; each message as the last decision about it left it; the store whole. */
function compare(
  path: string,
  { journal, ids, unanswered }: { journal: readonly Sent[]; ids: readonly string[]; unanswered: number },
  findings: string[],
): number {
  const reader = MailReader.open(path)
  if (!reader.ok) throw new Error(reader.error.message)
  const { statements } = reader.value
  if (unanswered > 0) findings.push(`${unanswered} decisions were never answered`)
  const order = new Map(
    statements.all('SELECT client_key, id FROM decisions').map(row => [String(row[0]), Number(row[1])]),
  )
  for (const { key } of journal) if (!order.has(key)) findings.push(`${key} is lost`)
  if (order.size !== journal.length) findings.push(`${order.size} decisions for ${journal.length} keys`)
  for (const id of ids) {
    const about = journal.filter(each => each.id === id)
    const [last] = about.sort((one, other) => (order.get(other.key) ?? 0) - (order.get(one.key) ?? 0))
    const isStarred = reader.value.message(id)?.flags.starred
    if (last !== undefined && isStarred !== last.starred) findings.push(`${id} is not as ${last.key} left it`)
  }
  const checked = check(reader.value, { withRaw: true })
  if (!checked.ok) findings.push(checked.error.message)
  else findings.push(...checked.value.map(finding => JSON.stringify(finding)))
  reader.value.close()
  return order.size
}

/** Numbers from 0 to 1, the same for the same seed (a linear congruence of Lehmer). */
function randomFrom(seed: number): () => number {
  let state = (Math.abs(Math.floor(seed)) % 2147483646) + 1
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}
