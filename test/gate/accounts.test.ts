import { describe, expect, test } from 'vitest'
import type { DaemonClient } from '../../src/daemon/client/index.ts'
import { type ParamsGiven, type RequestName, requests } from '../../src/daemon/requests/index.ts'
import { formatMessageId } from '../../src/mail/store/index.ts'
import { clientOf, newInstance, type Running, startDaemon, withMail } from '../daemon/daemon.ts'

// S-21 to S-24: every kind of request, asked by an agent of one account about another. A new kind does not compile
// without a line here.

/** Stands in everything of bravo, and in nothing of alpha. */
const secret = 'bravosecret'
const everything =
  'status = "allow"\nread = "allow"\nattachments = "allow"\nexport = "allow"\ndraft = "allow"\norganize = "allow"\n' +
  'trash = "allow"\nsend = "allow"\nsync = "allow"\nmemory_read = "allow"\nmemory_draft = "allow"\nactivity = "allow"\n'
const settings = [
  ...['alpha', 'bravo'].map(
    name =>
      `[accounts.${name}]\nemail = "me@${name}.example"\n[accounts.${name}.imap]\nhost = "127.0.0.1"\nport = 1\ntls = "none"\n` +
      `[accounts.${name}.smtp]\nhost = "127.0.0.1"\nport = 1\ntls = "none"\n`,
  ),
  `[agents.profiles.alpha_only]\naccounts = ["alpha"]\n${everything}`,
  `[agents.profiles.both]\naccounts = ["alpha", "bravo"]\n${everything}`,
].join('\n')

interface World {
  readonly daemon: Running
  readonly person: DaemonClient
  readonly alpha: DaemonClient
  readonly both: DaemonClient
  /** Of the account: what requests can refer to. */
  readonly of: Readonly<Record<'alpha' | 'bravo', Things>>
}

interface Things {
  readonly message: string
  readonly draft: number
  readonly plan: string
  readonly decision: number
  readonly send: number
  readonly saved: string
}

async function world(): Promise<World> {
  const instance = newInstance()
  const inbox = [{ key: 'INBOX', name: 'INBOX', kind: 'folder' as const, role: 'inbox' as const }]
  const ids = withMail(instance, [
    {
      account: 'alpha',
      subject: 'open alphaplain',
      text: 'nothing to hide',
      from: 'Ann <ann@a.example>',
      labels: inbox,
    },
    {
      account: 'bravo',
      subject: `closed ${secret}`,
      text: `the word is ${secret}`,
      from: `${secret} <${secret}@b.example>`,
      labels: [...inbox, { key: secret, name: secret, kind: 'label' }],
    },
  ]).map(formatMessageId)
  const daemon = await startDaemon(instance, settings)
  const person = await clientOf(daemon)
  const of = {
    alpha: await things(person, 'alpha', ids[0] ?? ''),
    bravo: await things(person, 'bravo', ids[1] ?? ''),
  }
  const [alpha, both] = [
    await clientOf(daemon, { profile: 'alpha_only', origin: 'agent' }),
    await clientOf(daemon, { profile: 'both', origin: 'agent' }),
  ]
  return { daemon, person, alpha, both, of }
}

async function things(person: DaemonClient, account: 'alpha' | 'bravo', message: string): Promise<Things> {
  const word = account === 'bravo' ? secret : 'alphaplain'
  const content = letterOf(account, word)
  const { draft_id: draft } = await answer(person, 'draft.save', { account, content })
  const { plan_id: plan } = await answer(person, 'plan.create', {
    changes: [{ action: 'star', starred: true }],
    selection: { by: 'ids', ids: [message] },
  })
  const { decision_id: decision } = await answer(person, 'mail.change', {
    changes: [{ action: 'mark', read: true }],
    selection: { by: 'ids', ids: [message] },
    client_key: `make-${account}`,
  })
  const prepared = await answer(person, 'send.prepare', { draft_id: draft, revision: 1 })
  const saved = `${account} search`
  await answer(person, 'saved.save', { account, name: saved, query: word })
  return { message, draft, plan, decision: decision ?? 0, send: prepared.send_id, saved }
}

function letterOf(account: string, word: string, about: string | null = null) {
  const answers = { kind: 'reply' as const, id: about ?? '', parent: null, references: [], sender: null, expected: [] }
  return {
    from: `me@${account}.example`,
    to: [{ name: null, email: `friend@${account}.example` }],
    cc: [],
    bcc: [],
    subject: word,
    body: `about ${word}`,
    markup: false,
    files: [],
    answers: about === null ? null : answers,
  }
}

async function answer<Name extends RequestName>(client: DaemonClient, name: Name, params: ParamsGiven<Name>) {
  const answered = await client.request(name, params)
  if (!answered.ok) throw new Error(`${name}: ${answered.error.code}: ${answered.error.message}`)
  return answered.value
}

const workspace = 'f'.repeat(64)
const key = 'a-key-of-its-own'
const star = [{ action: 'star', starred: true }] as const
const digest = '0'.repeat(64)

