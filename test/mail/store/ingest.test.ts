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
      labelKeys: ['INBOX'],
    })
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

describe('changing mail', () => {
  test('flags and counts change together, and only what changed is reported', () => {
    const box = mailbox()
    const ids = box.take([letter(), letter({ flags: FLAG.read }), letter()])
    expect(value(box.writer.changeFlags(ids, { set: FLAG.read | FLAG.trash, clear: 0 }))).toEqual([ids[0], ids[2]])
    expect(box.reader.labels()[0]).toMatchObject({ total: 3, unread: 0 })
    expect(subjects(box, 'is:unread')).toEqual([])
    value(box.writer.changeFlags(ids, { set: 0, clear: FLAG.read }))
    expect(box.reader.totals().unread).toBe(3)
    isSound(box)
  })

  test('an unknown id refuses the whole call', () => {
    const box = mailbox()
    const [id] = box.take([letter()])
    expect(box.writer.changeFlags([id ?? 0, 77], { set: FLAG.read, clear: 0 })).toMatchObject({
      ok: false,
      error: { code: 'message_unknown' },
    })
    expect(box.reader.totals().unread).toBe(1)
  })

  test('labels put mail into the trash and take it out again', () => {
    const box = mailbox()
    const [id] = box.take([letter({ subject: 'x' })])
    const into = { add: [folder('Trash', 'trash')], remove: ['INBOX'] }
    expect(value(box.writer.changeLabels([id ?? 0], into))).toEqual([id])
    expect(value(box.writer.changeLabels([id ?? 0], into))).toEqual([])
    expect(subjects(box, '')).toEqual([])
    expect(subjects(box, 'in:trash')).toEqual(['x'])
    value(box.writer.changeLabels([id ?? 0], { add: [folder('INBOX', 'inbox')], remove: ['Trash'] }))
    expect(subjects(box, '')).toEqual(['x'])
    isSound(box)
  })

  test('a label that is gone names the mail that lay only there', () => {
    const box = mailbox()
    const [only, both] = box.take([letter({ labels: [folder('A')] }), letter({ labels: [folder('A'), folder('B')] })])
    expect(value(box.writer.removeLabel('home', 'A'))).toEqual([only])
    expect(box.reader.list([both ?? 0])[0]?.labels.map(({ name }) => name)).toEqual(['B'])
    box.take([letter({ labels: [folder('A')] })])
    expect(box.reader.labels().map(({ key, total }) => [key, total])).toEqual([
      ['A', 1],
      ['B', 1],
    ])
    isSound(box)
  })

  test('five thousand messages are removed in one call, with all that hung on them', () => {
    const box = mailbox()
    const ids = box.take(
      Array.from({ length: 5_000 }, (_, at) =>
        letter({ text: `word${at % 3}`, references: [`r${at % 700}@x.example`], date: now - at * 1000 }),
      ),
    )
    expect(value(box.writer.remove([...ids.slice(0, 4_990), 123])).removed).toBe(4_990)
    expect(box.reader.totals().messages).toBe(10)
    expect(subjects(box, '{word0 word1 word2}').length).toBe(10)
    isSound(box)
    expect(value(box.writer.remove(ids)).removed).toBe(10)
    for (const table of ['raws', 'blocks', 'threads', 'thread_people', 'envelopes', 'message_labels', 'attachments']) {
      expect(box.reader.statements.one(`SELECT count(*) FROM ${table}`)?.[0], table).toBe(0)
    }
    isSound(box)
    const [again] = box.take([letter({ references: ['r1@x.example'] })])
    expect(box.reader.list([again ?? 0]).length).toBe(1)
    isSound(box)
  })

  test('deleting twice from the index does not stop later writes', () => {
    const box = mailbox()
    const ids = box.take(Array.from({ length: 4 }, () => letter({ text: 'x' })))
    for (const id of ids) expect(value(box.writer.remove([id])).removed).toBe(1)
    value(box.writer.setAddresses('home', ['me@home.example']))
    box.take([letter({ text: 'x' })])
    expect(subjects(box, 'x').length).toBe(1)
  })
})

describe('deriving anew', () => {
  test('a newer parser replaces what an older one found, labels and flags stay', () => {
    const box = mailbox()
    const mail = letter({ subject: 'garbled', text: 'old words', flags: FLAG.starred, from: 'a@x.example' })
    const [id = 0] = box.take([mail])
    expect(box.reader.staleMessages(2, 0, 10)).toEqual([{ id, account: 'home' }])
    const better = letter({
      subject: 'clear',
      text: 'new words',
      parserVersion: 2,
      from: 'b@x.example',
      raw: value(box.reader.raw(id)),
    })
    const [message] = seal([better], { isStored: () => true }).messages
    if (message === undefined) throw new Error('nothing was sealed')
    expect(
      value(
        box.writer.rederive([
          { id, message },
          { id: 5, message },
        ]),
      ).rederived,
    ).toBe(1)
    expect(box.reader.staleMessages(2, 0, 10)).toEqual([])
    expect(subjects(box, 'old')).toEqual([])
    expect(subjects(box, 'new is:starred in:inbox from:b@x.example')).toEqual(['clear'])
    expect(value(box.reader.threads({ limit: 1 })).threads[0]?.participants).toEqual([
      { name: '', address: 'b@x.example' },
    ])
    isSound(box)
  })

  test('an emptied index is filled from the raw bytes', () => {
    const box = mailbox()
    const mail = letter({ text: 'findable', subject: 'wordy subject' })
    const [id = 0] = box.take([mail])
    value(box.writer.resetIndex())
    expect(value(check(box.reader)).map(({ code }) => code)).toContain('index_missing_messages')
    expect(subjects(box, 'findable')).toEqual([])
    const [message] = seal([{ ...mail, raw: value(box.reader.raw(id)) }]).messages
    if (message === undefined) throw new Error('nothing was sealed')
    value(box.writer.rederive([{ id, message }]))
    expect(subjects(box, 'findable *ubjec*')).toEqual(['wordy subject'])
    isSound(box)
  })
})

