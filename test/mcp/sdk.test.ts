import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDirectory, postern } from '../postern.ts'

// The server as clients meet it: the program, its daemon, and the official client of the protocol.
const HOME = newDirectory('home')
const env = { HOME, PATH: process.env.PATH ?? '' }
const main = resolve(import.meta.dirname, '../../src/main.ts')
const words = (profile: string) => [main, '--demo', 'mcp', '--profile', profile]
const run = (...args: string[]) => {
  const done = postern(['--demo', ...args], { env })
  if (done.exit !== 0) throw new Error(`${args.join(' ')}: ${done.stderr}`)
  return done.stdout
}

/** What answers hold, as far as these tests look into them. */
interface Answer {
  readonly items: readonly { readonly id: string; readonly text: { readonly text: string } }[]
  readonly records: readonly { readonly id: string; readonly form: { readonly text: string } }[]
  readonly record: { readonly form: { readonly text: string } } | null
  readonly episodes: readonly { readonly episode_id: string }[]
  readonly memories: number
  readonly flags: readonly string[]
  readonly next_cursor: string | null
}

let client: Client
let server: StdioClientTransport

beforeAll(async () => {
  postern(['demo', '-n', '300'], { env })
  client = new Client({ name: 'test', version: '1' })
  server = new StdioClientTransport({ command: process.execPath, args: words('assistant'), env })
  await client.connect(server)
  for (let at = 0; at < 3; at++) {
    await call('submit_draft', { text: `# Fact ${at}\nnumber: ${at}\nlong: "${'x'.repeat(1_900)}"\n` })
  }
  run('librarian', 'run')
}, 120_000)

afterAll(async () => {
  await client.close()
  postern(['--demo', 'daemon', 'stop'], { env })
})

async function call(name: string, args: Record<string, unknown>) {
  const result = await client.callTool({ name, arguments: args })
  if (result.isError === true) throw new Error(JSON.stringify(result.content))
  return result.structuredContent as Answer
}

describe('the session', () => {
  test('names itself, and lists tools with both schemas', async () => {
    expect(client.getServerVersion()).toMatchObject({ name: 'postern' })
    expect(client.getInstructions()).toMatch(/never an instruction/)
    const { tools } = await client.listTools()
    for (const { name, inputSchema, outputSchema, annotations, description } of tools) {
      expect(inputSchema.type, name).toBe('object')
      expect(outputSchema?.type, name).toBe('object')
      expect(typeof annotations?.readOnlyHint, name).toBe('boolean')
      expect(description?.length, name).toBeLessThanOrEqual(300)
    }
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'mail_search',
        'memory_list_episodes',
        'memory_read',
        'memory_recall',
        'memory_render',
        'memory_status',
        'memory_verify',
        'submit_draft',
      ]),
    )
  })

  test('of a profile that cannot propose lacks the tool: it is absent, not refused', async () => {
    const reader = new Client({ name: 'test', version: '1' })
    await reader.connect(new StdioClientTransport({ command: process.execPath, args: words('reader'), env }))
    const names = (await reader.listTools()).tools.map(({ name }) => name)
    expect(names).toContain('memory_read')
    for (const absent of ['submit_draft', 'send_request', 'drafts_create', 'plan_apply']) {
      expect(names).not.toContain(absent)
    }
    await reader.close()
  })

  test('pages through mail by its cursors, every message once', async () => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = await call('mail_search', {
        query: 'in:anywhere',
        limit: 40,
        ...(cursor === undefined ? {} : { cursor }),
      })
      ids.push(...page.items.map(({ id }) => id))
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBe(300)
  })

  test('that is cancelled by the client answers the next call', async () => {
    const stopped = new AbortController()
    const pending = client.callTool({ name: 'mail_search', arguments: { query: 'roof' } }, { signal: stopped.signal })
    stopped.abort()
    await expect(pending).rejects.toThrow()
    expect((await call('mail_search', { query: 'subject:roof-garden', limit: 1 })).items).toHaveLength(1)
  })

  test('answers ten thousand calls without growing', { timeout: 300_000 }, async () => {
    const ask = async (count: number) => {
      for (let at = 0; at < count; at += 20) {
        await Promise.all(
          Array.from({ length: 20 }, (_, each) =>
            call('mail_search', { query: `subject:roof limit${(at + each) % 7}`, limit: 3 }),
          ),
        )
      }
    }
    await ask(2_000)
    const before = residentMegabytes(server.pid)
    await ask(8_000)
    expect(residentMegabytes(server.pid) - before).toBeLessThan(64)
  })
})

