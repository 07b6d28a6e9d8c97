import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { alice, bob, makeSite, startDovecot, startExim, startKeyring } from './index.ts'
import { isAlive, leaveRunning, stop } from './process.ts'

const help = `scripts/servers start|stop|status [dovecot] [exim] [keyring] [--directory DIR]

Mail servers on loopback to try Postern with: Dovecot (IMAP), Exim (SMTP, delivers into Dovecot's mailboxes) and a
keyring under D-Bus. Needs root and what scripts/test-tools installs. Prints ports and credentials as JSON, which also
lie in DIR/servers.json (default: ${join(tmpdir(), 'postern-servers-UID')}). \`stop\` takes everything away, mail included.
`

interface Started {
  readonly pids: readonly number[]
  readonly [fact: string]: unknown
}
type Servers = Record<string, unknown> & { running: Record<string, Started> }

const names = ['dovecot', 'exim', 'keyring'] as const
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { directory: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
})
const [verb = '', ...asked] = positionals
const unknown = asked.find(name => !names.some(known => known === name))
const directory = values.directory ?? join(tmpdir(), `postern-servers-${userInfo().uid}`)
const stateFile = join(directory, 'servers.json')

if (values.help) process.stdout.write(help)
else if (unknown !== undefined || !['start', 'stop', 'status'].includes(verb)) {
  process.stderr.write(help)
  process.exitCode = 2
} else if (verb === 'start') await startAll()
else if (verb === 'stop') await stopAll()
else status()

async function startAll(): Promise<void> {
  if (running().some(({ pids }) => pids.some(isAlive))) {
    process.stderr.write(`they are running already: scripts/servers stop\n`)
    process.exitCode = 1
    return
  }
  if (!removeOurs()) return
  mkdirSync(directory)
  chmodSync(directory, 0o711)
  const wanted = asked.length === 0 ? names : names.filter(name => asked.includes(name))
  const site = makeSite(directory)
  const servers: Servers = { ca_file: site.authority.caFile, people: [alice, bob], running: {} }
  for (const name of wanted) {
    if (name === 'keyring') {
      const { env, pids } = await startKeyring(directory)
      servers.running[name] = { pids, env }
    } else {
      const server = await (name === 'dovecot' ? startDovecot(site) : startExim(site))
      const { host, port, tlsPort, fingerprint, pid } = server
      servers.running[name] = { pids: [pid], host, port, tls_port: tlsPort, fingerprint, log: server.directory }
    }
  }
  writeFileSync(stateFile, `${JSON.stringify(servers, null, 2)}\n`, { mode: 0o600 })
  leaveRunning()
  process.stdout.write(readFileSync(stateFile))
}

async function stopAll(): Promise<void> {
  for (const { pids } of running()) for (const pid of pids) await stop(pid)
  removeOurs()
}

/** Only what a start of ours left behind is taken away, whatever directory was named. */
function removeOurs(): boolean {
  if (existsSync(directory) && readdirSync(directory).length > 0 && !existsSync(stateFile)) {
    process.stderr.write(`${directory} holds other things: name an empty one\n`)
    process.exitCode = 1
    return false
  }
  rmSync(directory, { recursive: true, force: true })
  return true
}

function status(): void {
  if (!existsSync(stateFile)) process.stdout.write('{"running":{}}\n')
  else process.stdout.write(readFileSync(stateFile))
  process.exitCode = running().length > 0 && running().every(({ pids }) => pids.every(isAlive)) ? 0 : 1
}

function running(): Started[] {
  if (!existsSync(stateFile)) return []
  const state: unknown = JSON.parse(readFileSync(stateFile, 'utf8'))
  const found = typeof state === 'object' && state !== null ? Reflect.get(state, 'running') : undefined
  return Object.values(typeof found === 'object' && found !== null ? found : {}).flatMap(entry => {
    const pids: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'pids') : undefined
    return Array.isArray(pids) ? [{ pids: pids.filter(pid => Number.isInteger(pid)) }] : []
  })
}