describe('threads', () => {
  test('are listed with the newest mail first, counted, and paged while mail comes in', () => {
    const box = mailbox()
    const mail = Array.from({ length: 60 }, (_, at) =>
      letter({
        subject: `thread ${at % 20}`,
        references: [`root${at % 20}@x.example`],
        date: now - at * 60_000,
        from: `P${at % 3} <p${at % 3}@x.example>`,
        flags: at % 2,
      }),
    )
    box.take(mail)
    const first = value(box.reader.threads({ limit: 8 }))
    expect(first.threads[0]).toMatchObject({ subject: 'thread 0', messages: 3, unread: 3, lastDate: now })
    expect(first.threads[0]?.participants.length).toBe(3)
    box.take([letter({ references: ['root19@x.example'], date: now })])
    const rest = value(box.reader.threads({ limit: 50, cursor: first.nextCursor ?? '' }))
    const shown = [...first.threads, ...rest.threads].map(({ id }) => id)
    expect(new Set(shown).size).toBe(shown.length)
    expect(shown.length).toBe(19)
    expect(value(box.reader.threads({ limit: 50 })).threads.length).toBe(20)
    expect(value(box.reader.threads({ limit: 50, accounts: ['other'] })).threads).toEqual([])
  })

  test('of a label stand where their newest message under it does', () => {
    const box = mailbox()
    box.take([
      letter({ subject: 'a1', references: ['a@thread.example'], labels: [folder('X')], date: now - 5000 }),
      letter({ subject: 'a2', references: ['a@thread.example'], labels: [folder('Y')], date: now - 1000 }),
      letter({ subject: 'b1', references: ['b@thread.example'], labels: [folder('X')], date: now - 3000 }),
      letter({ subject: 'b2', references: ['b@thread.example'], labels: [folder('X')], date: now - 4000 }),
    ])
    const { threads } = value(box.reader.threads({ limit: 10, label: { account: 'home', key: 'X' } }))
    expect(threads.map(({ subject }) => subject)).toEqual(['b2', 'a1'])
  })

  test('read in reading order, by the id of any message of theirs', () => {
    const box = mailbox()
    const ids = box.take([
      letter({ subject: 'one', messageId: 'one@x.example', date: now - 9000 }),
      letter({ subject: 'three', messageId: 'three@x.example', references: ['one@x.example'], date: now - 3000 }),
      letter({ subject: 'two', messageId: 'two@x.example', references: ['one@x.example'], date: now - 6000 }),
      letter({ subject: 'two, again', references: ['one@x.example', 'two@x.example'], date: now - 1000 }),
    ])
    const [any] = box.reader.list(ids.slice(2, 3))
    const read = box.reader.thread(any?.id ?? '')
    expect(read?.map(({ subject, depth }) => [subject, depth])).toEqual([
      ['one', 0],
      ['two', 1],
      ['two, again', 2],
      ['three', 1],
    ])
    expect(box.reader.thread(any?.threadId ?? '')).toEqual(read)
    expect(box.reader.thread('t0000000000')).toBeUndefined()
  })
})

describe('saved searches', () => {
  test('keep their words, their order and their names', () => {
    const box = mailbox()
    const save = (name: string, query = 'newer_than:7d') =>
      box.writer.saveSearch({ name, query, sort: 'newest', account: null }, 'add')
    value(save('Week'))
    value(save('Two'))
    expect(save('WEEK')).toMatchObject({ ok: false, error: { code: 'name_taken' } })
    expect(save(' ')).toMatchObject({ ok: false, error: { code: 'name_invalid' } })
    expect(save('a\u001b[31m')).toMatchObject({ ok: false, error: { code: 'name_invalid' } })
    value(box.writer.orderSavedSearches(['two']))
    expect(box.reader.savedSearches().map(({ name }) => name)).toEqual(['Two', 'Week'])
    value(box.writer.renameSavedSearch('two', 'Deux'))
    expect(box.writer.renameSavedSearch('deux', 'week')).toMatchObject({ ok: false, error: { code: 'name_taken' } })
    value(box.writer.deleteSavedSearch('deux'))
    expect(box.writer.deleteSavedSearch('deux')).toMatchObject({ ok: false, error: { code: 'name_unknown' } })
    expect(box.reader.savedSearches()).toEqual([
      { name: 'Week', query: 'newer_than:7d', sort: 'newest', account: null },
    ])
  })
})
