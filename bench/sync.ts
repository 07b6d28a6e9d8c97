import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { daemonEnvironment } from '../src/daemon/client/start.ts'
import { alice, makeSite, startDovecot } from '../test/servers/index.ts'
import { table } from './measure.ts'
import { corpus } from './store-corpus.ts'

/**
 * A whole mailbox from a local Dovecot, beside mbsync (isync), and mbsync with `notmuch new` for the index:
 * `node bench/sync.ts [--messages 50000] [--indexed 5000] [--program dist/postern]`. With a program its daemon does the
 * first sync, from `account add` to the answer of `sync --wait`; without, the same code from source. Needs root, dovecot-imapd, isync and notmuch. Of notmuch
 * only so many messages are indexed, and its time is scaled up: all of them take it ten minutes. CPU time is that of
 * the client and its children, never Dovecot's.
 */
const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '50000' },
    indexed: { type: 'string', default: '5000' },
    program: { type: 'string' },
  },
})
const messages = Number(values.messages)
const indexed = Math.min(messages, Number(values.indexed))
const site = makeSite()

try {
  const bytes = fill()
  const dovecot = await startDovecot(site)
  try {
    // Its own index and the page cache are warm for everybody.
    dovecot.admin(['fetch', '-u', alice.user, 'size.physical', 'mailbox', 'INBOX'])
    spawnSync('sh', [
      '-c',
      `cat ${site.mailDirectory}/${alice.user}/cur/* >/dev/null 2>&1 || find ${site.mailDirectory} -type f -exec cat {} + >/dev/null`,
    ])
    const flag = ['doveadm', '-c', join(dovecot.directory, 'dovecot.conf'), 'flags', 'add', '-u', alice.user]
    const change = JSON.stringify([...flag, '\\Flagged', 'mailbox', 'INBOX', '1:100'])
    const ours = postern(dovecot.port, change)
    const daemon = values.program === undefined ? undefined : await packaged(resolve(values.program), dovecot.port)
    const full = daemon ?? ours.full
    const peer = mbsync('fast', dovecot.port, false)
    const quiet = mbsync('fast', dovecot.port, false)
    execFileSync('doveadm', [
      '-c',
      join(dovecot.directory, 'dovecot.conf'),
      'flags',
      'add',
      '-u',
      alice.user,
      '\\Answered',
      'mailbox',
      'INBOX',
      '1:100',
    ])
    const flagged = mbsync('fast', dovecot.port, false)
    const durable = mbsync('durable', dovecot.port, true)
    const notmuch = index()
    const peerCpu = peer.cpuMs + notmuch
    process.stdout.write(
      `${messages} messages, ${Math.round(bytes / 1e6)} MB; ${indexed} indexed by notmuch, scaled\n\n`,
    )
    process.stdout.write(
      table('sync', [
        row('whole mailbox to searchable, CPU; mbsync + notmuch', full.cpuMs, peerCpu),
        row('the same, the index merged (tend)', full.cpuMs + ours.tended.cpuMs, peerCpu),
        row('whole mailbox to searchable, wall; mbsync without fsync, to stored', full.wallMs, peer.wallMs),
        row('the same; mbsync with fsync', full.wallMs, durable.wallMs),
        row('nothing changed, connection open, wall', ours.noChange.wallMs, quiet.wallMs),
        row('nothing changed, with connecting, wall', ours.freshNoChange.wallMs, quiet.wallMs),
        row('100 flags changed, wall', ours.flags.wallMs, flagged.wallMs),
      ]),
    )
    process.stdout.write(
      `\nnewest mail searchable after ${Math.round(ours.firstMs)} ms; ${ours.arrived} messages; ` +
        `${ours.flagged} starred; peak memory ${Math.round((daemon ?? ours).rssBytes / 1e6)} MB; tending ${seconds(ours.tended.wallMs)}\n`,
    )
  } finally {
    await dovecot.stop()
  }
} finally {
  rmSync(site.directory, { recursive: true, force: true })
}

interface Took {
  readonly wallMs: number
  readonly cpuMs: number
}

interface Ours {
  readonly full: Took
  readonly tended: Took
  readonly noChange: Took
  readonly freshNoChange: Took
  readonly flags: Took
  readonly firstMs: number
  readonly arrived: number
  readonly flagged: number
  readonly rssBytes: number
}

function fill(): number {
  const maildir = join(site.mailDirectory, alice.user)
  for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(maildir, name), { recursive: true })
  let bytes = 0
  let number = 0
  for (const { raw, receivedAt } of corpus({ messages })) {
    if (raw === undefined) continue
    bytes += raw.length
    const second = Math.floor((receivedAt ?? 1_600_000_000_000) / 1000)
    writeFileSync(join(maildir, 'cur', `${second}.M${number}P1.bench:2,${number++ % 3 === 0 ? '' : 'S'}`), raw)
  }
  execFileSync('chown', ['-R', 'Debian-exim:Debian-exim', maildir])
  return bytes
}

