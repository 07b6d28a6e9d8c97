import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commitDirect } from '#librarian/direct.ts'
import { LeaseToken } from '#mcp/lease.ts'
import { Store } from '#memory/store.ts'
import { DirectWriters } from '../../src/daemon/remembering/direct-writers.ts'
import { newDirectory, postern } from '../postern.ts'

const form = (subject: string) => `(sem @${subject} says "${subject}" :src @observation :c 0.5 :v 2026-01-15)`

describe('the token of a lease', () => {
  const tokens = () => {
    const clock = { at: 0 }
    let drawn = 0
    const lease = new LeaseToken({ random: bytes => new Uint8Array(bytes).fill(++drawn), now: () => clock.at })
    return { lease, clock }
  }

  test('is 32 hexadecimal digits, another each time', () => {
    const { lease } = tokens()
    const [one, two] = [lease.mint(1_000), lease.mint(1_000)]
    expect(one).toMatch(/^[0-9a-f]{32}$/)
    expect(two).not.toBe(one)
  })

  test('is checked whole, whatever is shown', () => {
    const { lease } = tokens()
    expect(lease.check('')).toBe('no_lease')
    const token = lease.mint(1_000)
    expect(lease.check(token)).toBeUndefined()
    for (const other of [
      '',
      token.slice(1),
      `${token}0`,
      token.replace(/^./, 'x'),
      'ä'.repeat(32),
      '\ud800'.repeat(32),
    ]) {
      expect(lease.check(other)).toBe('lease_token_mismatch')
    }
  })

  test('ends with its time, is held for longer when renewed, and is gone when let go', () => {
    const { lease, clock } = tokens()
    const token = lease.mint(1_000)
    clock.at = 900
    lease.extend(1_000)
    clock.at = 1_800
    expect(lease.check(token)).toBeUndefined()
    clock.at = 2_000
    expect(lease.check(token)).toBe('lease_expired')
    expect(lease.check(token)).toBe('no_lease')
    lease.mint(1_000)
    lease.end()
    expect(lease.isHeld).toBe(false)
  })

  test('is not made from a random source that fails', () => {
    const lease = new LeaseToken({ random: () => new Uint8Array(3), now: () => 0 })
    expect(() => lease.mint(1_000)).toThrow(/too little/)
    expect(lease.isHeld).toBe(false)
  })
})

describe('who writes', () => {
  const world = () => {
    const log = join(newDirectory('direct'), 'canonical.log')
    const clock = { at: 0 }
    const timers: { at: number; work: () => void }[] = []
    const writers = new DirectWriters({
      openStore: path => Store.open(path, { now: 1 }),
      monotonicMs: () => clock.at,
      after: (ms, work) => {
        const timer = { at: clock.at + ms, work }
        timers.push(timer)
        return () => timers.splice(timers.indexOf(timer), 1)
      },
    })
    const pass = (ms: number) => {
      clock.at += ms
      for (const timer of timers.filter(({ at }) => at <= clock.at)) timer.work()
    }
    return { log, writers, pass, timers }
  }

  test('holds the lock of the log, and nobody else gets it before the time is over', () => {
    const { log, writers, pass } = world()
    expect(writers.open(log, 1, 1_000).ok).toBe(true)
    expect(writers.open(log, 2, 1_000)).toMatchObject({ error: { message: expect.stringMatching(/^lease_held/) } })
    expect(Store.open(log, { now: 2 })).toMatchObject({ ok: false, error: { code: 'Locked' } })
    expect(writers.store(log, 2)).toMatchObject({ error: { message: expect.stringMatching(/^no_lease/) } })
    pass(1_000)
    expect(writers.store(log, 1).ok).toBe(false)
    const free = Store.open(log, { now: 3 })
    expect(free.ok).toBe(true)
    if (free.ok) free.value.close()
  })

  test('is told when somebody else writes, by lock and by name', () => {
    const { log, writers } = world()
    const other = Store.open(log, { now: 1 })
    expect(writers.open(log, 1, 1_000)).toMatchObject({
      error: { message: expect.stringMatching(/^workspace_lock_held/) },
    })
    if (other.ok) other.value.close()
    expect(writers.open(log, 1, 1_000).ok).toBe(true)
    writers.close()
  })

  test('renews, lets go, and leaves no timer behind', () => {
    const { log, writers, pass, timers } = world()
    writers.open(log, 1, 1_000)
    pass(900)
    expect(writers.renew(log, 1, 1_000).ok).toBe(true)
    expect(writers.renew(log, 2, 1_000).ok).toBe(false)
    pass(900)
    expect(writers.store(log, 1).ok).toBe(true)
    expect(writers.release(log, 2)).toBe(false)
    expect(writers.release(log, 1)).toBe(true)
    expect(timers).toEqual([])
  })

  test('cannot speak as the librarian does of where a memory came from', () => {
    const store = Store.open(join(newDirectory('direct'), 'canonical.log'), { now: 1 })
    if (!store.ok) throw new Error(store.error.code)
    const id = 'a'.repeat(32)
    for (const batch of [
      `(sem @draft_${id} accepted_by "operator" :src @observation :c 0.5 :v 2026-01-15)`,
      `(retire @draft_${'b'.repeat(32)})`,
      `(sem @x says "draft_${'C'.repeat(32)}" :src @observation :c 0.5 :v 2026-01-15)`,
    ]) {
      const done = commitDirect(store.value, { batch, agent: 'a', id, now: 2 })
      expect(done).toMatchObject({ ok: false, error: { code: 'reserved_symbol' } })
    }
    expect(commitDirect(store.value, { batch: '(nonsense', agent: 'a', id, now: 3 })).toMatchObject({
      error: { code: 'batch_refused' },
    })
    store.value.close()
  })
})

