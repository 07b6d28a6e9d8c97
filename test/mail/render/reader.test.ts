import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ReaderView, readHtmlMessage, readPlain } from '#mail/render/index.ts'

const attributions = [
  ['English', 'On Mon, Mar 2, 2026 at 10:00 AM Ann Lee <ann@example.org> wrote:'],
  ['English, wrapped', 'On Mon, Mar 2, 2026 at 10:00 AM Ann Lee\n<ann@example.org> wrote:'],
  ['German', 'Am 02.03.2026 um 10:00 schrieb Ann Lee <ann@example.org>:'],
  ['French', 'Le lun. 2 mars 2026 à 10:00, Ann Lee <ann@example.org> a écrit :'],
  ['Spanish', 'El lun, 2 mar 2026 a las 10:00, Ann Lee (<ann@example.org>) escribió:'],
  ['Italian', 'Il giorno lun 2 mar 2026 alle ore 10:00 Ann Lee <ann@example.org> ha scritto:'],
  ['Portuguese', 'Em seg., 2 de mar. de 2026 às 10:00, Ann Lee <ann@example.org> escreveu:'],
  ['Dutch', 'Op ma 2 mrt 2026 om 10:00 schreef Ann Lee <ann@example.org>:'],
  ['Swedish', 'Den mån 2 mars 2026 kl 10:00 skrev Ann Lee <ann@example.org>:'],
  ['Danish', 'Den man. 2. mar. 2026 kl. 10.00 skrev Ann Lee <ann@example.org>:'],
  ['Finnish', 'ma 2. maalisk. 2026 klo 10.00 Ann Lee (ann@example.org) kirjoitti:'],
  ['Polish', 'pon., 2 mar 2026 o 10:00 Ann Lee <ann@example.org> napisał(a):'],
  ['Czech', 'po 2. 3. 2026 v 10:00 odesílatel Ann Lee <ann@example.org> napsal:'],
  ['Hungarian', 'Ann Lee <ann@example.org> ezt írta (időpont: 2026. márc. 2., H, 10:00):'],
  ['Russian', 'пн, 2 мар. 2026 г. в 10:00, Ann Lee <ann@example.org> написал:'],
  ['Ukrainian', 'пн, 2 бер. 2026 р. о 10:00 Ann Lee <ann@example.org> пише:'],
  ['Turkish', 'Ann Lee <ann@example.org>, 2 Mar 2026 Pzt, 10:00 tarihinde şunu yazdı:'],
  ['Greek', 'Στις Δευ 2 Μαρ 2026 στις 10:00 π.μ., ο χρήστης Ann Lee <ann@example.org> έγραψε:'],
  ['Japanese', '2026年3月2日(月) 10:00 Ann Lee <ann@example.org>さんは書きました:'],
  ['Chinese', 'Ann Lee <ann@example.org> 于2026年3月2日周一 10:00写道：'],
  ['Korean', '2026년 3월 2일 (월) 오전 10:00, Ann Lee <ann@example.org>님이 작성:'],
] as const

