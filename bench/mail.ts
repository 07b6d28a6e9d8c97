import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { search } from '../src/mail/search/index.ts'
import { MailReader } from '../src/mail/store/index.ts'
import { runMeasured } from './mail/child.ts'
import { diskKilobytes, has, mu, notmuch, type Peer } from './mail/peers.ts'
import { type BenchQuery, queriesFor, searchTime } from './mail/queries.ts'
import { writeMaildir } from './mail-corpus.ts'
import { cpuMs, table } from './measure.ts'

// node bench/mail.ts [--maildir DIR | --messages N] [--program FILE] [--peers] [--work DIR]
//
// Import and search of a Maildir, as a whole process and inside one. Without a Maildir one is generated
// (bench/mail-corpus.ts). --peers measures notmuch and mu on the same mail in the same run, where they are installed:
// apt-get install notmuch python3-notmuch2 maildir-utils. They take some quarter of an hour for 100,000 messages.
const { values } = parseArgs({
  options: {
    maildir: { type: 'string' },
    messages: { type: 'string', default: '20000' },
    program: { type: 'string' },
    peers: { type: 'boolean', default: false },
    work: { type: 'string' },
  },
})

const work = mkdtempSync(join(values.work ?? tmpdir(), 'mail-bench-'))
try {
  await run()
} finally {
  rmSync(work, { recursive: true, force: true })
}

async function run(): Promise<void> {
  const maildir = values.maildir === undefined ? join(work, 'mail') : resolve(values.maildir)
  if (values.maildir === undefined) writeMaildir(maildir, Number(values.messages))
  const program =
    values.program === undefined
      ? [process.execPath, resolve(import.meta.dirname, '../src/main.ts')]
      : [resolve(values.program)]
  const dataDir = join(work, 'data')
  mkdirSync(dataDir, { mode: 0o700 })
  const env = { HOME: work, POSTERN_DATA_DIR: dataDir }
  const imported = await runMeasured([...program, 'import', '--json', maildir], env)
  const report: { imported: number; bytes: number } = JSON.parse(imported.stdout)
  const again = await runMeasured([...program, 'import', '--json', maildir], env)
  const reader = openReader(join(dataDir, 'mail.db'))
  const queries = queriesFor(reader)
  const peers = values.peers ? await measurePeers(maildir, queries) : []
  const ours = new Map(queries.map(query => [query.name, searchMs(reader, query)]))
  if (report.imported === 0) throw new Error('nothing was imported')
  print(
    `${report.imported} messages, ${mega(report.bytes)} MB, ${mega(diskKilobytes(maildir) * 1024)} MB on disk as a Maildir\n`,
  )
  const n = report.imported
  const store = statSync(join(dataDir, 'mail.db')).size
  for (const peer of peers.length === 0 ? [undefined] : peers) {
    const { index } = peer ?? {}
    print(
      table(`import, beside ${peer?.name ?? 'no peer'}`, [
        row('CPU, ms a message', (imported.cpuSeconds / n) * 1000, index && (index.cpuSeconds / n) * 1000, 'more'),
        row('messages per CPU second', n / imported.cpuSeconds, index && n / index.cpuSeconds, 'less'),
        row('messages per second', n / imported.wallSeconds, index && n / index.wallSeconds, 'less'),
        row('peak memory, MB', imported.peakMegabytes, index?.peakMegabytes, 'more'),
        row('file or index, MB', store / 1e6, peer && (peer.indexKilobytes * 1024) / 1e6, 'more'),
        row('again, CPU, ms a message', (again.cpuSeconds / n) * 1000, undefined, 'more'),
      ]),
    )
    print('')
  }
  print(
    `file: ${((store / 1024 / diskKilobytes(maildir)) * 100).toFixed(0)} % of the Maildir; index ${mega(indexBytes(reader))} MB\n`,
  )
  printSearches(queries, ours, peers)
  reader.close()
  wholeProcess(program, env, queries)
}

async function measurePeers(maildir: string, queries: readonly BenchQuery[]): Promise<Peer[]> {
  const peers: Peer[] = []
  if (has('notmuch')) peers.push(await notmuch(maildir, work, queries))
  if (has('mu')) peers.push(await mu(maildir, work, queries))
  return peers
}

function printSearches(
  queries: readonly BenchQuery[],
  ours: ReadonlyMap<string, number>,
  peers: readonly Peer[],
): void {
  const columns = [{ name: 'Postern', searchMs: ours }, ...peers]
  const line = (title: string, figures: readonly (number | undefined)[]) =>
    print(
      `${title.padEnd(24)}${figures.map(each => (each === undefined ? '-' : each.toFixed(2)).padStart(10)).join('')}`,
    )
  print(`${'newest 50, ms in process'.padEnd(24)}${columns.map(({ name }) => name.padStart(10)).join('')}`)
  for (const { name } of queries)
    line(
      name,
      columns.map(({ searchMs: times }) => times.get(name)),
    )
  for (const share of [0.5, 0.9, 0.95])
    line(
      `p${share * 100}`,
      columns.map(({ searchMs: times }) => percentile([...times.values()], share)),
    )
  for (const { name, searchMs: times } of peers) {
    const same = [...times.keys()]
    const ratio = (share: number) =>
      (
        (percentile([...times.values()], share) ?? 0) /
        (percentile(
          same.map(query => ours.get(query) ?? 0),
          share,
        ) ?? 1)
      ).toFixed(1)
    print(
      `${name} takes ${ratio(0.5)} times as long at p50 and ${ratio(0.9)} times at p90, over ${same.length} queries that both can be asked`,
    )
  }
}

/** Median of seven after a first one. */
function searchMs(reader: MailReader, { ours }: BenchQuery): number {
  const once = () => {
    const began = performance.now()
    const found = search(reader, ours, { ...searchTime, limit: 50 })
    if (!found.ok) throw new Error(`${ours}: ${found.error.message}`)
    return performance.now() - began
  }
  once()
  return percentile(Array.from({ length: 7 }, once), 0.5) ?? 0
}

/** The CPU time of one search as a process of its own, above that of a Node that does nothing. */
function wholeProcess(
  program: readonly string[],
  env: Readonly<Record<string, string>>,
  queries: readonly BenchQuery[],
): void {
  Object.assign(process.env, env)
  const empty = cpuMs([process.execPath, '-e', '0'])
  const times = queries.map(
    ({ ours }) => cpuMs([...program, 'search', '--json', ours], { runs: 4, batches: 1 }) - empty,
  )
  const show = (share: number) => `p${share * 100} ${percentile(times, share)?.toFixed(1)}`
  print(
    `a search as a process of its own: CPU ms above an empty script (${empty.toFixed(1)} ms): ${[0.5, 0.9, 0.95].map(show).join(', ')}`,
  )
}

function openReader(path: string): MailReader {
  const opened = MailReader.open(path)
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value
}

function indexBytes(reader: MailReader): number {
  return Number(reader.statements.one('SELECT sum(length(block)) FROM message_index_data')?.[0])
}

function percentile(figures: readonly number[], share: number): number | undefined {
  const sorted = [...figures].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

/** @param better which way the peer's figure is worse than ours */
function row(what: string, ours: number, peer: number | undefined, better: 'more' | 'less') {
  const show = (figure: number) => figure.toFixed(figure < 10 ? 2 : 0)
  const ratio = peer === undefined ? '' : (better === 'more' ? peer / ours : ours / peer).toFixed(1)
  return { what, ours: show(ours), peer: peer === undefined ? '' : show(peer), ratio }
}

function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(0)
}

function print(line: string): void {
  process.stdout.write(line.endsWith('\n') ? line : `${line}\n`)
}
