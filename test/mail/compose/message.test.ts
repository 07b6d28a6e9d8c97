import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Identity } from '#config/index.ts'
import { type DraftContent, digestOf, freeze, type OutgoingFile, ownCopy, parseMailboxes } from '#mail/compose/index.ts'
import { mailboxField, plainField, textField } from '#mail/compose/write/header.ts'
import { attachmentBytes, parseMessage } from '#mail/mime/index.ts'

const identities: Identity[] = [{ email: 'me@home.example', name: 'Mé, the "One"', signature: null, defaultFor: [] }]
const empty: DraftContent = {
  from: 'me@home.example',
  to: [{ name: null, email: 'ann@example.org' }],
  cc: [],
  bcc: [],
  subject: '',
  body: '',
  markup: true,
  files: [],
  answers: null,
}

function frozen(content: Partial<DraftContent>, files: readonly OutgoingFile[] = []) {
  const made = freeze({
    content: { ...empty, ...content },
    identities,
    files,
    messageId: '0192-test@home.example',
    at: Date.UTC(2026, 2, 29, 0, 59, 59),
    timeZone: 'Europe/Lisbon',
    boundarySeed: 'ab'.repeat(16),
  })
  if (!made.ok) throw new Error(made.error.message)
  return made.value
}

function wire(content: Partial<DraftContent>, files: readonly OutgoingFile[] = []): string {
  return Buffer.from(frozen(content, files).bytes).toString('latin1')
}

/** What no server has a reason to change: ASCII, CRLF, lines within the limit. */
function checkWire(text: string): void {
  expect(text).toMatch(/^[\x09\x0a\x0d\x20-\x7e]*$/)
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  for (const line of text.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998)
}

describe('a message cannot be made of', () => {
  test('an address that is not the person’s own', () => {
    const made = freeze({ ...input({ from: 'boss@example.org' }) })
    expect(made).toMatchObject({ error: { code: 'from_not_owned' } })
  })

  test('nobody to send it to', () => {
    expect(freeze(input({ to: [] }))).toMatchObject({ error: { code: 'recipient_missing' } })
  })

  test.each(['a\r\nBcc: x@evil.example', 'a\nb', 'a\rb', 'a\0b', 'a\x0bb'])('a header that ends early: %j', value => {
    expect(() => textField('Subject', value)).toThrow(TypeError)
    expect(() => mailboxField('To', [{ name: value, email: 'a@b.example' }])).toThrow(TypeError)
    expect(() => mailboxField('To', [{ name: null, email: value }])).toThrow(TypeError)
    expect(() => plainField('References', [value])).toThrow(TypeError)
  })

  test('more than a server takes', () => {
    const file = { name: 'big.bin', contentType: 'application/octet-stream', bytes: new Uint8Array(28 * 1024 * 1024) }
    expect(freeze({ ...input({}), files: [file] })).toMatchObject({ error: { code: 'message_too_large' } })
  })
})

function input(content: Partial<DraftContent>) {
  return {
    content: { ...empty, ...content },
    identities,
    files: [],
    messageId: 'x@home.example',
    at: 0,
    timeZone: 'UTC',
    boundarySeed: 'ab'.repeat(16),
  }
}

const line = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '=?utf-8?Q?x?=',
    'a"b\\c',
    'x'.repeat(300),
    'ü'.repeat(120),
    '😀'.repeat(40),
    ' lead',
    'trail ',
    'a  b',
    '@,;:<>',
  ),
)
const oneLine = line.map(text => text.replace(/[\x00-\x1f\x7f]/g, '').toWellFormed())

