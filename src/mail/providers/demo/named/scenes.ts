import { Buffer } from 'node:buffer'
import { FLAG } from '../../../store/incoming.ts'
import { Dice } from '../dice.ts'
import { buildLetter } from '../letter/build.ts'
import { csv, pdf, png } from '../letter/files.ts'
import { inviteText } from '../letter/invite.ts'
import { abroad, clients, colleagues, demoEndsAt, family, me, meAtHome, type Person } from '../world.ts'
import { daysAgo, idOf, type Named, named } from './named.ts'

const [ines, tomasz, leila] = colleagues
const [henrik] = clients
const [mama] = family
const bank = { name: 'Weserbank', email: 'no-reply@weserbank.example' }

function known(person: Person | undefined): Person {
  if (person === undefined) throw new Error('the demo has lost one of its people')
  return person
}

function speaking(language: Person['language']): Person {
  return known(abroad.find(each => each.language === language))
}

/** Ordinary mail with a name: what guides search for, answer and undo. */
export function namedScenes(): Named[] {
  return [...money(), ...library(), ...meetings(), ...scripts(), ...others()]
}

function money(): Named[] {
  return [
    named({
      name: 'bank-code',
      about: 'a one-time code of the bank, minutes old: 481920',
      minutesAgo: 12,
      from: bank,
      to: [meAtHome],
      subject: 'Your security code',
      fields: ['Auto-Submitted: auto-generated'],
      text: 'Your code to confirm the transfer is 481920.\n\nIt is good for 5 minutes. Weserbank never asks for it by phone or e-mail; do not pass it on to anybody.\n',
    }),
    named({
      name: 'sign-in-code',
      about: 'a one-time code in the subject: 730551',
      minutesAgo: daysAgo(1, 30),
      from: { name: 'Postfach ID', email: 'login@postfach-id.example' },
      to: [meAtHome],
      subject: 'Sign-in code 730551',
      fields: ['Auto-Submitted: auto-generated'],
      text: 'Somebody asked for a sign-in code. Enter 730551 within 10 minutes.\n\nIf that was not you, ignore this message.\n',
    }),
    named({
      name: 'invoice',
      about: 'an invoice with a PDF, from a firm that the office pays',
      minutesAgo: daysAgo(6, 200),
      from: { name: 'Hansen Holzbau', email: 'rechnung@hansen-holzbau.example' },
      subject: 'Invoice 2026-0917: glulam beams, harbour library',
      text: 'Dear Ms Winter,\n\nplease find attached invoice 2026-0917 over 18,420.00 EUR, due within 30 days.\n\nKind regards\nHansen Holzbau\n',
      files: [
        {
          name: 'invoice-2026-0917.pdf',
          type: 'application/pdf',
          bytes: pdf([
            'Hansen Holzbau',
            'Invoice 2026-0917',
            '',
            'Glulam beams GL28h, 14 pieces',
            'Total 18,420.00 EUR',
            'IBAN DE02 1234 0000 0000 4711 00',
          ]),
        },
      ],
      place: { tags: ['receipts'], flags: FLAG.read },
    }),
    named({
      name: 'newsletter',
      about: 'a newsletter that can be left with one click',
      minutesAgo: daysAgo(3, 90),
      from: { name: 'The Joinery', email: 'news@thejoinery.example' },
      to: [meAtHome],
      subject: 'The Joinery #41: what holds',
      fields: [
        'List-Id: <news.thejoinery.example>',
        'List-Unsubscribe: <https://thejoinery.example/unsubscribe/9f31c0>, <mailto:leave-9f31c0@thejoinery.example?subject=unsubscribe>',
        'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
      ],
      text: 'The Joinery #41: what holds\n\n1. Hide glue against epoxy, ten years later\n2. The carpenter who builds only stairs\n',
      html: '<html><body><h1>What holds</h1><ul><li><a href="https://thejoinery.example/read/1">Hide glue against epoxy, ten years later</a></li><li>The carpenter who builds only stairs</li></ul><img src="https://thejoinery.example/open/9f31c0.gif" width="1" height="1"></body></html>\n',
      place: { tags: ['reading'] },
    }),
  ]
}

