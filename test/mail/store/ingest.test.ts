import { describe, expect, test } from 'vitest'
import { search } from '../../../src/mail/search/index.ts'
import { check, FLAG, type IncomingMessage, parseMessageId, seal } from '../../../src/mail/store/index.ts'
import { dayMs, letter, mailbox, now, type TestMailbox, value } from './mailbox.ts'

const folder = (key: string, role?: 'inbox' | 'trash' | 'archive') =>
  ({ key, kind: 'folder', ...(role === undefined ? {} : { role }) }) as const

function subjects(box: TestMailbox, query: string): string[] {
  return value(search(box.reader, query, { now, timeZone: 'UTC' })).messages.map(({ subject }) => subject)
}

function dump(box: TestMailbox): unknown[] {
  const tables = [
    'messages',
    'envelopes',
    'labels',
    'message_labels',
    'threads',
    'thread_people',
    'attachments',
    'locations',
    'raws',
  ]
  return tables.map(table => box.reader.statements.all(`SELECT * FROM ${table} ORDER BY 1, 2`))
}

function isSound(box: TestMailbox): void {
  expect(value(check(box.reader, { withRaw: true }))).toEqual([])
}

describe('taking mail in', () => {
  test('the same batch again changes nothing', () => {
    const box = mailbox()
    const mail = [letter({ text: 'a' }), letter({ text: 'b', flags: FLAG.read }), letter({ text: 'c' })]
    expect(value(box.writer.ingest(seal(mail))).map(({ outcome }) => outcome)).toEqual(['stored', 'stored', 'stored'])
    const before = dump(box)
    expect(value(box.writer.ingest(seal(mail))).map(({ outcome }) => outcome)).toEqual(['known', 'known', 'known'])
    expect(dump(box)).toEqual(before)
    isSound(box)
  })

  test('the same mail twice in one batch is one message with both labels', () => {
    const box = mailbox()
    const mail = letter({ labels: [folder('A')] })
    const [one, two] = box.take([mail, { ...mail, labels: [folder('B')] }])
    expect(two).toBe(one)
    expect(box.reader.labels().map(({ key, total, unread }) => [key, total, unread])).toEqual([
      ['A', 1, 1],
      ['B', 1, 1],
    ])
    isSound(box)
  })

  test('the same mail from another folder gains a label, and read stays read', () => {
    const box = mailbox()
    const mail = letter({ labels: [folder('A')], flags: FLAG.read })
    box.take([mail])
    const again = value(box.writer.ingest(seal([{ ...mail, labels: [folder('B')], flags: 0 }])))
    expect(again[0]?.outcome).toBe('changed')
    expect(box.reader.labels().map(({ key, total, unread }) => [key, total, unread])).toEqual([
      ['A', 1, 0],
      ['B', 1, 0],
    ])
    isSound(box)
  })

  test('the same bytes in two accounts are two messages and one raw', () => {
    const box = mailbox()
    const mail = letter()
    const [home, work] = box.take([mail, { ...mail, account: 'work' }])
    expect(home).not.toBe(work)
    expect(box.reader.statements.one('SELECT count(*) FROM raws')?.[0]).toBe(1)
    expect(value(box.reader.raw(work ?? 0))).toEqual(value(box.reader.raw(home ?? 0)))
    box.writer.remove([home ?? 0])
    expect(box.reader.raw(work ?? 0).ok).toBe(true)
    isSound(box)
  })

  test('a message keeps its id when it moves, by the name that the provider has for it', () => {
    const box = mailbox()
    const mail = letter({
      labels: [folder('INBOX', 'inbox')],
      provider: { messageId: 'g1', location: { mailbox: 'INBOX', uidvalidity: 1, uid: 7 } },
    })
    const [id] = box.take([mail])
    const moved: IncomingMessage = {
      ...mail,
      raw: Buffer.from('other bytes'),
      labels: [folder('Archive', 'archive')],
      provider: { messageId: 'g1', location: { mailbox: 'Archive', uidvalidity: 3, uid: 1, modseq: 2n ** 62n } },
    }
    expect(box.take([moved])).toEqual([id])
    value(box.writer.forgetPlaces({ account: 'home', mailbox: 'INBOX', uidvalidity: 1, uids: [7] }))
    expect(box.reader.places('home', 'Archive', 3)).toMatchObject([{ uid: 1, id }])
    expect(subjects(box, 'in:archive').length).toBe(1)
    expect(subjects(box, 'in:inbox')).toEqual([])
  })

  test('two copies that the provider calls one are one, in one batch and in two, and no bytes are left over', () => {
    const box = mailbox()
    const copy = (text: string) => letter({ text, provider: { messageId: 'same' } })
    const [one, two] = box.take([copy('first'), copy('second')])
    expect(two).toBe(one)
    expect(box.take([copy('third')])).toEqual([one])
    expect(box.reader.statements.one('SELECT (SELECT count(*) FROM raws), (SELECT count(*) FROM blocks)')).toEqual([
      1, 1,
    ])
    expect(subjects(box, 'first').length).toBe(1)
    isSound(box)
  })

  test('a place on the server names a message; a new validity does not', () => {
    const box = mailbox()
    const at = (uidvalidity: number) => ({ provider: { location: { mailbox: 'INBOX', uidvalidity, uid: 1 } } })
    const [first] = box.take([letter({ subject: 'old', ...at(1) })])
    expect(box.take([letter({ subject: 'old, again', flags: FLAG.read, ...at(1) })])).toEqual([first])
    expect(box.reader.list([first ?? 0])[0]?.flags.read).toBe(true)
    const [second] = box.take([letter({ subject: 'new', ...at(2) })])
    expect(second).not.toBe(first)
    expect(value(box.writer.forgetPlaces({ account: 'home', mailbox: 'INBOX', uidvalidity: 1, uids: 'all' }))).toEqual([
      first,
    ])
    expect(box.reader.labels()[0]?.total).toBe(1)
    isSound(box)
  })

  test('a header that came first is completed by the whole message', () => {
    const box = mailbox()
    const provider = { messageId: 'x1' }
    const header = letter({ subject: 'plan', provider, raw: undefined as never, text: '' })
    const [id] = box.take([header])
    expect(box.reader.raw(id ?? 0)).toMatchObject({ ok: false, error: { code: 'raw_missing' } })
    expect(subjects(box, 'content')).toEqual([])
    const whole = letter({ subject: 'plan', messageId: header.document.messageId, provider, text: 'the content' })
    expect(value(box.writer.ingest(seal([whole])))).toEqual([{ id, outcome: 'changed' }])
    expect(subjects(box, 'content')).toEqual(['plan'])
    expect(box.reader.raw(id ?? 0).ok).toBe(true)
    isSound(box)
  })

  test('bytes that were thought to be here are asked for', () => {
    const box = mailbox()
    const mail = letter()
    expect(value(box.writer.ingest(seal([mail], { isStored: () => true })))).toEqual([{ id: 0, outcome: 'needs_raw' }])
    const [id] = box.take([mail])
    const again = seal([mail], { isStored: sha256 => box.reader.isRawStored(sha256) })
    expect(again.blocks).toEqual([])
    expect(value(box.writer.ingest(again))).toEqual([{ id, outcome: 'known' }])
    expect(box.reader.placed('home', again.messages[0]?.raw?.sha256 ?? Buffer.alloc(0))).toEqual({
      id,
      flags: 0,
      labelKeys: ['INBOX'],
    })
  })

  test.each([
    ['no account', letter({ account: '' })],
    [
      'a mailbox that is no label of its own',
      letter({ provider: { location: { mailbox: 'Other', uidvalidity: 1, uid: 1 } } }),
    ],
  ])('a message with %s refuses the batch', (_, message) => {
    const box = mailbox()
    expect(box.writer.ingest(seal([letter(), message]))).toMatchObject({ ok: false, error: { code: 'batch_invalid' } })
    expect(box.reader.totals().messages).toBe(0)
  })

  test('how to leave a list is kept, unless it is too long to be an address', () => {
    const box = mailbox()
    const ways = [
      { kind: 'one_click', uri: 'https://lists.example/leave?a=b c' } as const,
      { kind: 'mailto', uri: `mailto:${'x'.repeat(5000)}@lists.example` } as const,
      null,
    ]
    const ids = box.take(ways.map(unsubscribe => letter({ unsubscribe })))
    expect(ids.map(id => box.reader.unsubscribe(id))).toEqual([ways[0], null, null])
  })

  test('a batch survives being posted to another thread', () => {
    const box = mailbox()
    const sealed = structuredClone(seal([letter({ text: 'posted' })]))
    expect(value(box.writer.ingest(sealed))[0]?.outcome).toBe('stored')
    expect(subjects(box, 'posted').length).toBe(1)
  })

  test('a bug in the middle of a batch leaves nothing of it, and the next batch works', () => {
    const box = mailbox()
    const broken = seal([letter({ labels: [folder('New')] }), letter()])
    const [first, second] = broken.messages
    if (first?.raw === undefined || second?.raw === undefined) throw new Error('a sealed message without raw')
    const damaged = { ...broken, messages: [first, { ...second, raw: { ...second.raw, block: 99 } }] }
    expect(() => box.writer.ingest(damaged)).toThrow(RangeError)
    expect(box.reader.totals().messages).toBe(0)
    expect(box.reader.labels()).toEqual([])
    box.take([letter({ labels: [folder('New')] })])
    expect(box.reader.labels().map(({ key, total }) => [key, total])).toEqual([['New', 1]])
    isSound(box)
  })
})