function residentMegabytes(pid: number | null): number {
  const [, kilobytes = ''] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

describe('memory', () => {
  test('is counted', async () => {
    const status = await call('memory_status', {})
    expect(status).toMatchObject({ workspace: 'demo', episodes: 3, seal: 'sealed', drafts_waiting: 0, conflicts: 0 })
    expect(status.memories).toBeGreaterThan(3)
  })

  test('answers a query with its records between marks, and where each came from', async () => {
    const { records, flags } = await call('memory_read', { query: '(query :s @fact_1 :p @number)' })
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject({ confirmed: false, source: 'mcp mcp:', form: { untrusted: true } })
    expect(records[0]?.form.text).toMatch(/^<<untrusted [0-9a-f]{16}>>\n\(sem @fact_1 @number /)
    expect(flags).toEqual([])
    expect(await call('memory_read', { query: '(query :s @nobody)' })).toMatchObject({ records: [] })
  })

  test('is paged when it is long, every record once, none answer over the limit', async () => {
    const ids: string[] = []
    let cursor: string | undefined
    let pages = 0
    do {
      const args = { query: '(query :kind sem)', ...(cursor === undefined ? {} : { cursor }) }
      const result = await client.callTool({ name: 'memory_read', arguments: args })
      expect(JSON.stringify(result.structuredContent).length).toBeLessThanOrEqual(25_000)
      const page = result.structuredContent as Answer
      ids.push(...page.records.map(({ id }) => id))
      cursor = page.next_cursor ?? undefined
      pages++
    } while (cursor !== undefined)
    expect(new Set(ids).size).toBe(ids.length)
    const all = JSON.parse(run('memory', 'query', '(query :kind sem)', '--json'))
    expect(ids.length).toBe(all.records.length)
    expect(pages).toBeGreaterThan(0)
  })

  test('shows one record, null for none, and refuses to choose among several', async () => {
    const { record } = await call('memory_render', { query: '(query :s @fact_2 :p @number)' })
    expect(record?.form.text).toContain('@fact_2 @number')
    expect(await call('memory_render', { query: '(query :s @nobody)' })).toEqual({ record: null })
    const several = await client.callTool({ name: 'memory_render', arguments: { query: '(query :p @number)' } })
    expect(several.isError).toBe(true)
    expect(JSON.stringify(several.content)).toContain('multiple_matches')
  })

  test('lists its commits newest first, by pages', async () => {
    const first = await call('memory_list_episodes', { limit: 2 })
    expect(first).toMatchObject({ total: 3, next_cursor: 'at:2' })
    const second = await call('memory_list_episodes', { limit: 2, cursor: 'at:2' })
    expect(second).toMatchObject({ total: 3, next_cursor: null })
    const ids = [...first.episodes, ...second.episodes].map(({ episode_id }) => episode_id)
    expect(ids).toEqual(['__ep_2', '__ep_1', '__ep_0'])
  })

  test('is a resource by its name, and what is none is not found', async () => {
    const { records } = await call('memory_read', { query: '(query :s @fact_1 :p @number)' })
    const uri = `postern://memory/${records[0]?.id}`
    const { contents } = await client.readResource({ uri })
    expect(JSON.stringify(contents)).toMatch(/unconfirmed, mcp mcp:.*<<untrusted [0-9a-f]{16}>>.*@fact_1 @number/)
    const { resourceTemplates } = await client.listResourceTemplates()
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      'postern://thread/{id}',
      'postern://memory/{name}',
    ])
    for (const odd of [
      'postern://memory/__mem_999999',
      'postern://memory/../x',
      'postern://memory/',
      'postern://other/1',
    ]) {
      await expect(client.readResource({ uri: odd })).rejects.toThrow()
    }
  })

  test('is verified', async () => {
    expect(await call('memory_verify', {})).toMatchObject({ sound: true, findings: [], tail: 'clean', seal: 'sealed' })
  })

  test('that another process commits is seen by the next call', async () => {
    await call('submit_draft', { text: '# Fresh\nword: new\n' })
    run('librarian', 'run')
    const { records } = await call('memory_read', { query: '(query :s @fresh)' })
    expect(records).toHaveLength(1)
    expect((await call('memory_recall', { question: 'fresh word' })).items[0]?.text.text).toContain('new')
  })

  test('of a revoked source is left out and counted', async () => {
    await call('submit_draft', { text: '# Wrong\nword: poison\n' })
    run('librarian', 'run')
    const [wrong] = JSON.parse(run('memory', 'recall', 'wrong poison', '--json')).items
    run('memory', 'revoke', '--source', wrong.source.draft, '--yes')
    expect(await call('memory_read', { query: '(query :s @wrong)' })).toMatchObject({ records: [], revoked: 1 })
    expect(await call('memory_render', { query: '(query :s @wrong)' })).toEqual({ record: null })
    expect(JSON.stringify(await call('memory_recall', { question: 'wrong poison' }))).not.toContain('poison')
  })

  test.each([
    ['memory_read', { query: '(sem @a @b "c")' }],
    ['memory_read', { query: '(query' }],
    ['memory_read', {}],
    ['memory_read', { query: '(query :s @a)', cursor: 'at:-1' }],
    ['memory_list_episodes', { limit: 0 }],
    ['memory_status', { workspace: 'other' }],
  ])('%s refuses %j and says why', async (name, args) => {
    const refused = await client.callTool({ name, arguments: args }).catch((error: Error) => ({
      isError: true,
      content: [{ type: 'text', text: error.message }],
    }))
    expect(refused.isError).toBe(true)
    expect(JSON.stringify(refused.content).length).toBeGreaterThan(20)
  })
})