describe('quotes at the end are folded', () => {
  test.each(attributions)('below an attribution in %s', (_, attribution) => {
    const view = readPlain(`Yes, agreed.\n\n${attribution}\n> Shall we?\n> Ann\n`)
    expect(view.content).toBe('Yes, agreed.')
    expect(view.quotes).toEqual([{ author: 'Ann Lee', text: 'Shall we?\nAnn' }])
  })

  test.each([
    ['English', 'From: Ann Lee <ann@example.org>\nSent: Monday, March 2, 2026 10:00\nTo: Me\nSubject: Plan'],
    ['German', 'Von: Ann Lee <ann@example.org>\nGesendet: Montag, 2. März 2026 10:00\nAn: Ich\nBetreff: Plan'],
    ['French', 'De : Ann Lee <ann@example.org>\nEnvoyé : lundi 2 mars 2026 10:00\nÀ : Moi\nObjet : Plan'],
    ['Spanish', 'De: Ann Lee <ann@example.org>\nEnviado: lunes, 2 de marzo de 2026\nPara: Yo\nAsunto: Plan'],
    ['Swedish', 'Från: Ann Lee <ann@example.org>\nSkickat: den 2 mars 2026 10:00\nTill: Mig\nÄmne: Plan'],
    ['Polish', 'Od: Ann Lee <ann@example.org>\nWysłano: poniedziałek, 2 marca 2026\nDo: Ja\nTemat: Plan'],
    ['Russian', 'От: Ann Lee <ann@example.org>\nОтправлено: 2 марта 2026 г.\nКому: Я\nТема: Plan'],
    ['Chinese', '发件人: Ann Lee <ann@example.org>\n发送时间: 2026年3月2日\n收件人: 我\n主题: Plan'],
  ])('below a header block in %s', (_, block) => {
    const view = readPlain(`Yes, agreed.\n\n________________________________\n${block}\n\nShall we?\nAnn`)
    expect(view.content).toBe('Yes, agreed.')
    expect(view.quotes[0]?.author).toBe('Ann Lee')
    expect(view.quotes[0]?.text).toContain('Shall we?')
  })

  test.each(['-----Original Message-----', '-----Ursprüngliche Nachricht-----', '----- Mensaje original -----'])(
    'below %s',
    line => {
      expect(readPlain(`Yes.\n\n${line}\nold text`).content).toBe('Yes.')
    },
  )

  test('also when a list adds its footer below them', () => {
    const view = readPlain(
      'Yes.\n\nOn Mon, Ann wrote 1:\n\n> Shall we?\n\n_______________________________________________\nthe mailing list https://lists.example.org/x',
    )
    expect(view.content).toBe('Yes.\n\nOn Mon, Ann wrote 1:'.slice(0, view.content.length))
    expect(view.content).not.toContain('Shall we?')
  })
})

describe('what the sender wrote stays', () => {
  test('answers between quotes, and the quotes with them', () => {
    const text = 'On Mon, 2 Mar 2026 Ann Lee wrote:\n> One?\n\nYes.\n\n> Two?\n\nNo.'
    const view = readPlain(text)
    expect(view.content).toBe(text)
    expect(view.quotes).toEqual([])
  })

  test('an answer below the quote', () => {
    expect(readPlain('> Shall we?\n\nYes, at ten.').content).toContain('Yes, at ten.')
  })

  test('the text below a legal phrase in the middle of a letter', () => {
    const text =
      'Dear Ann,\n\nthis email is confidential and intended only for you, as agreed in our last call.\n\nThe price is 12 €. Please answer by Friday.\n\nBob'
    expect(readPlain(text).content).toBe(text)
  })

  test('the text below a lone -- that is a rule', () => {
    const text =
      `Part one\n--\nPart two, which is a long line of prose that goes on and on and is surely nobody's signature at all.\n${'more\n'.repeat(20)}`.trim()
    expect(readPlain(text).content).toBe(text)
  })

  test('the columns of a table of hyphens', () => {
    const text = 'a | b\n--\n- 1\n- 2'
    expect(readPlain(text).content).toBe(text)
  })

  test.each([
    '> only a quote',
    '-- \nAnn',
    'Sent from my iPhone',
    'unsubscribe here',
    'This email is confidential and intended only for the addressee.',
    '',
  ])('%j, when there is nothing else', text => {
    expect(readPlain(text).content).toBe(text.trimEnd())
  })

  test('a forwarded message', () => {
    const html =
      '<p>See below</p><div class="gmail_quote">---------- Forwarded message ---------<br>From: Ann<br>the news</div>'
    expect(readHtmlMessage(html).content).toContain('the news')
  })
})

