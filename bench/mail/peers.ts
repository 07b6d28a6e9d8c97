import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ChildRun, runMeasured } from './child.ts'
import type { BenchQuery } from './queries.ts'

export interface Peer {
  readonly name: string
  readonly index: ChildRun
  /** The index's own space; the mail stays in the Maildir. */
  readonly indexKilobytes: number
  /** Milliseconds by the query's name, inside one process; absent where it cannot be asked. */
  readonly searchMs: ReadonlyMap<string, number>
}

export function has(program: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$0"', program], { stdio: 'ignore' }).status === 0
}

export function diskKilobytes(path: string): number {
  return Number(execFileSync('du', ['-sk', path], { encoding: 'utf8' }).split('\t')[0])
}

/** notmuch 0.37 or later; searches through its Python binding, which is its way of being asked inside a process. */
export async function notmuch(maildir: string, work: string, queries: readonly BenchQuery[]): Promise<Peer> {
  const config = join(work, 'notmuch.conf')
  const database = join(work, 'notmuch')
  execFileSync('mkdir', ['-p', database])
  writeFileSync(
    config,
    `[database]\npath=${database}\nmail_root=${maildir}\nhook_dir=/nonexistent\n[user]\nname=Bench\nprimary_email=me@example.org\n[new]\ntags=unread;inbox\n`,
  )
  const env = { NOTMUCH_CONFIG: config }
  const index = await runMeasured(['notmuch', 'new', '--quiet'], env)
  return {
    name: 'notmuch',
    index,
    indexKilobytes: diskKilobytes(database),
    searchMs: await askNotmuch(config, database, work, queries),
  }
}

export async function askNotmuch(
  config: string,
  database: string,
  work: string,
  queries: readonly BenchQuery[],
): Promise<Map<string, number>> {
  const script = join(work, 'notmuch-search.py')
  writeFileSync(script, notmuchScript)
  const asked = queries.flatMap(({ name, notmuch: query }) => (query === undefined ? [] : [[name, query]]))
  const python = spawnSync('/usr/bin/python3', ['-c', 'import notmuch2'], { stdio: 'ignore' }).status === 0
  if (!python) return new Map()
  const { stdout } = await runMeasured(['/usr/bin/python3', script, database, JSON.stringify(asked)], {
    NOTMUCH_CONFIG: config,
  })
  const times: Record<string, number> = JSON.parse(stdout)
  return new Map(Object.entries(times))
}

/** The newest fifty with what a list shows; median of seven after a first one. */
const notmuchScript = `
import itertools, json, sys, time
import notmuch2
db = notmuch2.Database(sys.argv[1], mode=notmuch2.Database.MODE.READ_ONLY)
def once(query):
    for m in itertools.islice(db.messages(query, sort=notmuch2.Database.SORT.NEWEST_FIRST), 50):
        (m.messageid, m.threadid, m.date, m.header('from'), m.header('subject'), list(m.tags))
times = {}
for name, query in json.loads(sys.argv[2]):
    once(query)
    runs = []
    for _ in range(7):
        began = time.perf_counter()
        once(query)
        runs.append((time.perf_counter() - began) * 1000)
    times[name] = sorted(runs)[3]
print(json.dumps(times))
`

/** mu has no binding: its searches are whole processes, less the time of one that only says its version. */
export async function mu(maildir: string, work: string, queries: readonly BenchQuery[]): Promise<Peer> {
  const home = join(work, 'mu')
  execFileSync('mu', ['init', `--muhome=${home}`, `--maildir=${maildir}`], { stdio: 'ignore' })
  const index = await runMeasured(['mu', 'index', `--muhome=${home}`, '--quiet'])
  const floor = processMs(['mu', '--version'])
  const searchMs = new Map<string, number>()
  for (const { name, mu: query } of queries) {
    if (query === undefined) continue
    const found = ['mu', 'find', `--muhome=${home}`, '--sortfield=date', '--reverse', '--maxnum=50', query]
    searchMs.set(name, Math.max(0, processMs(found) - floor))
  }
  return { name: 'mu', index, indexKilobytes: diskKilobytes(home), searchMs }
}

function processMs([file = '', ...args]: readonly string[]): number {
  const runs = Array.from({ length: 4 }, () => {
    const began = performance.now()
    spawnSync(file, args, { stdio: 'ignore' })
    return performance.now() - began
  })
  return runs.slice(1).sort((one, other) => one - other)[1] ?? 0
}
