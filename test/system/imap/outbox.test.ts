import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { has } from '../../needs.ts'
import { newDirectory } from '../../postern.ts'
import {
  alice,
  type Dovecot,
  type FaultyProxy,
  makeSite,
  RawImap,
  type Site,
  startDovecot,
  startProxy,
} from '../../servers/index.ts'

const program = [inject('executable')]
const letters = 60

describe.skipIf(!has('dovecot'))('what is decided about mail on a server, by the executable', () => {
  let site: Site
  let dovecot: Dovecot
  let proxy: FaultyProxy
  beforeAll(async () => {
    site = makeSite()
    dovecot = await startDovecot(site)
    proxy = await startProxy(dovecot.port)
  })
  afterAll(async () => {
    await proxy?.stop()
    await dovecot?.stop()
    if (site !== undefined) rmSync(site.directory, { recursive: true, force: true })
  })

  test('is done here at once, survives a kill, and reaches the server in few commands once it can be reached', async () => {
    const raw = await RawImap.open(dovecot.port, alice.user, alice.password)
    for (let at = 0; at < letters; at++) {
      const head = `From: ann@a.example\r\nTo: ${alice.user}\r\nSubject: letter ${at}\r\nMessage-ID: <m${at}@a.example>\r\n`
      await raw.append(
        'INBOX',
        `${head}Date: Thu, 1 Oct 2026 10:00:${String(at).padStart(2, '0')} +0000\r\n\r\nhello\r\n`,
      )
    }
    const env = { HOME: newDirectory('home'), PATH: process.env.PATH ?? '' }
    const run = (...args: string[]) => command(args, env)
    const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout)
    onTestFinished(async () => {
      await run('daemon', 'stop')
    })
    const server = ['--imap', `127.0.0.1:${proxy.port}`, '--imap-tls', 'none', '--no-smtp']
    const add = ['account', 'add', 'imap', '--account', 'work', '--email', alice.user, '--password-stdin', '--yes']
    const added = await command([...add, ...server], env, alice.password)
    expect(added, added.stderr).toMatchObject({ exit: 0 })
    const synced = await run('sync', '--wait')
    expect(synced, synced.stderr).toMatchObject({ exit: 0 })
    expect((await run('count', 'in:inbox')).stdout.trim()).toBe(String(letters))

    proxy.goOffline()
    const archived = await json('archive', '--search', 'subject:letter', '--yes')
    expect(archived).toMatchObject({ requested: letters, changed: letters, pending: letters })
    expect(await run('mark', 'read', '--search', 'subject:letter', '--yes')).toMatchObject({ exit: 0 })
    expect((await run('count', 'in:inbox')).stdout.trim()).toBe('0')
    process.kill((await json('daemon', 'status')).pid, 'SIGKILL')
    expect((await json('status')).accounts[0]).toMatchObject({ name: 'work', pending: letters })
    expect((await raw.look('INBOX')).length).toBe(letters)

    proxy.forgetCommands()
    proxy.goOnline()
    const settled = async () => {
      await run('outbox', 'retry')
      return (await json('daemon', 'status')).accounts[0].pending
    }
    await expect.poll(settled, { timeout: 60_000, interval: 500 }).toBe(0)
    expect(await raw.look('INBOX')).toEqual([])
    const there = await raw.look('Archive')
    expect(there.map(({ messageId }) => messageId).sort()).toEqual(
      Array.from({ length: letters }, (_, at) => `m${at}@a.example`).sort(),
    )
    expect(there.every(({ flags }) => flags.includes('\\Seen'))).toBe(true)
    expect(proxy.commands.filter(line => /^UID (STORE|MOVE|COPY)/.test(line)).length).toBeLessThanOrEqual(2)

    expect(await json('undo', String(archived.decision_id))).toMatchObject({ changed: letters, refused_total: 0 })
    await expect.poll(settled, { timeout: 60_000, interval: 500 }).toBe(0)
    expect((await raw.look('INBOX')).length).toBe(letters)
    expect(await run('sync', '--wait')).toMatchObject({ exit: 0 })
    expect((await run('count', 'in:inbox')).stdout.trim()).toBe(String(letters))
    expect((await run('doctor')).stdout).not.toMatch(/^damage/m)
    raw.close()
  })
})

interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number | null
}

/** Beside the servers, which live in this process and must not wait for it. */
function command(args: readonly string[], env: Readonly<Record<string, string>>, input = ''): Promise<Ran> {
  const child = spawn(program[0] ?? '', args, { env })
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', piece => {
    said.stdout += piece
  })
  child.stderr.setEncoding('utf8').on('data', piece => {
    said.stderr += piece
  })
  child.stdin.end(input)
  return new Promise(resolve => child.once('close', exit => resolve({ ...said, exit })))
}
