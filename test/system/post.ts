import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Paths, resolvePaths } from '#base/paths.ts'
import { Secret } from '#base/secret.ts'
import { connectDaemon, DaemonClient } from '#daemon/client/index.ts'
import { openCredentials } from '#daemon/credentials/index.ts'
import type { ResultOf } from '#daemon/requests/index.ts'
import type { DraftContent } from '#mail/compose/index.ts'
import { newDirectory } from '../postern.ts'
import { alice, type Site } from '../servers/index.ts'

/** A person's Postern with one account that sends, and a daemon that can be killed. */
export class Post {
  readonly home = newDirectory('post')
  readonly paths: Paths = resolvePaths({ platform: 'linux', env: {}, home: this.home, instance: 'postern' })
  readonly #site: Site
  #child: ChildProcess | undefined
  #client: DaemonClient | undefined

  constructor(site: Site) {
    this.#site = site
  }

  async setUp(smtp: { port: number; password?: string; imapPort?: number }): Promise<void> {
    mkdirSync(this.paths.configDir, { recursive: true, mode: 0o700 })
    const server = (port: number) =>
      `host = "127.0.0.1"\nport = ${port}\ntls = "implicit"\nca_file = "${this.#site.authority.caFile}"\n`
    const imap = smtp.imapPort === undefined ? '' : `[accounts.work.imap]\n${server(smtp.imapPort)}`
    const config = `[send]\ndelay_s = 0\n
[accounts.work]
email = "${alice.user}"
name = "Alice Archer"
${imap}[accounts.work.smtp]
${server(smtp.port)}`
    writeFileSync(this.paths.configFile, config, { mode: 0o600 })
    await this.keepPassword(smtp.password ?? alice.password)
  }

  async keepPassword(password: string): Promise<void> {
    const world = { paths: this.paths, env: { PATH: '/nowhere' }, store: 'file', platform: 'linux' } as const
    await openCredentials(world).keep('work', new Secret(password))
  }

  async start(): Promise<DaemonClient> {
    this.#child = spawn(process.execPath, [resolve(import.meta.dirname, '../../src/main.ts'), 'daemon', 'run'], {
      env: { HOME: this.home, PATH: process.env.PATH ?? '', TZ: 'Europe/Lisbon' },
      stdio: 'ignore',
    })
    for (let tries = 0; tries < 1000; tries++) {
      const connected = await connectDaemon({ paths: this.paths, client: 'test', timeoutMs: 5_000 })
      if ('socket' in connected) {
        this.#client = new DaemonClient(connected)
        return this.#client
      }
      await wait(20)
    }
    throw new Error('the daemon did not start')
  }

  get client(): DaemonClient {
    if (this.#client === undefined) throw new Error('there is no daemon')
    return this.#client
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null) return
    const closed = once(child, 'close')
    child.kill(signal)
    await closed
    this.#client?.close()
  }

  async draft(content: Partial<DraftContent> = {}): Promise<number> {
    const whole: DraftContent = {
      from: alice.user,
      to: [{ name: null, email: 'bob@example.org' }],
      cc: [],
      bcc: [],
      subject: 'hello',
      body: 'hello',
      markup: true,
      files: [],
      answers: null,
      ...content,
    }
    return value(await this.client.request('draft.save', { content: whole })).draft_id
  }

  async queue(draft: number): Promise<ResultOf<'send.queue'>> {
    const { send_id, digest } = value(await this.client.request('send.prepare', { draft_id: draft }))
    return value(await this.client.request('send.queue', { send_id, digest }))
  }

  async sends(): Promise<ResultOf<'send.list'>['items']> {
    return value(await this.client.request('send.list', {})).items
  }

  /** The send of a draft once it is in one of these states. */
  until(draft: number, ...states: string[]): Promise<ResultOf<'send.queue'>> {
    return this.untilSend(draft, ({ state }) => states.includes(state))
  }

  async untilSend(draft: number, is: (send: ResultOf<'send.queue'>) => boolean): Promise<ResultOf<'send.queue'>> {
    for (let tries = 0; tries < 1500; tries++) {
      const found = (await this.sends()).find(send => send.draft_id === draft)
      if (found !== undefined && is(found)) return found
      await wait(20)
    }
    throw new Error(`draft ${draft} did not come so far: ${JSON.stringify(await this.sends())}`)
  }

  filesBelowHome(): [string, Buffer][] {
    return readdirSync(this.home, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name))])
  }

  async untilFiled(): Promise<void> {
    for (
      let tries = 0;
      (await this.sends()).some(({ state, copy }) => state === 'sent' && copy === 'wanted');
      tries++
    ) {
      if (tries > 1500) throw new Error('copies are not filed')
      await wait(20)
    }
  }

  /** Messages in a mailbox of the site. */
  mailbox(name: string): string[] {
    const directory = join(this.#site.mailDirectory, name, 'new')
    try {
      return readdirSync(directory).map(file => readFileSync(join(directory, file), 'latin1'))
    } catch {
      return []
    }
  }

  /** Those with a text in them, once one is there or it has been waited for long enough. */
  async arrived(name: string, text: string, waitMs = 10_000): Promise<string[]> {
    for (let tries = 0; ; tries++) {
      const found = this.mailbox(name).filter(mail => mail.includes(text))
      if (found.length > 0 || tries * 25 > waitMs) return found
      await wait(25)
    }
  }
}

export function value<T>(result: { ok: true; value: T } | { ok: false; error: { code: string; message: string } }): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}