describe('signatures', () => {
  test.each([
    ['Text\n\n-- \nAnn Lee\nACME', 'Ann Lee\nACME'],
    ['Text\n\n--\nAnn Lee\nACME', 'Ann Lee\nACME'],
    ['Text\n\nSent from my iPhone', 'Sent from my iPhone'],
    ['Text\n\nVon meinem iPhone gesendet', 'Von meinem iPhone gesendet'],
    [
      'Text\n\nAnn Lee\n+49 30 1234567\nann@example.org\nwww.example.org',
      'Ann Lee\n+49 30 1234567\nann@example.org\nwww.example.org',
    ],
  ])('%j ends in a signature', (text, signature) => {
    const view = readPlain(text)
    expect(view).toMatchObject({ content: 'Text', signature })
  })

  test('one above the quote is folded too', () => {
    const view = readPlain('Text\n\n-- \nBob\n\nOn 2 Mar 2026 Ann Lee wrote:\n> Hi')
    expect(view).toMatchObject({ content: 'Text', signature: 'Bob' })
  })
})

describe('footers and notices', () => {
  test('of the server and the list, in any order, from the end up to the first ordinary paragraph', () => {
    const legal =
      'This message is confidential and intended only for the use of the addressee. If you received it in error, delete it.'
    const view = readPlain(
      `Text\n\n${legal}\n\nYou are receiving this because you subscribed.\n\n© 2026 ACME, all rights reserved`,
    )
    expect(view.content).toBe('Text')
    expect(view.removed.map(({ stage }) => stage)).toContain('boilerplate')
  })

  test('stages can be left out', () => {
    const text = 'Text\n\n-- \nAnn'
    expect(readPlain(text, { without: ['signature'] }).content).toBe(text)
  })
})

describe('HTML', () => {
  test.each([
    '<div>Yes.</div><div class="gmail_quote"><div class="gmail_attr">On Mon, 2 Mar 2026 Ann wrote:<br></div><blockquote>Shall we?</blockquote></div>',
    '<p>Yes.</p><div class="moz-cite-prefix">On 02.03.26 Ann wrote:</div><blockquote type="cite">Shall we?</blockquote>',
    '<p>Yes.</p><div id="divRplyFwdMsg"><b>From:</b> Ann<br><b>Sent:</b> Monday<br></div><div>Shall we?</div>',
    '<p>Yes.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p><b>From:</b> Ann</p></div><p>Shall we?</p>',
    '<p>Yes.</p><div class="yahoo_quoted">Shall we?</div>',
    '<p>Yes.</p><div class="protonmail_quote">Shall we?</div>',
  ])('quote containers are known by their markup: %j', html => {
    const view = readHtmlMessage(html)
    expect(view.content).toBe('Yes.')
    expect(view.original).toContain('Shall we?')
    expect(view.quotes[0]?.text).toContain('Shall we?')
  })

  test('answers between quote containers stay with them', () => {
    const html = '<blockquote type=cite>One?</blockquote><p>Yes.</p><blockquote type=cite>Two?</blockquote><p>No.</p>'
    expect(readHtmlMessage(html).content).toBe('> One?\n\nYes.\n\n> Two?\n\nNo.')
  })
})

test('whatever the text, what was removed and what was kept are the original, in order, and something is left', () => {
  const line = fc.constantFrom(
    ...[
      'Hello Ann,',
      'some words of a letter.',
      '',
      '',
      '> quoted',
      '>> deeper',
      'On 2 Mar 2026 Ann Lee wrote:',
      '-- ',
      '--',
      'Ann',
    ],
    ...[
      'From: Ann',
      'Sent: Monday',
      'To: Me',
      'Subject: x',
      '-----Original Message-----',
      'unsubscribe',
      'Sent from my iPhone',
      '© 2026',
    ],
    'This message is confidential and intended only for the addressee named above.',
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), lines => expectReversible(readPlain(lines.join('\n')))),
    { seed: 5, numRuns: 1000 },
  )
})

function expectReversible(view: ReaderView): void {
  const lines = view.original.split('\n')
  const removed = new Set(
    view.removed.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, index) => start + index)),
  )
  const kept = lines.filter((_, index) => !removed.has(index))
  expect(kept.length).toBe(view.linesKept)
  expect(lines.length).toBe(view.linesOriginal)
  const words = (text: string): string =>
    text
      .split(/\s+/)
      .filter(word => word !== '')
      .join(' ')
  expect(words(view.content)).toBe(words(kept.join('\n')))
  if (view.original.trim() !== '') expect(view.content.trim()).not.toBe('')
}
