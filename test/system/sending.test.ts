import { rmSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../needs.ts'
import {
  alice,
  type Exim,
  type FaultyProxy,
  makeSite,
  type Site,
  startDovecot,
  startExim,
  startProxy,
} from '../servers/index.ts'
import { Post, value } from './post.ts'

const rounds = Number(process.env.SEND_KILL_ROUNDS ?? 24)

describe.skipIf(!has('exim4'))('what was decided to be sent', () => {
  let site: Site
  let exim: Exim
  let post: Post
  let proxy: FaultyProxy | undefined
  beforeAll(async () => {
    site = makeSite()
    exim = await startExim(site)
  })
  afterEach(async () => {
    await post?.kill()
    await proxy?.stop()
    proxy = undefined
  })
  afterAll(async () => {
    await exim?.stop()
    if (site !== undefined) rmSync(site.directory, { recursive: true, force: true })
  })

  const begin = async (more: Partial<Parameters<Post['setUp']>[0]> = {}) => {
    post = new Post(site)
    await post.setUp({ port: exim.tlsPort, ...more })
    await post.start()
  }

  test(
    `is delivered exactly once, killed ${rounds} times at random moments`,
    async () => {
      // Slow answers, so that a kill meets every step of the conversation.
      proxy = await startProxy(exim.tlsPort, () => ({ delayMs: 15 }))
      await begin({ port: proxy.port })
      let seed = 7
      const messages: { draft: number; messageId: string }[] = []
      const met = new Map<string, number>()
      for (let round = 0; round < rounds; round++) {
        const draft = await post.draft({ subject: `round ${round}`, body: `round ${round}` })
        const { message_id: messageId } = await post.queue(draft)
        messages.push({ draft, messageId })
        seed = (seed * 48271) % 2147483647
        await wait(seed % 260)
        await post.kill()
        await post.start()
        // What waits goes on by itself; what nobody knows is asked of a person, who looks at the recipient's mailbox.
        const settled = await post.until(draft, 'sent', 'unknown')
        met.set(settled.state, (met.get(settled.state) ?? 0) + 1)
        if (settled.state === 'unknown') {
          const isThere = (await post.arrived('bob@example.org', messageId, 1_500)).length > 0
          value(await post.client.request('send.resolve', { draft_id: draft, as: isThere ? 'sent' : 'again' }))
          await post.until(draft, 'sent')
        }
      }
      for (const { messageId } of messages) {
        expect(await post.arrived('bob@example.org', messageId), messageId).toHaveLength(1)
      }
      await post.untilFiled()
      const filed = value(await post.client.request('mail.search', { query: 'in:sent', limit: 200 }))
      expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(rounds)
      expect(
        filed.items
          .map(item => item.message_id)
          .filter(id => messages.some(each => each.messageId === id))
          .sort(),
      ).toEqual(messages.map(({ messageId }) => messageId).sort())
      process.stderr.write(`killed ${rounds} times: ${JSON.stringify(Object.fromEntries(met))}\n`)
    },
    Math.max(300_000, rounds * 15_000),
  )

  test('a wrong password is said once, with the command that mends it, and is not tried again', async () => {
    proxy = await startProxy(exim.tlsPort)
    await begin({ port: proxy.port, password: 'wrong' })
    const drafts = [await post.draft({ subject: 'one' }), await post.draft({ subject: 'two' })]
    for (const draft of drafts) await post.queue(draft)
    await post.untilSend(drafts[0] ?? 0, send => send.code === 'auth')
    const tried = proxy.connections
    for (let again = 0; again < 5; again++) value(await post.client.request('sync.start', {}))
    await wait(500)
    expect(proxy.connections).toBe(tried)
    expect(tried).toBe(1)
    const status = value(await post.client.request('daemon.status', {}))
    expect(status.accounts[0]).toMatchObject({ state: 'auth_needed' })
    expect(status.accounts[0]?.detail).toContain('postern account edit work --password')

    await post.keepPassword(alice.password)
    value(await post.client.request('account.reload', { account: 'work' }))
    for (const draft of drafts) await post.until(draft, 'sent')
    expect(value(await post.client.request('daemon.status', {})).accounts[0]?.state).not.toBe('auth_needed')
  })

  test('what was taken back in time never leaves, and is a draft again', async () => {
    await begin()
    const draft = await post.draft({ subject: 'regretted' })
    const { send_id, digest } = value(await post.client.request('send.prepare', { draft_id: draft, delay_s: 60 }))
    value(await post.client.request('send.queue', { send_id, digest }))
    expect(await post.client.request('draft.delete', { draft_id: draft })).toMatchObject({
      error: { code: 'draft_leaving' },
    })
    await post.kill('SIGTERM')
    await post.start()
    expect(value(await post.client.request('send.cancel', { draft_id: draft })).state).toBe('cancelled')
    const shown = value(await post.client.request('draft.show', { draft_id: draft }))
    value(
      await post.client.request('draft.save', {
        draft_id: draft,
        revision: shown.revision,
        content: { ...shown.content, subject: 'kept' },
      }),
    )
    expect(await post.client.request('send.queue', { send_id, digest })).toMatchObject({
      value: { state: 'cancelled' },
    })
    expect(post.mailbox('bob@example.org').filter(mail => mail.includes('regretted'))).toEqual([])
  })

  test('recipients are told apart: taken, refused, to be tried again', async () => {
    await begin()
    const to = ['bob@example.org', 'refuse@x.example', 'later@x.example'].map(email => ({ name: null, email }))
    const draft = await post.draft({ subject: 'to many', to })
    await post.queue(draft)
    const send = await post.untilSend(draft, each => each.attempts === 1 && each.state === 'waiting')
    expect(send.recipients.map(({ address, state, code }) => [address, state, code])).toEqual([
      ['bob@example.org', 'taken', null],
      ['later@x.example', 'pending', '451'],
      ['refuse@x.example', 'refused', '550'],
    ])
    expect(await post.arrived('bob@example.org', 'to many')).toHaveLength(1)
    value(await post.client.request('send.cancel', { draft_id: draft }))
  })

  test('a message that the server refuses for good is a draft again, with the reason', async () => {
    await begin()
    const draft = await post.draft({ to: [{ name: null, email: 'data-refuse@x.example' }] })
    await post.queue(draft)
    const send = await post.until(draft, 'failed')
    expect(send).toMatchObject({ code: 'refused', detail: expect.stringContaining('the message is refused') })
    expect(value(await post.client.request('draft.show', { draft_id: draft })).send?.state).toBe('failed')
  })

  test('nothing leaves that was not decided on: another digest, an unnamed objection, an older revision', async () => {
    await begin()
    const draft = await post.draft({ subject: 'secret', body: '-----BEGIN PRIVATE KEY-----' })
    const prepared = value(await post.client.request('send.prepare', { draft_id: draft }))
    expect(prepared.issues).toContainEqual(expect.objectContaining({ kind: 'secret', level: 'block' }))
    const { send_id, digest } = prepared
    const ask = (more: object) => post.client.request('send.queue', { send_id, digest, ...more })
    expect(await ask({})).toMatchObject({ error: { code: 'refused' } })
    expect(await ask({ despite: ['first_time'] })).toMatchObject({ error: { code: 'refused' } })
    expect(await ask({ despite: ['secret'], digest: 'ab'.repeat(32) })).toMatchObject({
      error: { code: 'draft_changed' },
    })
    const shown = value(await post.client.request('draft.show', { draft_id: draft }))
    value(
      await post.client.request('draft.save', {
        draft_id: draft,
        revision: 1,
        content: { ...shown.content, bcc: [{ name: null, email: 'spy@example.org' }] },
      }),
    )
    expect(await ask({ despite: ['secret'] })).toMatchObject({ ok: false })
    expect(
      await post.client.request('draft.save', { draft_id: draft, revision: 1, content: shown.content }),
    ).toMatchObject({ error: { code: 'draft_changed' } })
    expect(
      await post.client.request('draft.save', { content: { ...shown.content, from: 'boss@example.org' } }),
    ).toMatchObject({ ok: false })
  })

  test('no password stands in the log, the store, the settings, or anything that a client is told', async () => {
    await begin()
    const draft = await post.draft({ subject: 'all is well' })
    await post.queue(draft)
    await post.until(draft, 'sent')
    await post.keepPassword(`${alice.password} is wrong`)
    value(await post.client.request('account.reload', { account: 'work' }))
    const other = await post.draft({ subject: 'all is not well' })
    await post.queue(other)
    await post.untilSend(other, send => send.code === 'auth')
    const told = JSON.stringify([
      await post.client.request('daemon.status', {}),
      await post.client.request('account.list', {}),
      await post.client.request('send.list', {}),
    ])
    expect(told).not.toContain(alice.password)
    await post.kill('SIGTERM')
    const searched = post.filesBelowHome().filter(([path]) => !path.endsWith('/passwords'))
    expect(searched.length).toBeGreaterThan(3)
    for (const [path, bytes] of searched) {
      expect(bytes.includes(alice.password), path).toBe(false)
      expect(bytes.includes(Buffer.from(alice.password).toString('base64')), path).toBe(false)
    }
  })

  test.skipIf(!has('dovecot'))(
    'the copy is filed once at the provider, and a bounce is linked to what was sent',
    async () => {
      const dovecot = await startDovecot(site)
      try {
        await begin({ imapPort: dovecot.tlsPort })
        value(await post.client.request('sync.start', { wait: true }))
        const to = ['bob@example.org', 'bounce-me@example.org'].map(email => ({ name: null, email }))
        const draft = await post.draft({ subject: 'to be filed', to, bcc: [{ name: null, email: 'carol@x.example' }] })
        const { message_id: messageId } = await post.queue(draft)
        await post.until(draft, 'sent')
        await post.untilFiled()
        const bounced = await post.untilSend(draft, send => send.recipients.some(({ state }) => state === 'bounced'))
        expect(bounced.recipients.map(({ address, state }) => [address, state])).toEqual([
          ['bob@example.org', 'taken'],
          ['bounce-me@example.org', 'bounced'],
          ['carol@x.example', 'taken'],
        ])
        value(await post.client.request('sync.start', { wait: true }))
        const { items } = value(await post.client.request('mail.search', { query: 'in:sent subject:filed' }))
        expect(items.map(item => [item.message_id, item.bcc.map(({ email }) => email)])).toEqual([
          [messageId, ['carol@x.example']],
        ])
        const [arrived = ''] = await post.arrived('bob@example.org', messageId)
        expect(arrived).not.toContain('carol@x.example')
      } finally {
        await dovecot.stop()
      }
    },
  )
})
