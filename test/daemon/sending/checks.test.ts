import { describe, expect, test } from 'vitest'
import { parseConfig } from '#config/index.ts'
import { type CheckFile, checkDraft, type IssueKind } from '#daemon/sending/checks/index.ts'
import type { DraftContent } from '#mail/compose/index.ts'

const quiet: DraftContent = {
  from: 'me@home.example',
  to: [{ name: 'Ann', email: 'ann@example.org' }],
  cc: [],
  bcc: [],
  subject: 'Plan',
  body: 'All is well.\n\n-- \nMe',
  markup: true,
  files: [],
  answers: null,
}
const file = { name: 'plan.pdf', type: 'application/pdf', size: 1, sha256: 'ab'.repeat(32) }
const written = new Map([
  ['ann@example.org', 12],
  ['bob@example.org', 5],
  ['annika@example.org', 7],
  ['old@paypal.com', 9],
])

interface Said {
  readonly files?: readonly CheckFile[]
  readonly settings?: string
}

function issues(content: Partial<DraftContent>, { files = [], settings = '' }: Said = {}) {
  const config = parseConfig(`[checks]\n${settings}`)
  if (!config.ok) throw new Error('settings')
  return checkDraft({
    content: { ...quiet, ...content },
    files,
    correspondents: {
      sentTo: email => written.get(email.toLowerCase()) ?? 0,
      frequent: [...written].map(([email, sent]) => ({ email, sent })),
    },
    settings: config.value.checks,
    ownDomains: ['home.example'],
  })
}

function kinds(content: Partial<DraftContent>, said?: Said): IssueKind[] {
  return issues(content, said).map(({ kind }) => kind)
}

const to = (...emails: string[]) => ({ to: emails.map(email => ({ name: null, email })) })
const answers = (more: Partial<NonNullable<DraftContent['answers']>>) => ({
  answers: {
    kind: 'reply' as const,
    id: 'x',
    parent: null,
    references: [],
    sender: 'ann@example.org',
    expected: [],
    ...more,
  },
})

test('a message in which nothing is odd passes without a word', () => {
  expect(issues({})).toEqual([])
})

