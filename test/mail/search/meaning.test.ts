import { describe, expect, test } from 'vitest'
import { count, explain, group, search } from '../../../src/mail/search/index.ts'
import { FLAG, type IncomingMessage } from '../../../src/mail/store/index.ts'
import { type Letter, letter, mailbox, now, type TestMailbox, value } from '../store/mailbox.ts'

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
    ['from:"Alice <alice@acme.com>"', ['alice']],
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
      real: {
        attachments: [
          {
            part: '2',
            filename: 'a.pdf',
            contentType: 'application/pdf',
            disposition: 'attachment',
            contentId: '',
            inline: false,
            sizeBytes: 1,
          },
        ],
      },
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
