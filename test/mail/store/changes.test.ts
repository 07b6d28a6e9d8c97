import { describe, expect, test } from 'vitest'
import { search } from '../../../src/mail/search/index.ts'
import { check, FLAG, seal } from '../../../src/mail/store/index.ts'
import { letter, mailbox, now, type TestMailbox, value } from './mailbox.ts'

const folder = (key: string, role?: 'inbox' | 'trash' | 'archive') =>
  ({ key, kind: 'folder', ...(role === undefined ? {} : { role }) }) as const

function subjects(box: TestMailbox, query: string): string[] {
  return value(search(box.reader, query, { now, timeZone: 'UTC' })).messages.map(({ subject }) => subject)
}

function isSound(box: TestMailbox): void {
  expect(value(check(box.reader, { withRaw: true }))).toEqual([])
}

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
      { name: null, email: 'b@x.example' },
    ])
    isSound(box)
  })

  test('mail that the provider threads is not joined by its headers when it is derived anew', () => {
    const box = mailbox()
    const [, id = 0] = box.take([
      letter({ messageId: 'one@x.example', provider: { threadId: '1' } }),
      letter({ messageId: 'two@x.example', provider: { threadId: '2' }, references: ['one@x.example'] }),
    ])
    const again = letter({
      messageId: 'two@x.example',
      references: ['one@x.example'],
      raw: value(box.reader.raw(id)),
      parserVersion: 2,
    })
    const [message] = seal([again]).messages
    if (message === undefined) throw new Error('nothing was sealed')
    value(box.writer.rederive([{ id, message }]))
    expect(box.reader.totals().threads).toBe(2)
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
