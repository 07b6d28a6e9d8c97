import { execFileSync } from 'node:child_process'
import { systemClock } from '../src/base/clock.ts'
import { ok, type Result } from '../src/base/result.ts'
import { Secret } from '../src/base/secret.ts'
import { openStoreThread } from '../src/daemon/store/thread.ts'
import { ImapProvider } from '../src/mail/providers/imap/index.ts'
import { MailReader } from '../src/mail/store/index.ts'
import { passOver } from '../src/mail/sync/account-pass.ts'
import { Preparers } from '../src/mail/sync/index.ts'

/**
 * Postern's side of `bench/sync.ts`, in a process of its own so that its CPU time is its own: as in the daemon, one
 * thread writes, others read mail, this one speaks with the server. Prints one JSON object.
 */
const [store = '', port = '', user = '', password = '', flagCommand = '[]'] = process.argv.slice(2)
const makeProvider = () =>
  new ImapProvider({
    account: 'bench',
    server: () => ok({ host: '127.0.0.1', port: Number(port), tls: 'none' }),
    login: async () => ok({ user, password: new Secret(password) }),
    clock: systemClock,
  })

const started = performance.now()
const thread = await openStoreThread({ path: store, onCrash: error => fail(error) })
const reader = unwrap(MailReader.open(store))
const preparers = new Preparers()
let provider = makeProvider()
let firstMs = 0
let arrived = 0
const states = new Map<string, string>()
const full = await timed(() => pass())
const afterPass = process.memoryUsage.rss()
const tended = await timed(async () => {
  for (;;) if (unwrap(await thread.writer.tend({ budgetMs: 500 })).isDone) return
})
await provider.close()
provider = makeProvider()
const freshNoChange = await timed(() => pass())
const noChange = await median(() => pass())
const [file = 'true', ...args] = parsed(flagCommand)
execFileSync(file, args)
const flags = await timed(() => pass())
const flagged = reader.statements.one('SELECT count(*) FROM messages WHERE (flags & 2) <> 0')?.[0]
await provider.close()
await preparers.stop()
reader.close()
await thread.close()
const rssBytes = process.resourceUsage().maxRSS * 1024
process.stdout.write(
  JSON.stringify({ full, tended, firstMs, freshNoChange, noChange, flags, flagged, arrived, rssBytes, afterPass }),
)

async function pass(): Promise<void> {
  unwrap(
    await passOver({
      provider,
      store: { reader, writer: thread.writer },
      prepare: preparers.prepare,
      choice: { include: [], exclude: [] },
      states,
      signal: new AbortController().signal,
      hasNews: () => false,
      onHappened: ({ kind, ids }) => {
        if (kind !== 'arrived') return
        if (arrived === 0) firstMs = performance.now() - started
        arrived += ids.length
      },
      monotonicMs: () => performance.now(),
    }),
  )
}

async function timed(work: () => Promise<void>): Promise<{ wallMs: number; cpuMs: number }> {
  const wall = performance.now()
  const cpu = process.cpuUsage()
  await work()
  const { user: mine, system } = process.cpuUsage(cpu)
  return { wallMs: performance.now() - wall, cpuMs: (mine + system) / 1000 }
}

async function median(work: () => Promise<void>): Promise<{ wallMs: number; cpuMs: number }> {
  const figures: { wallMs: number; cpuMs: number }[] = []
  for (let run = 0; run < 9; run++) figures.push(await timed(work))
  figures.sort((one, other) => one.wallMs - other.wallMs)
  return figures[4] ?? { wallMs: 0, cpuMs: 0 }
}

function parsed(text: string): string[] {
  const value: unknown = JSON.parse(text)
  return Array.isArray(value) ? value.map(String) : []
}

function unwrap<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

function fail(error: Error): never {
  throw error
}
