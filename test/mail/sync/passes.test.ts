import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { err, ok } from '#base/result.ts'
import { deliveryBy } from '#mail/providers/deliver.ts'
import { DemoProvider } from '#mail/providers/demo/provider.ts'
import { DemoServer } from '#mail/providers/demo/server.ts'
import type { MailProvider } from '#mail/providers/provider.ts'
import { providerError } from '#mail/providers/provider-error.ts'
import { type SyncBox, syncBox, value } from './box.ts'

const signal = new AbortController().signal

describe('looking through an account', () => {
  let server: DemoServer
  let provider: DemoProvider
  let box: SyncBox
  beforeEach(() => {
    server = new DemoServer()
    server.createMailbox('INBOX', 'inbox')
    server.createMailbox('Archive', 'archive')
    server.createMailbox('Trash', 'trash')
    provider = new DemoProvider('home', server)
    box = syncBox()
  })
  afterEach(() => box.close())

  const letter = (number: number) =>
    Buffer.from(
      `From: a@example.org\r\nMessage-ID: <m${number}@x>\r\nSubject: number ${number}\r\n\r\nhello ${number}\r\n`,
    )
  const put = (number: number, mailbox = 'INBOX', flags = 0) =>
    server.put(mailbox, { raw: letter(number), flags, receivedAt: 1_700_000_000_000 + number })
  const pass = async () => value(await box.pass(provider))
  const idOf = (number: number): number => {
    const row = box.reader.statements.one('SELECT id FROM envelopes WHERE message_id = ?', `m${number}@x`)
    return Number(row?.[0])
  }
  const decide = (number: number, action: 'archive' | 'trash', clientKey: string) =>
    value(box.writer.decide({ changes: [{ action }], messages: [idOf(number)], clientKey, origin: 'human' }))
  const deliver = async () => {
    const taken = value(box.writer.takeDeliveries('home', 1_000))
    const done = await deliveryBy(provider).apply(
      taken.map(({ change }) => change),
      signal,
    )
    if (!done.ok) return done
    const deliveries = taken.flatMap((each, at) =>
      done.value[at] === undefined ? [] : { taken: each, result: done.value[at] },
    )
    return box.writer.settleDeliveries('home', deliveries)
  }

  test('the index is merged at the end where very much is to come, and along the way where little is', async () => {
    put(1)
    const expected = vi.spyOn(box.writer, 'expectMuch')
    await pass()
    expect(expected).not.toHaveBeenCalled()
    put(2)
    const [inbox, ...others] = value(await provider.mailboxes(signal))
    if (inbox === undefined) throw new Error('the demo has an inbox')
    const promising = Object.create(provider, {
      account: { value: 'other' },
      mailboxes: { value: async () => ok([{ ...inbox, messages: 10_000 }, ...others]) },
      changes: {
        value: (request: Parameters<MailProvider['changes']>[0]) => {
          expect(expected.mock.calls).toEqual([[true]])
          return provider.changes(request)
        },
      },
    })
    value(await box.pass(promising))
    expect(expected.mock.calls).toEqual([[true], [false]])
  })

  test('an error in the middle keeps what came before, and the next look goes on', async () => {
    for (let number = 0; number < 500; number++) put(number)
    const lost = providerError('network', 'the connection was lost')
    let looks = 0
    const breaking = withChanges(provider, async function* (request) {
      const isFirst = looks++ === 0
      let pages = 0
      for await (const page of provider.changes(request)) {
        if (isFirst && ++pages > 2) return yield err(lost)
        yield page
      }
    })
    expect(await box.pass(breaking)).toMatchObject({
      ok: false,
      error: { from: 'provider', error: { code: 'network' } },
    })
    expect(Object.keys(box.seen()).length).toBe(200)
    expect((await pass()).arrived).toBe(300)
    expect(Object.keys(box.seen()).length).toBe(500)
  })

  test('what the person decided stays, whatever the provider says until it is told', async () => {
    put(1)
    await pass()
    value(box.writer.setDelivery('home', 'folders'))
    decide(1, 'archive', 'first key')
    server.mark({ mailbox: 'INBOX', uidvalidity: 0, uid: 1 }, { add: ['starred'] })
    await pass()
    expect(box.seen()['m1@x']).toEqual({ labels: ['Archive'], flags: ['starred'] })
    await deliver()
    await pass()
    expect(server.mailboxes.get('Archive')?.messages.size).toBe(1)
    expect(box.seen()['m1@x']).toEqual({ labels: ['Archive'], flags: ['starred'] })
  })

  test('a message that somebody moved is the same message, and one that was deleted goes', async () => {
    put(1)
    put(2)
    await pass()
    const before = idOf(1)
    const moved = server.expunge({ mailbox: 'INBOX', uidvalidity: 0, uid: 1 })
    if (moved !== undefined) server.put('Archive', moved)
    server.expunge({ mailbox: 'INBOX', uidvalidity: 0, uid: 2 })
    const report = await pass()
    expect([report.arrived, report.removed]).toEqual([0, 1])
    expect(idOf(1)).toBe(before)
    expect(box.seen()).toEqual({ 'm1@x': { labels: ['Archive'], flags: [] } })
  })

  test('nothing is removed as long as one mailbox could not be looked through', async () => {
    put(1)
    put(9, 'Archive')
    await pass()
    server.expunge({ mailbox: 'INBOX', uidvalidity: 0, uid: 1 })
    const failing = withChanges(provider, async function* (request) {
      if (request.mailbox === 'Archive') yield err(providerError('permission', 'not for you'))
      else yield* provider.changes(request)
    })
    const report = value(await box.pass(failing))
    expect([report.removed, report.failures.map(({ mailbox }) => mailbox)]).toEqual([0, ['Archive']])
    expect(Object.keys(box.seen())).toContain('m1@x')
    expect((await pass()).removed).toBe(1)
  })

  test('a new UIDVALIDITY changes no id and leaves no ghost', async () => {
    for (let number = 0; number < 5; number++) put(number)
    await pass()
    const before = [0, 1, 2, 3, 4].map(idOf)
    server.expunge({ mailbox: 'INBOX', uidvalidity: 0, uid: 5 })
    server.renumber('INBOX')
    const report = await pass()
    expect([report.arrived, report.removed]).toEqual([0, 1])
    expect([0, 1, 2, 3].map(idOf)).toEqual(before.slice(0, 4))
  })

  test('a copy that is read makes the message read; when that copy goes, it is unread again', async () => {
    put(1)
    put(1, 'Archive', 1)
    await pass()
    expect(box.seen()['m1@x']).toEqual({ labels: ['Archive', 'INBOX'], flags: ['read'] })
    server.expunge({ mailbox: 'Archive', uidvalidity: 0, uid: 1 })
    await pass()
    expect(box.seen()['m1@x']).toEqual({ labels: ['INBOX'], flags: [] })
  })

  test('a folder that is not there for a decision is a refusal, and the message is where it was', async () => {
    put(1)
    await pass()
    value(box.writer.setDelivery('home', 'folders'))
    decide(1, 'trash', 'second key')
    server.removeMailbox('Trash')
    expect(value(await deliver()).failed).toMatchObject([{ code: 'folder_missing' }])
    expect(box.seen()['m1@x']?.labels).toEqual(['INBOX'])
  })

  test('a keyword that is called like a folder does not turn the folder into a keyword', async () => {
    server.put('INBOX', { raw: letter(1), keywords: ['Trash', 'Todo', 'Later'] })
    put(2, 'Trash')
    await pass()
    expect(box.seen()).toEqual({
      'm1@x': { labels: ['INBOX', 'Later', 'Todo'], flags: [] },
      'm2@x': { labels: ['Trash'], flags: [] },
    })
    server.mark({ mailbox: 'INBOX', uidvalidity: 0, uid: 1 }, { add: ['read'] })
    server.createMailbox('Later')
    await pass()
    expect(box.seen()['m1@x']).toEqual({ labels: ['INBOX', 'Todo'], flags: ['read'] })
    expect(
      box.reader
        .labels()
        .filter(({ kind }) => kind === 'folder')
        .map(({ key }) => key),
    ).toContain('Trash')
  })

  test('a mailbox in the state in which it was last seen is not opened again', async () => {
    const states = new Map<string, string>()
    put(1)
    value(await box.pass(provider, { states }))
    const opened: string[] = []
    const watched = withChanges(provider, request => {
      opened.push(request.mailbox)
      return provider.changes(request)
    })
    put(2, 'Archive')
    value(await box.pass(watched, { states }))
    expect(opened).toEqual(['Archive'])
  })
})

/** The same provider, but for how it tells of changes. */
function withChanges(provider: MailProvider, changes: MailProvider['changes']): MailProvider {
  return {
    kind: provider.kind,
    account: provider.account,
    mailboxes: signal => provider.mailboxes(signal),
    changes,
    apply: (change, signal) => provider.apply(change, signal),
    append: (message, signal) => provider.append(message, signal),
    watch: request => provider.watch(request),
    close: () => provider.close(),
  }
}