describe.each<[IssueKind, Partial<DraftContent>[], Partial<DraftContent>[]]>([
  [
    'attachment_missing',
    [
      { body: 'I have attached the plan.' },
      { body: 'Im Anhang der Plan.' },
      { body: 'Vous trouverez le plan ci-joint' },
      { body: 'plan attached\n\nOn Monday, Ann wrote:\n> hi' },
    ],
    [
      { body: 'I have attached the plan.', files: [file] },
      { body: 'there is no attachment' },
      { body: 'ok\n\nOn Monday, Ann wrote:\n> see the attached plan' },
      { body: 'ok\n\n-- \nattached to nobody' },
    ],
  ],
  ['subject_empty', [{ subject: '' }, { subject: 'Re: ' }], [{ subject: 'Re: x' }]],
  [
    'body_empty',
    [{ body: '' }, { body: '\n-- \nMe' }, { body: 'On Monday, Ann wrote:\n> hi' }],
    [
      { body: '', files: [file] },
      { body: '', ...answers({ kind: 'forward' }) },
    ],
  ],
  ['placeholder', [{ body: 'Dear {{first_name}},' }, { subject: '[NAME]' }], [{ body: 'a {b} c {{}}' }]],
  [
    'secret',
    [
      { body: '-----BEGIN OPENSSH PRIVATE KEY-----' },
      { body: 'ok\n\n-- \nAKIAIOSFODNN7EXAMPLE' },
      { subject: 'ghp_0123456789abcdefghijklmnopqrstuvwxyz' },
      { body: 'the password is hunter2!' },
      { body: 'On Monday, Ann wrote:\n> api_key = 0123456789abcdef' },
    ],
    [{ body: 'Did you forget your password?' }, { body: 'my password is the usual one' }],
  ],
  [
    'one_time_code',
    [
      { body: 'Your verification code is 463820' },
      { body: '> Ihr Sicherheitscode: 4638' },
      { body: '463-820 is your login code' },
    ],
    [{ body: 'Invoice 463820 of 2026' }, { body: 'the dress code is casual since 2024' }],
  ],
  [
    'personal_data',
    [{ body: 'card 4111 1111 1111 1111' }, { body: 'SSN 123-45-6789' }],
    [{ body: 'order 4111 1111 1111 1112' }, { body: 'call 030-45-678900' }, { body: '000-12-3456' }],
  ],
  ['first_time', [to('new@example.net')], [to('ann@example.org'), to('colleague@home.example')]],
  [
    'look_alike',
    [to('anmika@example.org'), to('x@paypa1.com'), to('x@xn--pypal-4ve.com'), to('ann@exampel.org')],
    [to('ann@example.org'), to('carol@example.org')],
  ],
  [
    'reply_to',
    [{ ...answers({}), ...to('ann@evil.example') }],
    [
      answers({}),
      { ...answers({ kind: 'forward' }), ...to('x@evil.example') },
      { ...answers({}), ...to('ann@example.org', 'x@evil.example') },
    ],
  ],
  [
    'recipient_lost',
    [answers({ kind: 'reply-all', expected: ['ann@example.org', 'bob@example.org'] })],
    [
      { ...answers({ kind: 'reply-all', expected: ['Bob@example.org'] }), ...to('bob@example.org') },
      answers({ expected: ['bob@example.org'] }),
    ],
  ],
  [
    'greeting',
    [{ body: 'Hi Ann,\n\nx', ...to('ann@example.org', 'bob@example.org', 'c@home.example') }],
    [{ body: 'Hi all,\n\nx', ...to('ann@example.org', 'bob@example.org', 'c@home.example') }, { body: 'Hi Ann,\n\nx' }],
  ],
  [
    'many_recipients',
    [to(...Array.from({ length: 21 }, (_, at) => `p${at}@home.example`))],
    [{ to: [], bcc: Array.from({ length: 30 }, (_, at) => ({ name: null, email: `p${at}@home.example` })) }],
  ],
])('%s', (kind, odd, fine) => {
  test.each(odd)('speaks of %j', content => {
    expect(kinds(content)).toContain(kind)
  })

  test.each(fine)('is silent about %j', content => {
    expect(kinds(content)).not.toContain(kind)
  })

  test('can be switched off, and made to block', () => {
    const [content = {}] = odd
    expect(kinds(content, { settings: `${kind} = "off"` })).not.toContain(kind)
    expect(issues(content, { settings: `${kind} = "block"` }).find(issue => issue.kind === kind)?.level).toBe('block')
  })
})

test('domains that were called sensitive block, those below them too', () => {
  const settings = 'sensitive_domains = ["press.example"]'
  expect(kinds(to('x@press.example'), { settings })).toContain('sensitive_domain')
  expect(kinds(to('x@news.press.example'), { settings })).toContain('sensitive_domain')
  expect(kinds(to('x@notpress.example'), { settings })).not.toContain('sensitive_domain')
})

test('a text that is marked internal does not leave', () => {
  const settings = 'internal_markers = ["Internal only"]\ninternal_domains = ["example.org"]'
  expect(kinds({ body: 'INTERNAL ONLY: x', ...to('x@else.example') }, { settings })).toContain('internal_marker')
  expect(kinds({ body: 'INTERNAL ONLY: x' }, { settings })).not.toContain('internal_marker')
})

test.each<CheckFile>([
  { name: 'id_rsa', text: null },
  { name: 'server.pem', text: null },
  { name: 'notes.txt', text: 'x\n-----BEGIN RSA PRIVATE KEY-----' },
  { name: 'ghp_0123456789abcdefghijklmnopqrstuvwxyz.txt', text: null },
])('a file that is or holds a secret blocks: %j', held => {
  expect(kinds({ files: [file] }, { files: [held] })).toContain('secret')
})

test('what looks like a secret is never repeated', () => {
  const body =
    'the password is hunter2! and ghp_0123456789abcdefghijklmnopqrstuvwxyz, card 4111 1111 1111 1111, code: your login code is 463820'
  const told = JSON.stringify(issues({ body }))
  for (const secret of ['hunter2', 'ghp_', '4111', '463820']) expect(told).not.toContain(secret)
})

test.each([
  'a '.repeat(400_000),
  '1 '.repeat(400_000),
  '{{'.repeat(400_000),
  'attached'.repeat(100_000),
  '4'.repeat(800_000),
  'password is '.repeat(60_000),
])('a text of a megabyte takes no longer than it must', body => {
  const before = performance.now()
  issues({ body })
  expect(performance.now() - before).toBeLessThan(15_000) // what is quadratic takes hours
})
