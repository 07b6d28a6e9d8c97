import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '#base/clock.ts'
import type { Log } from '#base/log.ts'
import { DemoProvider } from '#mail/providers/demo/provider.ts'
import { DemoServer } from '#mail/providers/demo/server.ts'
import type { MailProvider } from '#mail/providers/provider.ts'
import { providerError } from '#mail/providers/provider-error.ts'
import { AccountSync, prepareHere, type SyncStatus } from '#mail/sync/index.ts'
import { type SyncBox, syncBox } from './box.ts'

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, close: () => {} }

describe('keeping an account in step', () => {
  let server: DemoServer
  let box: SyncBox
  let stop: AbortController
  let running: Promise<void>
  let statuses: SyncStatus[]
  let watchers: (() => void)[]
  beforeEach(() => {
    server = new DemoServer()
    server.createMailbox('INBOX', 'inbox')
    server.createMailbox('Archive', 'archive')
    box = syncBox()
    stop = new AbortController()
    statuses = []
    watchers = []
  })
  afterEach(async () => {
    stop.abort()
    await running
    box.close()
  })

  const letter = (number: number) =>
    Buffer.from(`From: a@x.org\r\nMessage-ID: <m${number}@x>\r\nSubject: ${number}\r\n\r\nhello\r\n`)
  const start = (provider: MailProvider): AccountSync => {
    const sync = new AccountSync({
      provider,
      store: box,
      prepare: prepareHere,
      choice: { include: [], exclude: [] },
      historyDays: null,
      pollMs: 60_000,
      clock: systemClock,
      log: silent,
      onHappened: () => {
        for (const watcher of watchers) watcher()
      },
      onStatus: status => {
        statuses.push(status)
        for (const watcher of watchers) watcher()
      },
    })
    running = sync.run(stop.signal)
    return sync
  }
  const until = (isSo: () => boolean) =>
    new Promise<void>(resolve => {
      const look = () => {
        if (isSo()) resolve()
      }
      watchers.push(look)
      look()
    })
  const has = (number: number) => box.seen()[`m${number}@x`] !== undefined

  test('what comes later is here without being asked for', async () => {
    server.put('INBOX', { raw: letter(1) })
    const sync = start(new DemoProvider('home', server))
    await until(() => sync.status.state === 'ready')
    server.put('INBOX', { raw: letter(2) })
    await until(() => has(2))
  })

  test('new mail is here while a long look at another mailbox goes on', async () => {
    server.put('INBOX', { raw: letter(1) })
    for (let number = 10; number < 20; number++) server.put('Archive', { raw: letter(number) })
    const demo = new DemoProvider('home', server)
    let goOn: () => void = () => {}
    const held = new Promise<void>(resolve => {
      goOn = resolve
    })
    let isHeld = false
    const slow: MailProvider = {
      kind: demo.kind,
      account: demo.account,
      mailboxes: signal => demo.mailboxes(signal),
      async *changes(request) {
        if (request.mailbox === 'Archive') {
          isHeld = true
          for (const watcher of watchers) watcher()
          await held
        }
        yield* demo.changes(request)
      },
      apply: (change, signal) => demo.apply(change, signal),
      append: (message, signal) => demo.append(message, signal),
      watch: request => demo.watch(request),
      close: () => demo.close(),
    }
    const sync = start(slow)
    await until(() => isHeld && has(1))
    // The inbox is whole once its page and its end are stored; then its news are looked at beside the long look.
    for (let number = 100; !has(100); number++) {
      server.put('INBOX', { raw: letter(100) })
      await new Promise(resolve => setImmediate(resolve))
      if (number > 10_000) throw new Error('it did not come')
    }
    expect(has(10)).toBe(false)
    goOn()
    await until(() => sync.status.state === 'ready' && has(10))
  })

  test('a refused login stops it until somebody calls, and is said once', async () => {
    const provider = new DemoProvider('home', server)
    provider.failNext(providerError('auth', 'the login was refused'))
    const sync = start(provider)
    await until(() => sync.status.state === 'stopped')
    expect(statuses.filter(({ state }) => state === 'stopped').length).toBe(1)
    server.put('INBOX', { raw: letter(1) })
    sync.wake()
    await until(() => has(1))
  })

  test('a lost network is waited for', async () => {
    const provider = new DemoProvider('home', server)
    provider.failNext(providerError('network', 'the connection was lost', { retryAfterMs: 1 }))
    server.put('INBOX', { raw: letter(1) })
    const sync = start(provider)
    await until(() => has(1) && sync.status.state === 'ready')
    expect(statuses.map(({ state }) => state)).toContain('offline')
  })
})
