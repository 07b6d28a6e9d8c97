import { describe, expect, test } from 'vitest'
import { count, explain, group, search } from '../../../src/mail/search/index.ts'
import { FLAG, type IncomingMessage } from '../../../src/mail/store/index.ts'
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

describe('people', () => {
  const box = () =>
    boxOf({
      alice: { from: 'Alice Smith <alice@acme.com>' },
      josé: { from: 'José Łukasz-Müller <j.doe@mail.acme.com>' },
      look: { from: 'Look Alike <alice@acme.com.evil.example>' },
      shop: {
        from: 'Books.com <noreply@shop.example>',
        to: ['Bob <bob@b.example>'],
        cc: ['carol@c.example'],
        bcc: ['dave@d.example'],
      },
    })

  test.each([
    ['from:alice', ['alice', 'look']],
    ['from:ALICE', ['alice', 'look']],
    ['from:smith', ['alice']],
    ['from:"Alice Smith"', ['alice']],
    ['from:alice@acme.com', ['alice']],
    ['from:"alice@acme.com"', ['alice']],
    ['alice@acme.com', ['alice']],
    ['from:@acme.com', ['alice', 'josé']],
    ['from:acme.com', ['alice', 'josé']],
    ['from:mail.acme.com', ['josé']],
    ['from:j.doe', ['josé']],
    ['from:jose', ['josé']],
    ['from:lukasz', ['josé']],
    ['from:muller', ['josé']],
    ['from:müller', ['josé']],
    ['from:books.com', ['shop']],
    ['from:ali*', ['alice', 'look']],
    ['from:*ook*', ['look', 'shop']],
    ['to:bob', ['shop']],
    ['cc:carol@c.example', ['shop']],
    ['bcc:dave', ['shop']],
    ['to:carol', []],
    ['to:me', ['alice', 'josé', 'look']],
    ['-to:me', ['shop']],
    ['from:(alice -look)', ['alice']],
  ])('%s', (query, subjects) => {
    expect(found(box(), query)).toEqual(subjects)
  })

  test('"me" without an address of one\'s own finds nothing and says why', () => {
    const empty = mailbox()
    empty.take([letter({ subject: 'x', from: 'me <me@x.example>' })])
    const page = value(search(empty.reader, 'from:me', berlin))
    expect(page.messages).toEqual([])
    expect(page.warnings.map(({ code }) => code)).toEqual(['no_own_address'])
  })
})

describe('words', () => {
  const box = () =>
    boxOf({
      'Café Zürich': { text: 'Die Straße nach Ørsted, naïve résumé' },
      'tokyo 1': { text: '東京都で会議を開きます。' },
      'seoul 1': { text: '내일 학교에서 만나요' },
      'fox one': { text: 'the quick brown fox jumps over the lazy dog' },
      'fox two': { text: 'the dog, lazy as it is, saw a fox' },
      'Krankenversicherung 2026': { text: 'a policy' },
      russian: { text: 'Ёлка стоит' },
      wide: { text: 'ＡＢＣ１２３ full width' },
    })

  test.each([
    ['cafe', ['Café Zürich']],
    ['zurich', ['Café Zürich']],
    ['strasse', ['Café Zürich']],
    ['STRASSE', ['Café Zürich']],
    ['straße', ['Café Zürich']],
    ['orsted', ['Café Zürich']],
    ['resume', ['Café Zürich']],
    ['"naive resume"', ['Café Zürich']],
    ['会議', ['tokyo 1']],
    ['東京', ['tokyo 1']],
    ['京都', ['tokyo 1']],
    ['"東京都"', ['tokyo 1']],
    ['東都', []],
    ['都', ['tokyo 1']],
    ['す', ['tokyo 1']],
    ['학교', ['seoul 1']],
    ['елка', ['russian']],
    ['abc123', ['wide']],
    ['fox', ['fox one', 'fox two']],
    ['"lazy dog"', ['fox one']],
    ['dog AROUND 1 lazy', ['fox one', 'fox two']],
    ['quick AROUND 1 fox', ['fox one']],
    ['quick AROUND 0 fox', []],
    ['fox -jumps', ['fox two']],
    ['-fox', ['Café Zürich', 'Krankenversicherung 2026', 'russian', 'seoul 1', 'tokyo 1', 'wide']],
    ['jump*', ['fox one']],
    ['*versicher*', ['Krankenversicherung 2026']],
    ['*sicherung', ['Krankenversicherung 2026']],
    ['subject:fox', ['fox one', 'fox two']],
    ['body:fox', ['fox one', 'fox two']],
    ['subject:quick', []],
    ['subject:1', ['seoul 1', 'tokyo 1']],
    ['{zurich policy}', ['Café Zürich', 'Krankenversicherung 2026']],
    ['fox - two', ['fox two']],
    ['po*', []],
    ['kr*', ['Krankenversicherung 2026']],
    ['policy OR is:starred', ['Krankenversicherung 2026']],
  ])('%s', (query, subjects) => {
    expect(found(box(), query)).toEqual(subjects)
  })

  test('no text of a sender stands for a fact or an address', () => {
    const forged = boxOf({
      forged: { text: '\ue023attachment \ue023all ann\ue040a\ue02eexample' },
      real: { attachments: [pdf] },
    })
    expect(found(forged, 'has:attachment')).toEqual(['real'])
    expect(found(forged, '\ue023attachment')).toEqual(['forged'])
  })

  test('signs of the query language of the index are text', () => {
    const box2 = boxOf({ plain: { text: 'NEAR AND OR NOT subject body rowid' } })
    for (const query of [
      '"NEAR(a b)"',
      '"a" ^b',
      'a*b*c',
      "it's",
      'NEAR',
      'rowid',
      'x"y',
      '+"',
      '"\u0000"',
      '*:*',
      ';--',
      "' OR 1=1",
    ]) {
      expect(search(box2.reader, query, berlin), query).toMatchObject({ ok: expect.any(Boolean) })
    }
    expect(found(box2, '"NEAR AND OR"')).toEqual(['plain'])
  })
})