/** A conversation of four, the last of which waits for an answer. */
function library(): Named[] {
  const subject = 'Harbour library: roof garden in the budget?'
  const tag = { tags: ['clients' as const] }
  const question =
    'Dear Nora,\n\nthe board liked the roof garden very much. Can it stay within the 2.4 million? We need one figure and your recommendation by Friday.\n\nHenrik\n'
  const answer =
    'Dear Henrik,\n\nwith extensive planting, yes: 86,500 EUR, and the drainage is included. I send you the table.\n\nBest regards\nNora\n'
  return [
    named({
      name: 'roof-garden-1',
      about: 'a client asks for a figure',
      minutesAgo: daysAgo(9, 400),
      from: known(henrik),
      subject,
      text: question,
      place: { ...tag, flags: FLAG.read | FLAG.answered },
    }),
    named({
      name: 'roof-garden-2',
      about: 'the answer, with a table of figures',
      minutesAgo: daysAgo(8, 300),
      from: me,
      to: [known(henrik)],
      cc: [known(ines)],
      subject: `Re: ${subject}`,
      references: [idOf('roof-garden-1')],
      text: `${answer}\nOn Mon, 21 Sep 2026, Henrik Dahl wrote:\n\n${quoted(question)}`,
      files: [
        {
          name: 'roof-garden.csv',
          type: 'text/csv',
          bytes: csv([
            ['item', 'EUR'],
            ['Substrate, 12 cm', 31_200],
            ['Sedum', 18_700],
            ['Drainage', 36_600],
          ]),
        },
      ],
      isSent: true,
      place: tag,
    }),
    named({
      name: 'roof-garden-3',
      about: 'a colleague adds a condition, with a picture',
      minutesAgo: daysAgo(8, 120),
      from: known(tomasz),
      to: [me],
      cc: [known(henrik), known(ines)],
      subject: `Re: ${subject}`,
      references: [idOf('roof-garden-1'), idOf('roof-garden-2')],
      text: `Nora, Henrik,\n\nonly if the snow load stays below 0.85 kN/m². Otherwise the secondary beams have to grow by 4 cm. Sketch attached.\n\nTomasz\n\nOn Tue, 22 Sep 2026, Nora Winter wrote:\n\n${quoted(answer)}`,
      files: [{ name: 'secondary-beams.png', type: 'image/png', bytes: png(new Dice(5, 5), 200, 140) }],
      place: { ...tag, flags: FLAG.read },
    }),
    named({
      name: 'roof-garden-4',
      about: 'the client decides and asks for one more thing; not answered yet',
      minutesAgo: 190,
      from: known(henrik),
      to: [me],
      cc: [known(ines)],
      subject: `Re: ${subject}`,
      references: [idOf('roof-garden-1'), idOf('roof-garden-2'), idOf('roof-garden-3')],
      text: 'Dear Nora,\n\nthe board said yes to 86,500 EUR. Please confirm by tomorrow noon that planting can begin on 12 April, and who will be on site.\n\nHenrik\n',
      place: tag,
    }),
  ]
}

function meetings(): Named[] {
  const startsAt = demoEndsAt + 2 * 86_400_000 - 16.5 * 3_600_000 + 9 * 3_600_000
  const uid = 'kickoff-tram-depot@birchstone.example'
  const meeting = {
    uid,
    summary: 'Kick-off: the tram depot',
    place: 'Am Wall 112, small room',
    startsAt,
    minutes: 60,
    organizer: known(ines),
    attendees: [me, known(tomasz), known(leila)],
  }
  const invite = (name: string, about: string, sequence: number, method: 'REQUEST' | 'CANCEL', minutesAgo: number) =>
    named({
      name,
      about,
      minutesAgo,
      from: known(ines),
      to: [me, known(tomasz), known(leila)],
      subject: `${method === 'CANCEL' ? 'Cancelled' : sequence > 0 ? 'Updated invitation' : 'Invitation'}: Kick-off: the tram depot`,
      text: 'Kick-off: the tram depot\n\nWhere: Am Wall 112, small room\n',
      calendar: {
        method,
        ics: inviteText({
          ...meeting,
          method,
          sequence,
          startsAt: startsAt + sequence * 3_600_000,
          writtenAt: demoEndsAt - minutesAgo * 60_000,
        }),
      },
    })
  return [
    invite('invite', 'an invitation', 0, 'REQUEST', daysAgo(4)),
    invite('invite-moved', 'the same, an hour later', 1, 'REQUEST', daysAgo(3)),
    invite('invite-cancelled', 'and withdrawn', 2, 'CANCEL', daysAgo(2, 60)),
  ]
}

