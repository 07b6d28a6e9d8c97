import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { table } from './measure.ts'

/**
 * How long an agent waits for a tool, over stdio, with the official client of the protocol, the daemon behind it.
 * Usage: node bench/mcp.ts [--messages 50000] [--memories 1000] [--calls 400] [EXECUTABLE]. The column of the peer holds
 * what we hold ourselves to, in ms.
 */
const { values, positionals } = parseArgs({
  options: {
    messages: { type: 'string', default: '50000' },
    memories: { type: 'string', default: '1000' },
    calls: { type: 'string', default: '400' },
  },
  allowPositionals: true,
})
const [executable] = positionals
const program =
  executable === undefined ? [process.execPath, resolve(import.meta.dirname, '../src/main.ts')] : [resolve(executable)]
const [file = '', ...first] = program
const home = mkdtempSync(join(tmpdir(), 'postern-bench-'))
const env = { HOME: home, PATH: process.env.PATH ?? '' }
const calls = Number(values.calls)

try {
  run('demo', '--messages', values.messages)
  remember(Number(values.memories))
  const client = new Client({ name: 'bench', version: '1' })
  await client.connect(
    new StdioClientTransport({ command: file, args: [...first, '--demo', 'mcp', '--profile', 'assistant'], env }),
  )
  await measure(client)
  await client.close()
} finally {
  run('--demo', 'daemon', 'stop')
  rmSync(home, { recursive: true, force: true })
}

async function measure(client: Client): Promise<void> {
  const asked = ['roof garden', 'from:henrik', 'has:attachment newer_than:1y', 'invoice is:unread', 'subject:harbour']
  const ids: string[] = []
  const call = async (name: string, args: Record<string, unknown>) => {
    const { structuredContent, isError, content } = await client.callTool({ name, arguments: args })
    if (isError === true) throw new Error(`${name}: ${JSON.stringify(content)}`)
    return structuredContent
  }
  for (const query of asked) {
    const found = (await call('mail_search', { query, limit: 50 })) as { items: readonly { id: string }[] }
    ids.push(...found.items.map(({ id }) => id))
  }
  const tools: readonly (readonly [string, number, (at: number) => Promise<unknown>])[] = [
    ['tools/list', 15, () => client.listTools()],
    ['mail_search, 20 hits', 15, at => call('mail_search', { query: asked[at % asked.length] ?? '', limit: 20 })],
    ['mail_read, one', 15, at => call('mail_read', { ids: [ids[at % ids.length] ?? ''] })],
    [
      'mail_read, five',
      15,
      at => call('mail_read', { ids: [0, 1, 2, 3, 4].map(add => ids[(at + add) % ids.length] ?? '') }),
    ],
    ['memory_recall', 15, at => call('memory_recall', { question: `what colour has thing ${at % 50}` })],
    ['memory_read', 15, at => call('memory_read', { query: `(query :s @thing_${at % 50})` })],
  ]
  const rows = []
  for (const [what, bar, ask] of tools) {
    for (let at = 0; at < 20; at++) await ask(at)
    const times: number[] = []
    for (let at = 0; at < calls; at++) {
      const began = performance.now()
      await ask(at)
      times.push(performance.now() - began)
    }
    times.sort((one, other) => one - other)
    const [p50 = 0, p95 = 0] = [times[Math.floor(calls * 0.5)], times[Math.floor(calls * 0.95)]]
    rows.push({ what: `${what}, p50`, ours: p50.toFixed(2), peer: bar.toFixed(0), ratio: (p50 / bar).toFixed(2) })
    rows.push({ what: `${what}, p95`, ours: p95.toFixed(2), peer: '', ratio: '' })
  }
  process.stdout.write(`${values.messages} messages, ${values.memories} memories, ${calls} calls each; ms\n`)
  process.stdout.write(table('mcp', rows))
}

function remember(count: number): void {
  const colours = ['red', 'green', 'blue', 'grey']
  const facts = Array.from(
    { length: count },
    (_, at) => `(sem @thing_${at} @colour "${colours[at % 4]} ${at}" :src @observation :c 0.5 :v 2026-01-15)`,
  )
  run('--demo', 'memory', 'init')
  const done = spawnSync(file, [...first, '--demo', 'memory', 'commit', '-'], { env, input: facts.join('\n') })
  if (done.status !== 0) throw new Error(String(done.stderr))
}

function run(...words: string[]): void {
  const { status, stderr } = spawnSync(file, [...first, ...words], { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`)
}