const pdf = {
  part: '2',
  filename: 'Report-2026.pdf',
  contentType: 'application/pdf',
  disposition: 'attachment',
  contentId: '',
  sizeBytes: 10,
} as const

describe('facts', () => {
  const box = () => {
    const made = boxOf({
      pdf: { attachments: [pdf], flags: FLAG.read },
      invite: { hasCalendar: true, flags: FLAG.starred },
      picture: {
        attachments: [
          { ...pdf, contentType: 'image/png', disposition: 'inline', contentId: 'a@b', filename: 'logo.png' },
        ],
      },
      links: {
        linkCount: 9,
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

describe('refusals and explanations', () => {
  test('a query with an error does not run', () => {
    const box = mailbox()
    const refused = search(box.reader, 'is:unraed', berlin)
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'query_invalid', diagnostics: [{ suggestion: 'is:unread' }] },
    })
    expect(count(box.reader, 'a OR', berlin)).toMatchObject({ ok: false, error: { code: 'query_invalid' } })
  })

  test('explain shows how a query was understood, also one that is refused', () => {
    const box = boxOf({ a: {} })
    const shown = value(explain(box.reader, 'from:ann has:attachment is:unread', berlin))
    expect(shown.canonical).toBe('from:ann has:attachment is:unread')
    expect(shown.branches[0]?.match).toContain('sender : "ann"')
    expect(shown.branches[0]?.match).toContain('#attachment')
    expect(shown.branches[0]?.drivers).toEqual([{ name: 'messages_unread', rows: 1 }])
    expect(value(explain(box.reader, 'is:unraed', berlin)).diagnostics[0]?.code).toBe('unknown_value')
  })
})

describe('counting', () => {
  test('counts are exact up to ten thousand and honest beyond', () => {
    const box = mailbox()
    const many: IncomingMessage[] = Array.from({ length: 10_050 }, (_, at) =>
      letter({ date: now - at * 60_000, text: at < 9_999 ? 'often' : 'seldom' }),
    )
    box.take(many)
    expect(value(count(box.reader, 'often', berlin))).toMatchObject({ total: 9_999, isLowerBound: false })
    expect(value(count(box.reader, 'often OR seldom', berlin))).toMatchObject({ total: 10_000, isLowerBound: true })
  })

  test('groups by sender, list, label and local month', () => {
    const box = mailbox()
    const letters = [
      letter({ from: 'A <a@x.example>', date: Date.parse('2026-02-28T23:30:00Z'), listId: 'l.example' }),
      letter({ from: 'A <a@x.example>', date: Date.parse('2026-02-28T22:30:00Z'), flags: FLAG.read }),
      letter({ from: 'B <b@x.example>', date: Date.parse('2026-01-05T00:00:00Z') }),
    ]
    box.take(letters)
    const grouped = (by: 'from' | 'list' | 'label' | 'month') => value(group(box.reader, '', { ...berlin, by })).groups
    expect(grouped('from')).toMatchObject([
      { name: 'a@x.example', count: 2, unread: 1 },
      { name: 'b@x.example', count: 1, unread: 1 },
    ])
    expect(grouped('list')).toMatchObject([{ name: 'l.example', count: 1 }])
    expect(grouped('label')).toMatchObject([{ name: 'INBOX', count: 3, unread: 2 }])
    expect(grouped('month').map(({ name, count: many }) => [name, many])).toEqual([
      ['2026-03', 1],
      ['2026-02', 1],
      ['2026-01', 1],
    ])
  })
})