/** How each kind of request is asked about what belongs to somebody: one or more ways. */
const asked: { readonly [Name in RequestName]: (them: Things, account: string) => readonly ParamsGiven<Name>[] } = {
  'mail.search': (_, account) => [
    { query: secret },
    { query: `in:anywhere`, accounts: [account] },
    { query: `in:anywhere`, accounts: ['alpha', account] },
  ],
  'mail.count': (_, account) => [{ query: secret }, { query: 'in:anywhere', accounts: [account] }],
  'mail.group': (_, account) => [
    { query: 'in:anywhere', by: 'from' },
    { query: 'in:anywhere', by: 'label' },
    { query: 'in:anywhere', by: 'from', accounts: [account] },
  ],
  'mail.list': ({ message }) => [{ ids: [message] }],
  'mail.threads': (_, account) => [{}, { accounts: [account] }, { label: { account, key: secret } }],
  'mail.thread': ({ message }) => [{ id: message }, { id: `t${message}` }],
  'mail.read': ({ message }) => [{ id: message }],
  'mail.raw': ({ message }) => [{ id: message }],
  'mail.attachments': ({ message }) => [{ id: message }],
  'mail.attachment': ({ message }) => [{ id: message, part: '1' }],
  'mail.labels': (_, account) => [{}, { accounts: [account] }],
  'saved.list': (_, account) => [{}, { accounts: [account] }],
  'mail.change': ({ message }, account) => [
    { changes: [...star], selection: { by: 'ids', ids: [message] }, client_key: key },
    { changes: [...star], selection: { by: 'query', query: secret }, client_key: `${key}-2` },
    {
      changes: [...star],
      selection: { by: 'query', query: 'in:anywhere', accounts: [account] },
      client_key: `${key}-3`,
    },
    { changes: [{ action: 'trash' }], selection: { by: 'ids', ids: [message] }, client_key: `${key}-4` },
  ],
  'plan.create': ({ message }) => [
    { changes: [...star], selection: { by: 'ids', ids: [message] } },
    { changes: [...star], selection: { by: 'query', query: secret } },
  ],
  'plan.show': ({ plan }) => [{ plan_id: plan }],
  'plan.apply': ({ plan }) => [{ plan_id: plan }],
  'decision.undo': ({ decision }) => [{ decision_id: decision, client_key: `${key}-undo` }],
  'decision.list': () => [{}],
  'decision.show': ({ decision }) => [{ decision_id: decision }],
  'outbox.list': (_, account) => [{}, { accounts: [account] }],
  'outbox.retry': (_, account) => [{ accounts: [account] }],
  'outbox.drop': ({ decision }) => [{ decision_id: decision }],
  'snooze.list': (_, account) => [{}, { accounts: [account] }],
  'saved.save': (_, account) => [
    { name: 'mine now', query: secret, account },
    { name: 'mine now', query: secret },
  ],
  'saved.rename': ({ saved }) => [{ name: saved, to: 'renamed' }],
  'saved.delete': ({ saved }) => [{ name: saved }],
  'daemon.ping': () => [{}],
  'daemon.status': (_, account) => [{}, { accounts: [account] }],
  'daemon.shutdown': () => [{}],
  'events.subscribe': (_, account) => [{}, { accounts: [account] }],
  'sync.start': (_, account) => [{ accounts: [account] }],
  'sync.status': (_, account) => [{}, { accounts: [account] }],
  'account.list': (_, account) => [{}, { accounts: [account] }],
  'account.reload': (_, account) => [{ account }],
  'draft.save': ({ draft }, account) => [
    { account, content: letterOf(account, 'x') },
    { draft_id: draft, revision: 1, content: letterOf('alpha', 'x') },
    { account: 'alpha', draft_id: draft, revision: 1, content: letterOf('alpha', 'x') },
  ],
  'draft.answer': ({ message }) => [
    { message_id: message, kind: 'reply' },
    { message_id: message, kind: 'forward', as_file: true },
  ],
  'draft.show': ({ draft }) => [{ draft_id: draft }],
  'draft.list': (_, account) => [{}, { accounts: [account] }],
  'draft.delete': ({ draft }) => [{ draft_id: draft }],
  'send.prepare': ({ draft }) => [{ draft_id: draft, revision: 1 }],
  'send.queue': ({ send }) => [{ send_id: send, digest }],
  'send.cancel': ({ draft }) => [{ draft_id: draft }],
  'send.list': (_, account) => [{}, { accounts: [account] }],
  'send.resolve': ({ draft }) => [{ draft_id: draft, as: 'sent' }],
  'memory.recall': () => [{ workspace, question: secret }],
  'memory.status': () => [{ workspace }],
  'memory.query': () => [{ workspace, query: '(query)' }],
  'memory.record': () => [{ workspace, name: '__mem_0' }],
  'memory.episodes': () => [{ workspace }],
  'memory.verify': () => [{ workspace }],
  'memory.draft': () => [{ workspace, text: 'a note' }],
  'memory.lease': () => [{ workspace }],
  'memory.renew': () => [{ workspace }],
  'memory.write': () => [{ workspace, batch: '(sem @a @b "c")' }],
  'memory.release': () => [{ workspace }],
  'mail.facts': ({ message }) => [{ id: message }],
  'session.show': () => [{}],
  'session.note': () => [{ sources: [] }],
  'agent.add': () => [{ name: 'twin', profile: 'both' }],
  'agent.list': () => [{}],
  'agent.revoke': () => [{ name: 'twin' }],
  'passphrase.set': () => [{ next: 'long enough for one' }],
  'passphrase.state': () => [{}],
  'passphrase.check': () => [{ passphrase: 'long enough for one' }],
  'approval.list': () => [{}],
  'approval.show': () => [{ id: '000000' }],
  'approval.approve': () => [{ id: '000000', digest, passphrase: 'x' }],
  'approval.deny': () => [{ id: '000000' }],
  'approval.status': () => [{}],
  'activity.list': () => [{}],
  'activity.own': () => [{}],
  'activity.verify': () => [{}],
  'activity.redact': () => [{ seq: 1, passphrase: 'x' }],
}
const names = Object.keys(requests) as RequestName[]

