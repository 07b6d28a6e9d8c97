import { expect, test } from 'vitest'
import type { DaemonClient } from '../../src/daemon/client/index.ts'
import { type ParamsGiven, type RequestName, type RequestSpec, requests } from '../../src/daemon/requests/index.ts'
import { formatMessageId } from '../../src/mail/store/index.ts'
import { clientOf, newInstance, startDaemon, withMail } from './daemon.ts'

const settings =
  '[accounts.home]\nemail = "me@home.example"\n' +
  ['imap', 'smtp'].map(kind => `[accounts.home.${kind}]\nhost = "127.0.0.1"\nport = 1\ntls = "none"\n`).join('') +
  '[agents.profiles.shy]\naccounts = ["*"]\nstatus = "allow"\nread = "allow"\nattachments = "ask"\ndraft = "allow"\n' +
  'send = "allow"\norganize = "allow"\ntrash = "ask"\nactivity = "allow"\nlabels_hidden = ["Medical"]\n'

async function ask<Name extends RequestName>(client: DaemonClient, name: Name, params: ParamsGiven<Name>) {
  const answered = await client.request(name, params)
  if (!answered.ok) throw new Error(`${name}: ${answered.error.code}: ${answered.error.message}`)
  return answered.value
}

function letterAbout(id: string | null) {
  const answers = { kind: 'reply' as const, id: id ?? '', parent: null, references: [], sender: null, expected: [] }
  return {
    from: 'me@home.example',
    to: [{ name: null, email: 'ann@a.example' }],
    cc: [],
    bcc: [],
    subject: 's',
    body: 'b',
    markup: false,
    files: [],
    answers: id === null ? null : answers,
  }
}

async function world() {
  const instance = newInstance()
  const label = (name: string) => ({ key: name, name, kind: 'label' as const })
  const head = 'From: ann@a.example\r\nTo: me@home.example\r\n'
  const [hidden, visible] = withMail(instance, [
    {
      subject: 'Findings',
      text: 'f',
      messageId: 'one@a.example',
      labels: [label('Medical')],
      raw: Buffer.from(`${head}Message-ID: <one@a.example>\r\nSubject: Findings\r\n\r\nf\r\n`),
    },
    {
      subject: 'Re: Findings',
      text: 'g',
      messageId: 'two@a.example',
      inReplyTo: ['one@a.example'],
      references: ['one@a.example'],
      labels: [label('Work')],
    },
  ]).map(formatMessageId)
  const daemon = await startDaemon(instance, settings)
  const [person, shy] = [await clientOf(daemon), await clientOf(daemon, { profile: 'shy', origin: 'agent' })]
  return { person, shy, hidden: hidden ?? '', visible: visible ?? '' }
}

const star = [{ action: 'star', starred: true }] as const
const nowhere = '0000000001'

/** Every request that names a message: each has to be asked here. */
const about: { readonly [Name in RequestName]?: (id: string) => ParamsGiven<Name> } = {
  'mail.list': id => ({ ids: [id] }),
  'mail.thread': id => ({ id }),
  'mail.read': id => ({ id }),
  'mail.raw': id => ({ id }),
  'mail.attachments': id => ({ id }),
  'mail.attachment': id => ({ id, part: '1' }),
  'mail.facts': id => ({ id }),
  'draft.answer': id => ({ message_id: id, kind: 'reply' }),
  'draft.save': id => ({ account: 'home', content: letterAbout(id) }),
  'plan.create': id => ({ changes: [...star], selection: { by: 'ids', ids: [id] } }),
  'mail.change': id => ({ changes: [...star], selection: { by: 'ids', ids: [id] }, client_key: 'a-key-of-its-own' }),
}

test('every request that can name a message is asked', () => {
  const all = Object.entries(requests) as readonly (readonly [string, RequestSpec])[]
  const naming = all.filter(([, { scope }]) =>
    scope.some(each => each.accounts === 'referenced' && /messages|thread|answered|selection/.test(each.by)),
  )
  expect(Object.keys(about).sort()).toEqual(naming.map(([name]) => name).sort())
})

test('a message under a hidden label is answered for as one that does not exist, by every request', async () => {
  const { shy, hidden } = await world()
  for (const name of Object.keys(about) as RequestName[]) {
    const params = about[name]
    if (params === undefined) continue
    const [one, other] = [
      await shy.request(name, params(hidden) as never),
      await shy.request(name, params(nowhere) as never),
    ]
    expect(JSON.stringify(one).replaceAll(hidden, 'ID'), name).toBe(JSON.stringify(other).replaceAll(nowhere, 'ID'))
    expect(JSON.stringify(one), name).not.toMatch(/Findings|Medical|hidden/)
  }
  const { items } = await ask(shy, 'activity.own', { limit: 100 })
  expect(JSON.stringify(items)).not.toMatch(/hidden_label/)
})

test('a thread is shown without what is hidden in it, and not at all by the id of that', async () => {
  const { shy, person, hidden, visible } = await world()
  const whole = await ask(person, 'mail.thread', { id: visible })
  expect(whole.items.map(({ id }) => id)).toEqual([hidden, visible])
  for (const id of [visible, whole.thread_id]) {
    const { items } = await ask(shy, 'mail.thread', { id })
    expect(items.map(each => each.id)).toEqual([visible])
  }
  expect(await shy.request('mail.thread', { id: hidden })).toMatchObject({ error: { code: 'not_found' } })
  expect(await ask(shy, 'mail.list', { ids: [hidden, visible] })).toMatchObject({
    items: [{ id: visible }],
    missing: [hidden],
  })
})

test('a draft that answers hidden mail is not there either, nor is what is prepared of it', async () => {
  const { shy, person, hidden } = await world()
  const { draft_id: draft } = await ask(person, 'draft.answer', { message_id: hidden, kind: 'reply' })
  const { send_id: send, digest } = await ask(person, 'send.prepare', { draft_id: draft })
  const [none, other] = [draft + 1_000, send + 1_000]
  const pairs = [
    ...(['draft.show', 'send.prepare', 'draft.delete'] as const).map(name => {
      return [name, { draft_id: draft }, { draft_id: none }] as const
    }),
    ['send.queue', { send_id: send, digest }, { send_id: other, digest }] as const,
  ]
  for (const [name, there, nothing] of pairs) {
    const one = JSON.stringify(await shy.request(name, there as never))
    const two = JSON.stringify(await shy.request(name, nothing as never))
    expect(one.replaceAll(/[ds]\d+/g, 'N'), name).toBe(two.replaceAll(/[ds]\d+/g, 'N'))
    expect(one, name).toMatch(/_unknown/)
  }
  await ask(person, 'draft.show', { draft_id: draft })
})

test('whoever has nothing hidden is answered as before', async () => {
  const { person, hidden } = await world()
  expect(await ask(person, 'mail.read', { id: hidden })).toMatchObject({ message: { id: hidden } })
})