describe('dates', () => {
  test('mail of ten years ahead sorts below that of today, and so does mail without a date', () => {
    const box = mailbox()
    box.take([
      letter({ subject: 'ahead', date: now + 3650 * dayMs }),
      letter({ subject: 'today', date: now }),
      letter({ subject: 'none', date: undefined as never }),
      letter({ subject: 'delivered', date: undefined as never, receivedAt: now - dayMs }),
      letter({ subject: 'tomorrow', date: now + dayMs / 2 }),
      letter({ subject: 'not a number', date: Number.NaN }),
      letter({ subject: 'ancient', date: -5 }),
    ])
    expect(subjects(box, '').slice(0, 3)).toEqual(['tomorrow', 'today', 'delivered'])
    expect(subjects(box, 'date:1970').length).toBe(4)
  })

  test('five thousand messages of one second all find a place, and their day is still theirs', () => {
    const box = mailbox()
    const midnight = Date.UTC(2026, 4, 1) - 1000
    box.take(Array.from({ length: 5_000 }, () => letter({ date: midnight })))
    expect(box.reader.totals().messages).toBe(5_000)
    expect(box.reader.statements.one('SELECT max(date) - min(date) FROM messages')?.[0]).toBe(0)
    const page = value(search(box.reader, 'date:2026-05-01', { now, timeZone: 'UTC' }))
    expect(page.messages).toEqual([])
    isSound(box)
  })

  test('ids as text keep the order of the dates', () => {
    const box = mailbox()
    box.take([letter({ date: now - dayMs }), letter({ date: now - 40 * 365 * dayMs }), letter({ date: now })])
    const { messages } = value(search(box.reader, '', { now, timeZone: 'UTC', sort: 'oldest' }))
    const ids = messages.map(({ id }) => id)
    expect([...ids].sort()).toEqual(ids)
    for (const id of ids) expect(parseMessageId(id.toUpperCase())).toBe(parseMessageId(id))
    expect(parseMessageId('ilou')).toBeUndefined()
  })
})