function scripts(): Named[] {
  return [
    named({
      name: 'japanese',
      about: 'Japanese in ISO-2022-JP',
      minutesAgo: daysAgo(12),
      from: speaking('ja'),
      subject: '木材サンプルの発送について',
      charset: 'iso-2022-jp',
      transfer: '8bit',
      text: 'ノラ様\n\nお世話になっております。集成材のサンプルを本日発送いたしました。\n来週の火曜日に届く予定です。\n\n田中 美咲\n',
    }),
    named({
      name: 'chinese',
      about: 'Chinese in GB18030',
      minutesAgo: daysAgo(17),
      from: speaking('zh'),
      subject: '玻璃报价单',
      charset: 'gb18030',
      text: '诺拉您好：\n\n附件是最新的玻璃报价单，请查收。\n\n王伟\n',
    }),
    named({
      name: 'arabic',
      about: 'Arabic in windows-1256, written from right to left',
      minutesAgo: daysAgo(14),
      from: speaking('ar'),
      subject: 'عرض سعر الحجر',
      charset: 'windows-1256',
      text: 'السيدة نورا المحترمة،\n\nنرسل لكم عرض السعر للحجر الجيري حسب الطلب.\n\nمع خالص التحية\nأحمد منصور\n',
    }),
    named({
      name: 'hebrew',
      about: 'Hebrew in windows-1255',
      minutesAgo: daysAgo(15),
      from: speaking('he'),
      subject: 'הצעת מחיר לתאורה',
      charset: 'windows-1255',
      text: 'שלום נורה,\n\nמצורפת הצעת המחיר לתאורה של אולם הקריאה.\n\nבברכה\nיעל\n',
    }),
    named({
      name: 'russian',
      about: 'Russian in KOI8-R',
      minutesAgo: daysAgo(19),
      from: speaking('ru'),
      subject: 'Перевод договора',
      charset: 'koi8-r',
      transfer: '8bit',
      text: 'Здравствуйте, Нора!\n\nПеревод договора готов, осталось проверить приложения.\n\nИрина\n',
    }),
  ]
}

function others(): Named[] {
  const inner = buildLetter({
    messageId: idOf('inner-letter'),
    at: demoEndsAt - daysAgo(30) * 60_000,
    zoneMinutes: 120,
    from: known(leila),
    to: [known(ines)],
    subject: 'Stair core, revision 7',
    text: 'The handrail moves by 30 mm.\n',
  })
  const status =
    'Reporting-MTA: dns; mx.birchstone.example\r\n\r\nFinal-Recipient: rfc822; henrikdahl@harbour-library.example\r\nAction: failed\r\nStatus: 5.1.1\r\n'
  return [
    named({
      name: 'birthday',
      about: 'family, in German',
      minutesAgo: daysAgo(5, 60),
      from: known(mama),
      to: [meAtHome],
      subject: 'Geburtstag',
      text: 'Liebe Nora,\n\nam 11. Oktober feiern wir bei uns im Garten. Bringst du den Apfelkuchen mit?\n\nMama\n',
      place: { tags: ['family'], flags: FLAG.read | FLAG.starred },
    }),
    named({
      name: 'forwarded',
      about: 'a message attached to a message',
      minutesAgo: daysAgo(7),
      from: known(ines),
      subject: 'Fwd: Stair core, revision 7',
      text: 'For your files.\n\nInes\n',
      files: [{ name: 'Stair core.eml', type: 'message/rfc822', bytes: inner, isText: true }],
      place: { flags: FLAG.read },
    }),
    named({
      name: 'bounce',
      about: 'mail that could not be delivered (RFC 3464)',
      minutesAgo: daysAgo(8, 290),
      from: { name: 'Mail Delivery System', email: 'mailer-daemon@birchstone.example' },
      subject: 'Undelivered Mail Returned to Sender',
      text: 'I could not deliver your message to henrikdahl@harbour-library.example: there is no such user.\n',
      report: [{ name: '', type: 'message/delivery-status', bytes: Buffer.from(status), isText: true }],
      place: { flags: FLAG.read },
    }),
    named({
      name: 'medical',
      about: 'a letter that is nobody’s business',
      minutesAgo: daysAgo(20),
      from: { name: 'Praxis Dr. Yılmaz', email: 'praxis@dr-yilmaz.example' },
      to: [meAtHome],
      subject: 'Ihr Befund',
      text: 'Sehr geehrte Frau Winter,\n\nIhr Befund liegt vor. Bitte vereinbaren Sie einen Termin zur Besprechung.\n',
      place: { folder: 'archive', flags: FLAG.read },
    }),
    named({
      name: 'draft',
      about: 'an answer that was begun',
      minutesAgo: 60,
      from: me,
      to: [known(henrik)],
      subject: 'Re: Harbour library: roof garden in the budget?',
      references: [idOf('roof-garden-4')],
      text: 'Dear Henrik,\n\nyes, planting can begin on 12 April. On site will be\n',
      isSent: true,
      place: { folder: 'drafts', flags: FLAG.read | FLAG.draft },
    }),
  ]
}

function quoted(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map(line => `> ${line}`.trimEnd())
    .join('\n')
    .concat('\n')
}