describe('postern mcp --allow-direct-writes', () => {
  const HOME = newDirectory('home')
  const env = { HOME, PATH: process.env.PATH ?? '' }
  const repository = join(HOME, 'app')
  const main = resolve(import.meta.dirname, '../../src/main.ts')
  const run = (...words: string[]) => postern(words, { env, cwd: repository })
  const connect = async (profile: string, ...words: string[]) => {
    const client = new Client({ name: 'test', version: '1' })
    const args = [main, 'mcp', '--profile', profile, '--workspace', repository, ...words]
    await client.connect(new StdioClientTransport({ command: process.execPath, args, env }))
    return client
  }
  const call = async (client: Client, name: string, args: Record<string, unknown> = {}) => {
    const { structuredContent, isError, content } = await client.callTool({ name, arguments: args })
    const answer = structuredContent as Readonly<Record<string, string>> | undefined
    return { answer: answer ?? {}, refused: isError === true ? JSON.stringify(content) : undefined }
  }

  beforeAll(() => {
    mkdirSync(join(repository, '.git'), { recursive: true })
    writeFileSync(join(repository, '.git', 'config'), '[remote "origin"]\n\turl = https://git.example/app.git\n')
    writeFileSync(join(repository, '.git', 'HEAD'), 'ref: refs/heads/main\n')
    mkdirSync(join(HOME, '.config', 'postern'), { recursive: true, mode: 0o700 })
    const settings =
      '[agents.profiles.writer]\naccounts = ["*"]\nstatus = "allow"\nmemory_read = "allow"\nmemory_write = "allow"\n'
    writeFileSync(join(HOME, '.config', 'postern', 'config.toml'), settings, { mode: 0o600 })
    expect(run('memory', 'init').exit).toBe(0)
  })
  afterAll(() => void run('daemon', 'stop'))

  test('without the flag, or for a profile that does not grant it, the tools are absent', async () => {
    const [plain, assistant] = [await connect('writer'), await connect('assistant', '--allow-direct-writes')]
    for (const client of [plain, assistant]) {
      const names = (await client.listTools()).tools.map(({ name }) => name)
      expect(names).not.toContain('memory_write')
      expect(names).not.toContain('memory_open_workspace')
      await client.close()
    }
  })

  test('holds the memory, writes under the token, shows what it wrote as an agent’s, and lets go', async () => {
    const client = await connect('writer', '--allow-direct-writes')
    expect((await call(client, 'memory_write', { batch: form('early'), lease_token: 'x' })).refused).toContain(
      'no_lease',
    )
    const { answer } = await call(client, 'memory_open_workspace', { ttl_seconds: 60 })
    const token = String(answer.lease_token)
    expect(token).toMatch(/^[0-9a-f]{32}$/)
    expect((await call(client, 'memory_open_workspace')).refused).toContain('lease_held')
    expect(
      (await call(client, 'memory_write', { batch: form('bogus'), lease_token: 'f'.repeat(32) })).refused,
    ).toContain('lease_token_mismatch')
    expect(run('memory', 'commit', form('meanwhile')).exit).not.toBe(0)
    const written = await call(client, 'memory_write', { batch: form('alice'), lease_token: token })
    expect(written.answer).toMatchObject({ episode_id: expect.stringMatching(/^__ep_\d+$/) })
    expect((await call(client, 'memory_close_episode', { lease_token: token })).answer.episode_id).toMatch(/^__ep_/)
    expect((await call(client, 'memory_renew_lease', { lease_token: token, ttl_seconds: 90 })).refused).toBeUndefined()
    const { records } = (await client.callTool({ name: 'memory_read', arguments: { query: '(query :s @alice)' } }))
      .structuredContent as { records: readonly { confirmed: boolean; source: string }[] }
    expect(records).toMatchObject([{ confirmed: false, source: 'mcp mcp:direct' }])
    // From here on the session has read what nobody confirmed: writing waits for the person.
    const tainted = await call(client, 'memory_write', { batch: form('later'), lease_token: token })
    expect(tainted.refused).toMatch(/Held for the person|tainted/)
    expect((await call(client, 'memory_release_workspace', { lease_token: token })).answer).toMatchObject({
      released: true,
    })
    expect(run('memory', 'commit', form('after')).exit).toBe(0)
    expect(run('memory', 'verify').exit).toBe(0)
    const listed = run('activity', 'list', '--json').stdout
    expect(listed).not.toContain(token)
    expect(listed).toContain('memory.write')
    await client.close()
  })

  test('a session that ends lets go', async () => {
    const client = await connect('writer', '--allow-direct-writes')
    await call(client, 'memory_open_workspace', { ttl_seconds: 600 })
    await client.close()
    let exit: number | null = 1
    for (let tries = 0; tries < 40 && exit !== 0; tries++) exit = run('memory', 'commit', form(`free_${tries}`)).exit
    expect(exit).toBe(0)
  })
}, 120_000)