function postern(port: number, flagCommand: string): Ours {
  const script = join(import.meta.dirname, 'sync-run.ts')
  const args = [script, join(site.directory, 'mail.db'), String(port), alice.user, alice.password, flagCommand]
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: daemonEnvironment(process.env),
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

/** The packaged daemon, as a person has it: its CPU time until all mail is found. */
async function packaged(program: string, port: number): Promise<Took & { readonly rssBytes: number }> {
  const home = join(site.directory, 'home')
  mkdirSync(join(home, 'run'), { recursive: true, mode: 0o700 })
  const env = { PATH: process.env.PATH ?? '', HOME: home, XDG_RUNTIME_DIR: join(home, 'run') }
  const daemon = spawn(program, ['daemon', 'run', '--quiet'], {
    env: daemonEnvironment(env),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const run = (args: readonly string[], input = '') => execFileSync(program, args, { env, input, stdio: 'pipe' })
  try {
    await waitFor(() => spawnSync(program, ['daemon', 'status'], { env }).status === 0)
    const before = cpuOf(daemon.pid)
    const began = performance.now()
    const server = ['--imap', `127.0.0.1:${port}`, '--imap-tls', 'none', '--no-smtp', '--history', 'all']
    run(['account', 'add', 'imap', '--email', alice.user, ...server, '--password-stdin', '--yes'], alice.password)
    run(['sync', '--wait'])
    const wallMs = performance.now() - began
    const cpuMs = cpuOf(daemon.pid) - before
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))?.[1]
    return { wallMs, cpuMs, rssBytes: Number(peak) * 1024 }
  } finally {
    daemon.kill()
    await once(daemon, 'exit')
  }
}

/** As Linux tells it, in hundredths of a second; ms. */
function cpuOf(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

async function waitFor(isThere: () => boolean): Promise<void> {
  for (let tries = 0; !isThere(); tries++) {
    if (tries > 100) throw new Error('the daemon did not start')
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

function mbsync(name: string, port: number, isDurable: boolean): Took {
  const directory = join(site.directory, name)
  mkdirSync(join(directory, 'mail'), { recursive: true })
  const config = join(directory, 'mbsyncrc')
  writeFileSync(
    config,
    `FSync ${isDurable ? 'yes' : 'no'}
IMAPAccount a
Host 127.0.0.1
Port ${port}
User ${alice.user}
Pass "${alice.password}"
SSLType None
AuthMechs LOGIN

IMAPStore remote
Account a

MaildirStore local
Path ${directory}/mail/
Inbox ${directory}/mail/INBOX
SubFolders Verbatim

Channel c
Far :remote:
Near :local:
Patterns INBOX
Create Near
SyncState *
`,
  )
  chmodSync(config, 0o600)
  return timed(['mbsync', '-q', '-c', config, 'c'])
}

/** CPU ms that `notmuch new` takes for all messages, from what it takes for some of those that mbsync stored. */
function index(): number {
  const directory = join(site.directory, 'notmuch')
  mkdirSync(join(directory, 'mail', 'cur'), { recursive: true })
  const from = join(site.directory, 'fast', 'mail', 'INBOX', 'cur')
  spawnSync('sh', [
    '-c',
    `ls -f "${from}" | grep -v '^[.]' | head -n ${indexed} | while read f; do cp "${from}/$f" "${directory}/mail/cur/"; done`,
  ])
  const config = join(directory, 'config')
  writeFileSync(
    config,
    `[database]\npath=${directory}/mail\n[user]\nname=a\nprimary_email=a@example.org\n[new]\ntags=new\n`,
  )
  return (timed(['notmuch', `--config=${config}`, 'new']).cpuMs * messages) / indexed
}

function timed(command: readonly string[]): Took {
  const began = performance.now()
  const { stdout, status, stderr } = spawnSync(
    'bash',
    ['-c', '"$@" >/dev/null || exit 9; times', 'bench', ...command],
    {
      encoding: 'utf8',
    },
  )
  const wallMs = performance.now() - began
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`)
  const children = stdout.trim().split('\n').at(-1) ?? ''
  const cpuMs = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, second]) => sum + Number(minutes) * 60_000 + Number(second) * 1000,
    0,
  )
  return { wallMs, cpuMs }
}

function row(what: string, ours: number, peer: number) {
  return { what, ours: seconds(ours), peer: seconds(peer), ratio: (ours / peer).toFixed(3) }
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`
}