describe('lines that no client should send', () => {
  let child: ChildProcessByStdio<Writable, Readable, null>
  let lines: AsyncIterator<string>
  const send = (line: string | Uint8Array) => child.stdin.write(Buffer.concat([Buffer.from(line), Buffer.from('\n')]))
  const next = async () => JSON.parse((await lines.next()).value ?? 'null')

  beforeAll(async () => {
    child = spawn(process.execPath, words('assistant'), { env, stdio: ['pipe', 'pipe', 'ignore'] })
    lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  })
  afterAll(() => void child.kill())

  test('are answered, and the session goes on', async () => {
    send(
      '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"raw","version":"1"}}}',
    )
    expect(await next()).toMatchObject({ id: 1, result: { serverInfo: { name: 'postern' } } })
    send('nonsense')
    expect(await next()).toMatchObject({ id: null, error: { code: -32700 } })
    send(new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]))
    expect(await next()).toMatchObject({ id: null, error: { code: -32700 } })
    send('[{"jsonrpc":"2.0","id":2,"method":"ping"}]')
    expect(await next()).toMatchObject({ error: { code: -32600 } })
    send(`{"jsonrpc":"2.0","id":3,"method":"ping","params":{"x":"${'y'.repeat(9 * 1024 * 1024)}"}}`)
    expect(await next()).toMatchObject({ id: null, error: { code: -32600 } })
    send('')
    send('{"jsonrpc":"2.0","method":"notifications/unheard-of"}')
    send('{"jsonrpc":"2.0","id":4,"method":"mail/steal"}')
    expect(await next()).toMatchObject({ id: 4, error: { code: -32601 } })
    send('{"jsonrpc":"2.0","id":5,"method":"ping"}')
    expect(await next()).toEqual({ jsonrpc: '2.0', id: 5, result: {} })
  })

  test('and an end of input ends the process with 0, after what was asked is answered', async () => {
    send('{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"memory_status","arguments":{}}}')
    child.stdin.end()
    expect(await next()).toMatchObject({ id: 6, result: { structuredContent: { workspace: 'demo' } } })
    const exit = await new Promise(done => child.once('close', code => done(code)))
    expect(exit).toBe(0)
  })
})
