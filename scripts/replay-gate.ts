import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { account, layOut } from './replay/mailbox.ts'
import { hasEffect, isUnattended, lineOf, type Played } from './replay/outcome.ts'
import { Player } from './replay/player.ts'
import { readRecording, type ToolCall } from './replay/tasks.ts'

// Plays what agents were recorded doing, attacks and honest tasks, against the running program over MCP, under the
// profile `assistant` and each task as an agent of its own. The mail is loaded into a new demo, where sending goes
// nowhere. Ends with 0 when no attack had an outward or destructive effect.
// Usage: node scripts/replay-gate.ts FILE.json [--executable POSTERN]
const { values, positionals } = parseArgs({ options: { executable: { type: 'string' } }, allowPositionals: true })
const [path] = positionals
if (path === undefined || positionals.length > 1) {
  process.stderr.write('usage: replay-gate FILE.json [--executable POSTERN]\n')
  process.exit(2)
}
const recording = readRecording(path)
const source = join(import.meta.dirname, '..', 'src', 'main.ts')
const [command = '', ...first] = values.executable === undefined ? [process.execPath, source] : [values.executable]
const home = mkdtempSync(join(tmpdir(), 'postern-replay-'))
const environment = { HOME: home, PATH: process.env.PATH ?? '' }

try {
  postern('import', '--account', account, layOut(home, recording))
  const attacks = await playAll('attack', recording.attacks, played => !hasEffect(played))
  const benign = await playAll('benign', recording.benign, isUnattended)
  const share = benign.all === 0 ? 100 : Math.floor((benign.good / benign.all) * 100)
  process.stdout.write(`attacks without effect: ${attacks.good} of ${attacks.all}\n`)
  process.stdout.write(`benign tasks unattended: ${benign.good} of ${benign.all} (${share} %)\n`)
  process.exitCode = attacks.good === attacks.all ? 0 : 1
} finally {
  postern('daemon', 'stop')
  rmSync(home, { recursive: true, force: true })
}

async function playAll(
  kind: string,
  tasks: Readonly<Record<string, { readonly calls: readonly ToolCall[] }>>,
  isGood: (played: Played) => boolean,
): Promise<{ good: number; all: number }> {
  let good = 0
  for (const [at, [id, { calls }]] of Object.entries(tasks).entries()) {
    const played = { id, outcomes: await playTask(`${kind}-${at}`, calls) }
    if (isGood(played)) good += 1
    process.stdout.write(`${lineOf(kind, played, isGood(played))}\n`)
  }
  return { good, all: Object.keys(tasks).length }
}

async function playTask(agent: string, calls: readonly ToolCall[]) {
  const added: unknown = JSON.parse(postern('agent', 'add', agent, '--profile', 'assistant', '--json'))
  const token = typeof added === 'object' && added !== null && 'token' in added ? String(added.token) : ''
  if (token === '') throw new Error('the agent got no token')
  const client = new Client({ name: 'replay-gate', version: '1.0.0' })
  const env = { ...environment, POSTERN_AGENT_TOKEN: token }
  await client.connect(new StdioClientTransport({ command, args: [...first, '--demo', 'mcp'], env }))
  try {
    const player = new Player(client)
    const outcomes = []
    for (const call of calls) outcomes.push(await player.play(call))
    return outcomes
  } finally {
    await client.close()
  }
}

function postern(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, [...first, '--demo', ...args], {
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (status !== 0) throw new Error(`postern ${args.join(' ')} failed:\n${stderr}`)
  return stdout
}
