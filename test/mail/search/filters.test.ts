import { describe, expect, test } from 'vitest'
import { count, group, search } from '../../../src/mail/search/index.ts'
import { FLAG } from '../../../src/mail/store/index.ts'
import { dayMs, type Letter, letter, mailbox, now, type TestMailbox, value } from '../store/mailbox.ts'

const berlin = { now, timeZone: 'Europe/Berlin' }

/** Subjects of what a query finds, sorted. */
function found(box: TestMailbox, query: string, options: Partial<Parameters<typeof search>[2]> = {}): string[] {
  const { messages } = value(search(box.reader, query, { ...berlin, ...options }))
  return messages.map(({ subject }) => subject).sort()
}

function boxOf(letters: Readonly<Record<string, Letter>>): TestMailbox {
  const box = mailbox()
  box.writer.setAddresses('home', ['me@home.example', 'also.me@home.example'])
  box.take(Object.entries(letters).map(([subject, said]) => letter({ subject, ...said })))
  return box
}

const pdf = {
  part: '2',
  filename: 'Report-2026.pdf',
  contentType: 'application/pdf',
  disposition: 'attachment',
  contentId: '',
  inline: false,
  sizeBytes: 10,
} as const

describe('facts', () => {
  const box = () => {
    const made = boxOf({
      pdf: { attachments: [pdf], flags: FLAG.read },
      invite: { hasCalendar: true, flags: FLAG.starred },
      picture: {
        attachments: [
          {
            ...pdf,
            contentType: 'image/png',
            disposition: 'inline',
            inline: true,
            contentId: 'a@b',
            filename: 'logo.png',
          },
        ],
      },
      links: {
        linkDensity: 'heavy',
        text: 'see https://docs.google.com/document/d/1 and https://youtu.be/x',
        listId: 'dev.lists.example.org',
      },
      large: { raw: Buffer.alloc(3_000_000, 'x'), flags: FLAG.answered },
      sheet: { attachments: [{ ...pdf, contentType: 'text/csv', filename: 'a.csv' }] },
    })
    return made
  }

  test.each([
    ['has:attachment', ['pdf', 'sheet']],
    ['-has:attachment', ['invite', 'large', 'links', 'picture']],
    ['has:calendar', ['invite']],
    ['has:inline', ['picture']],
    ['has:link', ['links']],
    ['has:link-heavy', ['links']],
    ['has:no-link', ['invite', 'large', 'pdf', 'picture', 'sheet']],
    ['has:document', ['links', 'pdf']],
    ['has:spreadsheet', ['sheet']],
    ['has:youtube', ['links']],
    ['filename:pdf', ['pdf']],
    ['filename:report-2026.pdf', ['pdf']],
    ['list:dev', ['links']],
    ['list:dev.lists.example.org', ['links']],
    ['is:starred', ['invite']],
    ['has:yellow-star', ['invite']],
    ['is:unread', ['invite', 'large', 'links', 'picture', 'sheet']],
    ['is:read', ['pdf']],
    ['is:answered', ['large']],
    ['larger:2m', ['large']],
    ['larger:3000000', []],
    ['size:3000000', ['large']],
    ['size:=3000000', ['large']],
    ['smaller:1k has:attachment', ['pdf', 'sheet']],
    ['-larger:2m has:attachment', ['pdf', 'sheet']],
    ['has:attachment OR is:starred', ['invite', 'pdf', 'sheet']],
    ['is:unread (has:attachment OR is:starred)', ['invite', 'sheet']],
    ['-(has:attachment is:unread)', ['invite', 'large', 'links', 'pdf', 'picture']],
    ['-(has:attachment OR is:unread)', []],
    ['is:owed-reply', ['invite', 'large', 'pdf', 'picture', 'sheet']],
  ])('%s', (query, subjects) => {
    expect(found(box(), query)).toEqual(subjects)
  })
})

describe('places', () => {
  const inbox = { key: 'INBOX', kind: 'folder', role: 'inbox' } as const
  const trash = { key: 'Trash', kind: 'folder', role: 'trash' } as const
  const spam = { key: 'Junk', kind: 'folder', role: 'spam' } as const
  const work = { key: 'Label_7', name: 'My Work', kind: 'label' } as const
  const box = () => {
    const made = boxOf({
      kept: { labels: [inbox, work] },
      trashed: { labels: [trash] },
      spammed: { labels: [spam] },
      both: { labels: [inbox, trash] },
      put: { labels: [{ key: 'Archive', kind: 'folder', role: 'archive' }] },
      sent: { labels: [{ key: 'Sent', kind: 'folder', role: 'sent' }] },
      keyword: { labels: [inbox, { key: '$Forwarded', kind: 'keyword' }] },
      promo: { labels: [inbox, { key: 'CATEGORY_PROMOTIONS', kind: 'label' }] },
    })
    return made
  }

  test.each([
    ['', ['both', 'kept', 'keyword', 'promo', 'put', 'sent']],
    ['in:anywhere', ['both', 'kept', 'keyword', 'promo', 'put', 'sent', 'spammed', 'trashed']],
    ['in:trash', ['trashed']],
    ['is:spam', ['spammed']],
    ['label:trash', ['both', 'trashed']],
    ['-in:trash', ['both', 'kept', 'keyword', 'promo', 'put', 'sent']],
    ['in:inbox', ['both', 'kept', 'keyword', 'promo']],
    ['is:archived', ['put']],
    ['in:sent', ['sent']],
    ['label:"My Work"', ['kept']],
    ['label:my-work', ['kept']],
    ['label:Label_7', ['kept']],
    ['-label:my-work in:inbox', ['both', 'keyword', 'promo']],
    ['is:$forwarded', ['keyword']],
    ['category:promotions', ['promo']],
    ['has:userlabels', ['kept']],
    ['has:nouserlabels in:inbox', ['both', 'keyword', 'promo']],
    ['in:snoozed', []],
  ])('%s', (query, subjects) => {
    expect(found(box(), query)).toEqual(subjects)
  })

  test('an unknown label finds nothing and names the nearest', () => {
    const page = value(search(box().reader, 'label:my-wrok', berlin))
    expect(page.messages).toEqual([])
    expect(page.warnings[0]).toMatchObject({ code: 'unknown_label', suggestion: 'label:"My Work"' })
  })
})