/** The words that stand in an answer whatever is asked: a query that is given back says nothing of what it found. */
function told(value: unknown, params: unknown): string {
  return JSON.stringify(value).replaceAll(JSON.stringify(params).slice(1, -1), '')
}

async function stateOf(person: DaemonClient, { message, draft, saved }: Things): Promise<unknown> {
  const { items } = await answer(person, 'mail.list', { ids: [message] })
  const kept = await answer(person, 'draft.show', { draft_id: draft })
  const searches = await answer(person, 'saved.list', {})
  return {
    flags: items.map(({ flags, labels }) => ({ flags, labels })),
    revision: kept.revision,
    content: kept.content,
    saved: searches.items.filter(({ name }) => name === saved).length,
  }
}

describe('S-22: an agent of one account', () => {
  test('learns nothing of another and changes nothing of it, by any request', async () => {
    const { person, alpha, of, daemon } = await world()
    const before = await stateOf(person, of.bravo)
    const leaks: string[] = []
    for (const name of names) {
      for (const params of asked[name](of.bravo, 'bravo')) {
        const { as, given } = { as: await clientOf(daemon, { profile: 'alpha_only', origin: 'agent' }), given: params }
        const answered = await as.request(name, given as never)
        const words = told(answered.ok ? answered.value : answered.error, params)
        if (words.includes(secret)) leaks.push(`${name} ${JSON.stringify(params)}: ${words.slice(0, 300)}`)
        if (answered.ok && name === 'mail.count' && Object(answered.value).total > 1) leaks.push(`${name} counts`)
        as.close()
      }
    }
    expect(leaks).toEqual([])
    expect(await stateOf(person, of.bravo)).toEqual(before)
    await answer(alpha, 'mail.search', { query: 'alphaplain' })
  }, 120_000)

  test('S-23: is refused what names one account and means another', async () => {
    const { alpha, of } = await world()
    const mixed = [
      await alpha.request('draft.save', {
        account: 'alpha',
        draft_id: of.bravo.draft,
        revision: 1,
        content: letterOf('alpha', 'x'),
      }),
      await alpha.request('draft.save', { account: 'alpha', content: letterOf('alpha', 'x', of.bravo.message) }),
      await alpha.request('mail.list', { ids: [of.alpha.message, of.bravo.message] }),
      await alpha.request('mail.change', {
        changes: [...star],
        selection: { by: 'ids', ids: [of.alpha.message, of.bravo.message] },
        client_key: key,
      }),
      await alpha.request('mail.search', { query: 'in:anywhere', accounts: ['alpha', 'bravo'] }),
    ]
    for (const each of mixed) expect(each).toMatchObject({ ok: false, error: { code: 'policy_denied' } })
  })

  test('S-24: asks about all accounts and is answered for its own, not refused', async () => {
    const { alpha, both } = await world()
    expect(await answer(alpha, 'mail.count', { query: 'in:anywhere' })).toMatchObject({ total: 1 })
    expect(await answer(both, 'mail.count', { query: 'in:anywhere' })).toMatchObject({ total: 2 })
    const { items } = await answer(alpha, 'account.list', {})
    expect(items.map(({ account }) => account)).toEqual(['alpha'])
  })
})

describe('S-21: each built-in profile', () => {
  test.each(['reader', 'assistant', 'organizer', 'trusted'])(
    '%s is refused, by the name of the rule, every request of a capability that it lacks',
    async profile => {
      const { daemon, of } = await world()
      for (const name of names) {
        const { capability } = requests[name]
        if (typeof capability !== 'string') continue
        const as = await clientOf(daemon, { profile, origin: 'agent' })
        const { levels } = await answer(as, 'session.show', {})
        if ((levels[capability] ?? 'deny') === 'deny') {
          const [params] = asked[name](of.alpha, 'alpha')
          const answered = await as.request(name, params as never)
          expect(answered, name).toMatchObject({ ok: false, error: { code: 'policy_denied' } })
        }
        as.close()
      }
    },
    120_000,
  )
})