describe('what is written is what is read', () => {
  test('subjects, names and addresses, and no header that nobody wrote', () => {
    const person = fc.record({
      name: fc.option(oneLine),
      email: fc.constantFrom('a@b.example', 'x.y+z@sub.example.org', '"odd;one"@b.example'),
    })
    fc.assert(
      fc.property(
        oneLine,
        fc.array(person, { minLength: 1, maxLength: 4 }),
        fc.array(person, { maxLength: 3 }),
        (subject, to, cc) => {
          const text = wire({ subject, to, cc, body: 'x' })
          checkWire(text)
          const parsed = parseMessage(Buffer.from(text, 'latin1'))
          expect(squeezed(parsed.subject)).toBe(squeezed(subject))
          expect(parsed.to.map(({ email }) => email)).toEqual(to.map(({ email }) => email))
          expect(parsed.to.map(({ name }) => squeezed(name ?? ''))).toEqual(to.map(({ name }) => squeezed(name ?? '')))
          expect(parsed.cc.map(({ email }) => email)).toEqual(cc.map(({ email }) => email))
          expect(parsed.headers.map(({ name }) => name.toLowerCase()).filter(name => !expected.has(name))).toEqual([])
        },
      ),
      { numRuns: 500 },
    )
  })

  test('any text, with and without HTML', () => {
    const body = fc.array(line, { maxLength: 20 }).map(lines =>
      lines
        .join('\n')
        .replace(/[\x00\r]/g, '')
        .toWellFormed(),
    )
    fc.assert(
      fc.property(body, fc.boolean(), (text, markup) => {
        const message = wire({ body: text, markup })
        checkWire(message)
        const parsed = parseMessage(Buffer.from(message, 'latin1'))
        expect(parsed.text?.replace(/\n+$/, '') ?? '').toBe(text.replace(/\n+$/, ''))
        expect(parsed.defects.filter(({ code }) => code.startsWith('header'))).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  test('files, whatever their names and bytes', () => {
    const name = oneLine.map(text => text.trim() || 'x')
    const file = fc.record({
      name,
      contentType: fc.constantFrom('application/pdf', 'text/plain', 'image/png'),
      bytes: fc.uint8Array({ maxLength: 2000 }),
    })
    fc.assert(
      fc.property(fc.array(file, { minLength: 1, maxLength: 4 }), files => {
        const raw = frozen({ body: 'hello **you**' }, files).bytes
        checkWire(Buffer.from(raw).toString('latin1'))
        const parsed = parseMessage(raw)
        expect(parsed.attachments.map(({ filename }) => filename)).toEqual(files.map(each => each.name.toWellFormed()))
        for (const [index, attachment] of parsed.attachments.entries()) {
          expect(Buffer.from(attachmentBytes(raw, attachment)).equals(Buffer.from(files[index]?.bytes ?? []))).toBe(
            true,
          )
        }
      }),
      { numRuns: 300 },
    )
  })

  test('a forwarded message byte for byte, where it is 7-bit', () => {
    const inner = Buffer.from('From: a@b.example\r\nSubject: inner\r\n\r\n--=_mixed_x\r\n.\r\nFrom here\r\n')
    const raw = frozen({}, [{ name: 'inner.eml', contentType: 'message/rfc822', bytes: inner }]).bytes
    const [attachment] = parseMessage(raw).attachments
    expect(attachment?.message?.subject).toBe('inner')
    expect(attachment && Buffer.from(attachmentBytes(raw, attachment)).toString()).toBe(inner.toString())
  })

  test('a forwarded message that is not 7-bit goes as a file', () => {
    const inner = Buffer.from('Subject: ü\r\n\r\nä\r\n')
    const raw = frozen({}, [{ name: 'inner.eml', contentType: 'message/rfc822', bytes: inner }]).bytes
    checkWire(Buffer.from(raw).toString('latin1'))
    const [attachment] = parseMessage(raw).attachments
    expect(attachment?.contentType).toBe('application/octet-stream')
  })
})

const expected = new Set([
  'from',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
])

/** Readers join and trim blanks in headers; that is all they may change. */
function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

describe('a message', () => {
  test('of plain words is as plain as can be', () => {
    expect(wire({ subject: 'Lunch?', body: 'At noon?\n\nM' })).toBe(
      [
        'From: =?utf-8?B?TcOpLCB0aGUgIk9uZSI=?= <me@home.example>',
        'To: ann@example.org',
        'Subject: Lunch?',
        'Date: Sun, 29 Mar 2026 00:59:59 +0000',
        'Message-ID: <0192-test@home.example>',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: 7bit',
        '',
        'At noon?',
        '',
        'M',
        '',
      ].join('\r\n'),
    )
  })

  test('with markup has both forms, with files both forms before the files', () => {
    const parsed = parseMessage(
      frozen({ body: 'a **b**' }, [{ name: 'x.pdf', contentType: 'application/pdf', bytes: new Uint8Array(3) }]).bytes,
    )
    expect(parsed.root.contentType).toBe('multipart/mixed')
    expect(parsed.root.children.map(({ contentType }) => contentType)).toEqual([
      'multipart/alternative',
      'application/pdf',
    ])
    expect(parsed.html).toContain('<strong>b</strong>')
  })

  test('says nothing of hidden recipients, but goes to them', () => {
    const { bytes, envelope, bcc } = frozen({ bcc: [{ name: 'Spy', email: 'spy@example.org' }] })
    expect(Buffer.from(bytes).toString()).not.toMatch(/spy|bcc/i)
    expect(envelope.to).toEqual(['ann@example.org', 'spy@example.org'])
    expect(parseMessage(ownCopy({ bytes, bcc })).bcc).toEqual([{ name: 'Spy', email: 'spy@example.org' }])
  })

  test('to hidden recipients only still has a To', () => {
    expect(wire({ to: [], bcc: [{ name: null, email: 'spy@example.org' }] })).toContain(
      '\r\nTo: undisclosed-recipients:;\r\n',
    )
  })

  test('goes once to somebody who is named twice', () => {
    expect(frozen({ cc: [{ name: null, email: 'Ann@Example.org' }] }).envelope.to).toHaveLength(1)
  })

  test('is the same bytes and the same digest every time', () => {
    expect(frozen({ body: 'x' }).digest).toBe(frozen({ body: 'x' }).digest)
  })

  test('has another digest with any other recipient or byte', () => {
    const digests = [
      frozen({ body: 'x' }),
      frozen({ body: 'y' }),
      frozen({ body: 'x', bcc: [{ name: null, email: 'spy@example.org' }] }),
      frozen({ body: 'x', to: [{ name: null, email: 'ann@example.orf' }] }),
    ].map(({ digest }) => digest)
    expect(new Set(digests).size).toBe(4)
    const bytes = Buffer.from('x')
    expect(digestOf({ from: 'a@b.c', to: ['d@e.f'] }, bytes)).not.toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(digestOf({ from: 'a@b.c', to: ['d@e.f'] }, bytes)).not.toBe(
      digestOf({ from: 'a@b.c', to: ['d@e.f', 'x@y.z'] }, bytes),
    )
  })

  test('has a Date with the offset that the zone has then, on both sides of a clock change', () => {
    const at = (ms: number) => {
      const made = freeze({ ...input({}), at: ms, timeZone: 'Europe/Lisbon' })
      return made.ok && /^Date: (.*)\r$/m.exec(Buffer.from(made.value.bytes).toString())?.[1]
    }
    expect(at(Date.UTC(2026, 2, 29, 0, 59))).toBe('Sun, 29 Mar 2026 00:59:00 +0000')
    expect(at(Date.UTC(2026, 2, 29, 1, 0))).toBe('Sun, 29 Mar 2026 02:00:00 +0100')
  })
})

describe('recipients as people type them', () => {
  test.each([
    ['ann@example.org\r\nBcc: x@evil.example', 'line break'],
    ['ann', 'no address'],
    ['Ann <ann@>', 'no address'],
    ['ann@exa mple.org, x@y', 'cannot be read'],
    ['jürgen@example.org', 'not supported'],
    ['Ann Archer', 'no address'],
    ['Archer, Ann <ann@example.org>', 'cannot be read'],
    ['"a<b"@example.org', 'no address'],
  ])('are refused: %j', (text, why) => {
    const parsed = parseMailboxes(text)
    expect(parsed.ok ? JSON.stringify(parsed.value) : parsed.error.message).toContain(why)
  })

  test('have names with commas, quotes and letters of any script', () => {
    const parsed = parseMailboxes('"Archer, Ann" <ann@example.org>, Jürgen Groß <j@bücher.example>; x@y.example')
    expect(parsed.ok && parsed.value).toEqual([
      { name: 'Archer, Ann', email: 'ann@example.org' },
      { name: 'Jürgen Groß', email: 'j@xn--bcher-kva.example' },
      { name: null, email: 'x@y.example' },
    ])
  })
})
