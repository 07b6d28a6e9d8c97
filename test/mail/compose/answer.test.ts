import { describe, expect, test } from 'vitest'
import type { Identity } from '#config/index.ts'
import { type AnswerInput, answer, identityTo, parseDocument, printDocument } from '#mail/compose/index.ts'
import { parseMessage } from '#mail/mime/index.ts'

const me: Identity = { email: 'me@home.example', name: 'Me', signature: 'Me\nHome', defaultFor: [] }
const work: Identity = { email: 'me@work.example', name: 'Me', signature: null, defaultFor: ['work.example'] }

function letter(...lines: string[]) {
  return parseMessage(Buffer.from(`${lines.join('\r\n')}\r\n\r\nHello,\r\n> you said\r\n<b>bold</b>\r\n`))
}

const plain = [
  'From: Ann Archer <ann@a.example>',
  'To: me@home.example, Bob <bob@b.example>',
  'Cc: carol@c.example',
  'Subject: Plan',
  'Date: Sun, 29 Mar 2026 00:30:00 +0000',
  'Message-ID: <1@a.example>',
  'References: <0@a.example>',
]

function answered(lines: readonly string[], more: Partial<AnswerInput> = {}) {
  return answer({
    kind: 'reply',
    original: { id: 'abc', parsed: letter(...lines) },
    identities: [me, work],
    timeZone: 'Europe/Lisbon',
    quote: 'bottom',
    signature: true,
    text: 'Fine.',
    ...more,
  })
}

const emails = (list: readonly { email: string }[]) => list.map(({ email }) => email)

describe('an answer', () => {
  test('goes to the author, bears the chain, quotes below the signature, and tells local time', () => {
    const draft = answered(plain)
    expect(draft).toMatchObject({
      from: 'me@home.example',
      to: [{ name: 'Ann Archer', email: 'ann@a.example' }],
      cc: [],
      subject: 'Re: Plan',
    })
    expect(draft.answers).toMatchObject({ parent: '1@a.example', references: ['0@a.example', '1@a.example'] })
    expect(draft.body).toBe(
      'Fine.\n\n-- \nMe\nHome\n\nOn 2026-03-29 at 00:30, Ann Archer wrote:\n> Hello,\n>> you said\n> <b>bold</b>',
    )
  })

  test('to all leaves out the person’s own addresses and names nobody twice', () => {
    const draft = answered(
      [
        ...plain.slice(0, 1),
        'To: ME@home.example, bob@b.example, ann@a.example',
        'Cc: me@work.example, Bob@B.example, carol@c.example',
        ...plain.slice(3),
      ],
      { kind: 'reply-all' },
    )
    expect(emails(draft.to)).toEqual(['ann@a.example'])
    expect(emails(draft.cc)).toEqual(['bob@b.example', 'carol@c.example'])
    expect(draft.answers?.expected).toEqual(['ann@a.example', 'bob@b.example', 'carol@c.example'])
  })

  test('goes to every address of Reply-To', () => {
    expect(emails(answered([...plain, 'Reply-To: x@a.example, y@a.example']).to)).toEqual([
      'x@a.example',
      'y@a.example',
    ])
  })

  test('to one’s own message goes on to whom that went', () => {
    expect(emails(answered(['From: me@home.example', 'To: ann@a.example', 'Subject: x']).to)).toEqual(['ann@a.example'])
  })

  test.each([
    ['Delivered-To: me@work.example', 'me@work.example'],
    ['Delivered-To: boss@bank.example', 'me@home.example'],
  ])('is written from one of the person’s addresses, whatever a header says: %s', (header, from) => {
    expect(answered([header, ...plain.filter(line => !line.startsWith('To')), 'To: list@x.example']).from).toBe(from)
  })

  test.each(['Re: Re: AW: Plan', 'RE[2]: Plan', 'Fwd: re: Plan', 'Plan'])('has one prefix: %s', subject => {
    expect(answered([...plain.filter(line => !line.startsWith('Subject')), `Subject: ${subject}`]).subject).toBe(
      'Re: Plan',
    )
  })

  test('takes no id of a stranger’s making into its headers that could end one', () => {
    const draft = answered([
      ...plain.slice(0, 5),
      'Message-ID: <a b> <ok@a.example>',
      'References: =?utf-8?q?=3Cx=0D=0ABcc:_y=3E?= <0@a.example>',
    ])
    for (const id of [draft.answers?.parent ?? '', ...(draft.answers?.references ?? [])])
      expect(id).toMatch(/^[\x21-\x7e]*$/)
  })
})

test('a forwarded message is told who wrote it, to whom and when, below the person’s words', () => {
  const draft = answered(plain, { kind: 'forward', signature: false, text: 'FYI' })
  expect(draft).toMatchObject({ to: [], subject: 'Fwd: Plan' })
  expect(draft.body).toBe(
    'FYI\n\n---------- Forwarded message ----------\nFrom: "Ann Archer" <ann@a.example>\nDate: 2026-03-29 at 00:30\nSubject: Plan\nTo: me@home.example, Bob <bob@b.example>\nCc: carol@c.example\n\nHello,\n> you said\n<b>bold</b>\n'.replace(
      '"Ann Archer"',
      'Ann Archer',
    ),
  )
})

test('a new message is written from the address that its recipients are used to', () => {
  expect(identityTo([{ name: null, email: 'x@work.example' }], [me, work])).toBe(work)
  expect(identityTo([{ name: null, email: 'x@notwork.example' }], [me, work])).toBe(me)
})

describe('a draft as a text', () => {
  test('comes back as it was', () => {
    const draft = {
      ...answered(plain),
      cc: [{ name: 'Archer, Ann "A"', email: 'x@y.example' }],
      files: [{ name: 'a b.pdf', type: 'application/pdf', size: 1, sha256: 'ab'.repeat(32) }],
    }
    const parsed = parseDocument(printDocument(draft, [{ line: 1, message: 'mended since' }]))
    expect(parsed).toEqual({
      ok: true,
      value: {
        from: draft.from,
        to: draft.to,
        cc: draft.cc,
        bcc: [],
        subject: draft.subject,
        attach: ['a b.pdf'],
        body: draft.body,
      },
    })
  })

  test.each([
    ['no fields', 'hello', 'two lines of three dashes'],
    ['a field that there is not', '---\nsubjct: x\n---\n', 'line 2 is none of'],
    ['a field twice', '---\nto: a@b.example\nto: c@d.example\n---\n', 'stands here twice'],
    ['no address', '---\nto: ann\n---\n', 'to: "ann" is no address'],
  ])('with %s is refused with the reason', (_what, text, why) => {
    const parsed = parseDocument(text)
    expect(parsed.ok ? '' : parsed.error.map(({ message }) => message).join()).toContain(why)
  })
})