describe('ids', () => {
  test('a message, a thread and a Message-ID are found in the trash as well', () => {
    const box = mailbox()
    const trash = [{ key: 'Trash', kind: 'folder', role: 'trash' }] as const
    box.take([
      letter({ subject: 'one', messageId: 'One@X.example', labels: trash }),
      letter({ subject: 'two', messageId: 'two@x.example', references: ['One@X.example'] }),
    ])
    const one = value(search(box.reader, 'rfc822msgid:<one@x.example>', berlin)).messages[0]
    expect(one?.subject).toBe('one')
    expect(found(box, `id:${one?.id}`)).toEqual(['one'])
    expect(found(box, `thread:${one?.threadId} in:anywhere`)).toEqual(['one', 'two'])
    expect(found(box, 'id:nonsense')).toEqual([])
  })
})

describe('dates', () => {
  const at = (text: string) => Date.parse(text)

  test('a day begins when it begins where the person is', () => {
    const box = boxOf({
      late: { date: at('2026-03-01T23:30:00Z') },
      early: { date: at('2026-03-01T22:30:00Z') },
    })
    expect(found(box, 'date:2026-03-02')).toEqual(['late'])
    expect(found(box, 'date:2026-03-01')).toEqual(['early'])
    expect(found(box, 'date:2026-03-01', { timeZone: 'UTC' })).toEqual(['early', 'late'])
    expect(found(box, 'after:2026-03-02')).toEqual(['late'])
    expect(found(box, 'before:2026-03-02')).toEqual(['early'])
    expect(found(box, 'date:2026-03')).toEqual(['early', 'late'])
    expect(found(box, '-date:2026')).toEqual([])
  })

  test('days around a change of the clock have 23 and 25 hours', () => {
    const hours = Array.from({ length: 24 * 4 }, (_, hour) => at('2026-03-28T00:00:00Z') + hour * 3_600_000)
    const spring = mailbox()
    spring.take(hours.map(date => letter({ date })))
    expect(value(count(spring.reader, 'date:2026-03-29', berlin)).total).toBe(23)
    const autumn = mailbox()
    autumn.take(hours.map(date => letter({ date: date + at('2025-10-25T00:00:00Z') - at('2026-03-28T00:00:00Z') })))
    expect(value(count(autumn.reader, 'date:2025-10-26', berlin)).total).toBe(25)
  })

  test('what is relative moves with the clock', () => {
    const box = boxOf({ today: { date: now - 3_600_000 }, yesterday: { date: now - dayMs } })
    expect(found(box, 'newer_than:1h')).toEqual(['today'])
    expect(found(box, 'newer_than:1d')).toEqual(['today', 'yesterday'])
    expect(found(box, 'newer_than:1d', { now: now + dayMs })).toEqual(['today'])
    expect(found(box, 'date:yesterday')).toEqual(['yesterday'])
    expect(found(box, 'date:yesterday', { now: now + dayMs })).toEqual(['today'])
    expect(found(box, 'older_than:1d', { now: now + dayMs })).toEqual(['yesterday'])
    expect(found(box, 'newer_than:999999y')).toEqual(['today', 'yesterday'])
  })
})

describe('accounts', () => {
  const box = () => {
    const made = mailbox()
    made.take([
      letter({ subject: 'a', account: 'home', text: 'shared' }),
      letter({ subject: 'b', account: 'work', text: 'shared' }),
    ])
    return made
  }

  test('a search sees the accounts of its scope and no trace of others', () => {
    expect(found(box(), 'shared')).toEqual(['a', 'b'])
    expect(found(box(), 'shared', { accounts: ['home'] })).toEqual(['a'])
    expect(found(box(), 'shared OR account:work', { accounts: ['home'] })).toEqual(['a'])
    expect(found(box(), '-shared', { accounts: ['home'] })).toEqual([])
    expect(found(box(), 'shared', { accounts: [] })).toEqual([])
    expect(found(box(), 'shared', { accounts: ['nobody'] })).toEqual([])
    const scoped = { ...berlin, accounts: ['home'] }
    expect(value(count(box().reader, 'shared', scoped)).total).toBe(1)
    expect(value(group(box().reader, '', { ...scoped, by: 'label' })).groups).toMatchObject([
      { name: 'INBOX', count: 1 },
    ])
  })

  test('the name of an account out of scope is not told apart from one that does not exist', () => {
    const page = value(search(box().reader, 'account:work', { ...berlin, accounts: ['home'] }))
    const strange = value(search(box().reader, 'account:wirk', { ...berlin, accounts: ['home'] }))
    expect(page.warnings[0]?.suggestion).toBeUndefined()
    expect(page.warnings.map(({ code }) => code)).toEqual(strange.warnings.map(({ code }) => code))
    expect(strange.warnings[0]?.suggestion).toBeUndefined()
  })

  test('account: names one', () => {
    expect(found(box(), 'account:work')).toEqual(['b'])
    expect(found(box(), '-account:work')).toEqual(['a'])
  })
})
