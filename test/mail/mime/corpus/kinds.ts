import { base64, type Case, lines, mail } from './case.ts'

const multipart = (type: string, ...parts: (readonly string[])[]) =>
  mail(
    ['MIME-Version: 1.0', `Content-Type: ${type}; boundary=b`],
    ...parts.flatMap(each => ['--b', ...each]),
    '--b--',
    '',
  )

const text = ['Content-Type: text/plain; charset=utf-8', '', 'Text']

const ics = (method: string, ...event: string[]): string[] => [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  `METHOD:${method}`,
  'BEGIN:VEVENT',
  ...event,
  'END:VEVENT',
  'END:VCALENDAR',
]

const event = ['UID:uid-1@example.org', 'DTSTART:20260302T100000Z', 'SUMMARY:Plan\\, review', 'LOCATION:Room 5']
const calendar = { part: '2', method: 'REQUEST', uid: 'uid-1@example.org', summary: 'Plan, review', location: 'Room 5' }

const invites: readonly Case[] = [
  {
    name: 'invite-google',
    raw: mail(
      ['Content-Type: multipart/mixed; boundary=m'],
      ['--m', 'Content-Type: multipart/alternative; boundary=a', ''],
      ['--a', ...text, '--a', 'Content-Type: text/html; charset=utf-8', '', '<p>Text</p>'],
      ['--a', 'Content-Type: text/calendar; charset=utf-8; method=REQUEST', '', ...ics('REQUEST', ...event), '--a--'],
      [
        '--m',
        'Content-Type: application/ics; name="invite.ics"',
        'Content-Disposition: attachment; filename="invite.ics"',
      ],
      ['Content-Transfer-Encoding: base64', '', ...base64(lines(...ics('REQUEST', ...event))), '--m--', ''],
    ),
    expect: {
      text: 'Text',
      calendar: { ...calendar, part: '1.3' },
      has_attachments: true,
      attachments: [
        { part: '1.3', content_type: 'text/calendar', inline: true },
        { part: '2', filename: 'invite.ics', inline: false },
      ],
      defects: [],
    },
  },
  {
    name: 'invite-outlook',
    raw: multipart('multipart/alternative', text, [
      'Content-Type: text/calendar; charset="utf-8"; method=REQUEST',
      'Content-Transfer-Encoding: base64',
      '',
      ...base64(
        lines(
          'BEGIN:VCALENDAR',
          'METHOD:REQUEST',
          'PRODID:Microsoft Exchange Server 2010',
          'BEGIN:VTIMEZONE',
          'TZID:W. Europe Standard Time',
          'END:VTIMEZONE',
          'BEGIN:VEVENT',
          'SUMMARY;LANGUAGE=de-DE:Plan\\, review',
          'UID:uid-1@example.org',
          'LOCATION;LANGUAGE=de-DE:Room 5',
          'END:VEVENT',
          'END:VCALENDAR',
        ),
      ),
    ]),
    expect: { text: 'Text', calendar, has_attachments: false, attachments: [{ part: '2', inline: true }], defects: [] },
  },
  {
    name: 'invite-apple',
    raw: multipart('multipart/mixed', text, [
      'Content-Type: text/calendar; method=REQUEST; name=iCal.ics',
      'Content-Disposition: attachment; filename=iCal.ics',
      '',
      ...ics('REQUEST', 'UID:uid-1@example.org', 'SUMMARY:Plan\\,', '  review', 'LOCATION:Room 5'),
    ]),
    expect: { calendar, has_attachments: true, attachments: [{ part: '2', filename: 'iCal.ics' }], defects: [] },
  },
  {
    name: 'invite-zimbra-cancel',
    raw: multipart('multipart/alternative', text, [
      'Content-Type: text/calendar; charset=utf-8',
      '',
      ...ics('CANCEL', ...event),
    ]),
    expect: { calendar: { ...calendar, method: 'CANCEL' }, defects: [] },
  },
  {
    name: 'invite-reply-only-calendar',
    raw: mail(['Content-Type: text/calendar; method=REPLY; charset=utf-8'], ics('REPLY', ...event)),
    expect: { text: null, calendar: { ...calendar, part: '1', method: 'REPLY' }, defects: [] },
  },
]

const reports: readonly Case[] = [
  {
    name: 'report-delivery-failed',
    raw: multipart(
      'multipart/report; report-type=delivery-status',
      ['Content-Type: text/plain', '', 'Could not deliver.'],
      [
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx.example.org',
        'Arrival-Date: Mon, 2 Mar 2026 10:00:00 +0000',
        '',
        'Final-Recipient: rfc822; ann@example.com',
        'Original-Recipient: rfc822;Ann@example.com',
        'Action: Failed',
        'Status: 5.1.1',
        'Remote-MTA: dns; mail.example.com',
        'Diagnostic-Code: smtp; 550 5.1.1 no such',
        ' user here',
        '',
        'Final-Recipient: rfc822; bob@example.com',
        'Action: delayed',
        'Status: 4.4.1 (timeout)',
        '',
      ],
      ['Content-Type: message/rfc822', '', 'Subject: Original', '', 'Hi'],
    ),
    expect: {
      text: 'Could not deliver.',
      has_attachments: true,
      report: {
        type: 'delivery-status',
        fields: [
          { name: 'Reporting-MTA', value: 'dns; mx.example.org' },
          { name: 'Arrival-Date', value: 'Mon, 2 Mar 2026 10:00:00 +0000' },
        ],
        recipients: [
          {
            final_recipient: 'ann@example.com',
            original_recipient: 'Ann@example.com',
            action: 'failed',
            status: '5.1.1',
            diagnostic: '550 5.1.1 no such user here',
            remote_mta: 'mail.example.com',
          },
          {
            final_recipient: 'bob@example.com',
            original_recipient: null,
            action: 'delayed',
            status: '4.4.1',
            diagnostic: null,
            remote_mta: null,
          },
        ],
      },
      defects: [],
    },
  },
  {
    name: 'report-delivery-headers-only',
    raw: multipart(
      'multipart/report; report-type=delivery-status',
      ['Content-Type: text/plain', '', 'Sorry.'],
      [
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns;x',
        '',
        'Final-Recipient: rfc822;a@b.example',
        'Action: failed',
        'Status: 5.0.0',
      ],
      ['Content-Type: text/rfc822-headers', '', 'Subject: Original'],
    ),
    expect: {
      text: 'Sorry.',
      report: { recipients: [{ final_recipient: 'a@b.example', status: '5.0.0' }] },
      defects: [],
    },
  },
  {
    name: 'report-read-receipt',
    raw: multipart(
      'multipart/report; report-type=disposition-notification',
      ['Content-Type: text/plain', '', 'Read.'],
      [
        'Content-Type: message/disposition-notification',
        '',
        'Final-Recipient: rfc822;ann@example.com',
        'Original-Message-ID: <1@x>',
        'Disposition: manual-action/MDN-sent-manually; displayed',
      ],
    ),
    expect: {
      text: 'Read.',
      has_attachments: false,
      report: { type: 'disposition-notification', recipients: [] },
      defects: [],
    },
  },
  {
    name: 'report-abuse',
    raw: multipart(
      'multipart/report; report-type=feedback-report',
      ['Content-Type: text/plain', '', 'Spam.'],
      ['Content-Type: message/feedback-report', '', 'Feedback-Type: abuse', 'User-Agent: x/1'],
    ),
    expect: {
      report: {
        type: 'feedback-report',
        fields: [
          { name: 'Feedback-Type', value: 'abuse' },
          { name: 'User-Agent', value: 'x/1' },
        ],
      },
      defects: [],
    },
  },
]

const armour = (name: string): string[] => [`-----BEGIN PGP ${name}-----`, '', 'abcd', `-----END PGP ${name}-----`]

const protectedCases: readonly Case[] = [
  {
    name: 'signed-pgp',
    raw: multipart('multipart/signed; micalg=pgp-sha256; protocol="application/pgp-signature"', text, [
      'Content-Type: application/pgp-signature; name=signature.asc',
      '',
      ...armour('SIGNATURE'),
    ]),
    expect: {
      text: 'Text',
      protection: { kind: 'pgp', signed: true, encrypted: false, inline: false },
      has_attachments: false,
      attachments: [{ part: '2', filename: 'signature.asc' }],
      defects: [],
    },
  },
  {
    name: 'signed-smime',
    raw: multipart('multipart/signed; micalg=sha-256; protocol="application/pkcs7-signature"', text, [
      'Content-Type: application/pkcs7-signature; name=smime.p7s',
      'Content-Disposition: attachment; filename=smime.p7s',
      'Content-Transfer-Encoding: base64',
      '',
      'AAAA',
    ]),
    expect: {
      text: 'Text',
      protection: { kind: 'smime', signed: true, encrypted: false, inline: false },
      has_attachments: false,
      defects: [],
    },
  },
  {
    name: 'signed-smime-opaque',
    raw: mail(
      [
        'Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m',
        'Content-Transfer-Encoding: base64',
      ],
      'AAAA',
    ),
    expect: { text: null, protection: { kind: 'smime', signed: true, encrypted: false, inline: false }, defects: [] },
  },
  {
    name: 'encrypted-smime',
    raw: mail(
      [
        'Content-Type: application/x-pkcs7-mime; smime-type=enveloped-data; name=smime.p7m',
        'Content-Transfer-Encoding: base64',
      ],
      'AAAA',
    ),
    expect: { text: null, protection: { kind: 'smime', signed: false, encrypted: true, inline: false }, defects: [] },
  },
  {
    name: 'encrypted-pgp',
    raw: multipart(
      'multipart/encrypted; protocol="application/pgp-encrypted"',
      ['Content-Type: application/pgp-encrypted', '', 'Version: 1'],
      [
        'Content-Type: application/octet-stream; name=encrypted.asc',
        'Content-Disposition: inline; filename=encrypted.asc',
        '',
        ...armour('MESSAGE'),
      ],
    ),
    expect: { text: null, protection: { kind: 'pgp', signed: false, encrypted: true, inline: false }, defects: [] },
  },
  {
    name: 'encrypted-pgp-inline',
    raw: mail([], armour('MESSAGE')),
    expect: { protection: { kind: 'pgp', signed: false, encrypted: true, inline: true }, defects: [] },
  },
  {
    name: 'signed-pgp-inline',
    raw: mail([], ['-----BEGIN PGP SIGNED MESSAGE-----', 'Hash: SHA256', '', 'Hi'], armour('SIGNATURE')),
    expect: { protection: { kind: 'pgp', signed: true, encrypted: false, inline: true }, defects: [] },
  },
  {
    name: 'signed-inside-list-footer',
    raw: mail(
      ['Content-Type: multipart/mixed; boundary=m'],
      ['--m', 'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary=s', ''],
      ['--s', ...text, '--s', 'Content-Type: application/pgp-signature', '', ...armour('SIGNATURE'), '--s--'],
      ['--m', 'Content-Type: text/plain', '', 'footer', '--m--'],
    ),
    expect: {
      text: 'Text\nfooter',
      protection: { kind: 'pgp', signed: true, encrypted: false, inline: false },
      has_attachments: false,
      defects: [],
    },
  },
  {
    name: 'tnef',
    raw: multipart('multipart/mixed', text, [
      'Content-Type: application/ms-tnef; name="winmail.dat"',
      'Content-Transfer-Encoding: base64',
      '',
      'eJ8+IgAA',
    ]),
    expect: {
      text: 'Text',
      has_tnef: true,
      has_attachments: true,
      attachments: [{ part: '2', filename: 'winmail.dat', size: 6 }],
      defects: [],
    },
  },
  {
    name: 'tnef-by-name',
    raw: multipart('multipart/mixed', text, ['Content-Type: application/octet-stream; name="WINMAIL.DAT"', '', 'x']),
    expect: { has_tnef: true, defects: [] },
  },
]

const lists: readonly Case[] = [
  {
    name: 'list-headers',
    raw: mail(
      [
        'List-Id: "The List" <the-list.lists.example.org>',
        'List-Post: <mailto:the-list@lists.example.org>',
        'List-Unsubscribe: <https://lists.example.org/u?a=1,2>,\r\n <mailto:leave@lists.example.org?subject=unsubscribe>',
        'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
        'Precedence: list',
      ],
      'Hi',
    ),
    expect: {
      list: {
        id: 'the-list.lists.example.org',
        description: 'The List',
        post: ['mailto:the-list@lists.example.org'],
        unsubscribe: ['https://lists.example.org/u?a=1,2', 'mailto:leave@lists.example.org?subject=unsubscribe'],
        one_click: true,
      },
      is_list: true,
      is_bulk: true,
      defects: [],
    },
  },
  {
    name: 'list-post-closed',
    raw: mail(['List-Id: <news.example.org>', 'List-Post: NO'], 'Hi'),
    expect: {
      list: { id: 'news.example.org', description: null, post: [] },
      is_list: true,
      is_bulk: false,
      defects: [],
    },
  },
  {
    name: 'list-one-click-needs-https',
    raw: mail(['List-Unsubscribe: <http://example.org/u>', 'List-Unsubscribe-Post: List-Unsubscribe=One-Click'], 'Hi'),
    expect: { list: { unsubscribe: ['http://example.org/u'], one_click: false }, is_bulk: true, defects: [] },
  },
  {
    name: 'list-unsubscribe-bare',
    raw: mail(['List-Unsubscribe: https://example.org/u, mailto:x@example.org'], 'Hi'),
    expect: { list: { unsubscribe: ['https://example.org/u', 'mailto:x@example.org'] }, defects: [] },
  },
  {
    name: 'list-unsubscribe-script',
    raw: mail(['List-Unsubscribe: <javascript:alert(1)>, <file:///etc/passwd>'], 'Hi'),
    expect: { list: { unsubscribe: [] }, defects: [] },
  },
  {
    name: 'list-id-bare',
    raw: mail(['List-Id: News.Example.org'], 'Hi'),
    expect: { list: { id: 'news.example.org', description: null }, defects: [] },
  },
  {
    name: 'auto-submitted',
    raw: mail(['Auto-Submitted: auto-replied'], 'Away'),
    expect: { is_auto: true, defects: [] },
  },
  { name: 'auto-submitted-no', raw: mail(['Auto-Submitted: no'], 'Hi'), expect: { is_auto: false, defects: [] } },
]

const flowed = (parameters: string, ...body: string[]) =>
  mail([`Content-Type: text/plain; charset=utf-8; format=flowed${parameters}`], body)

const flowedCases: readonly Case[] = [
  {
    name: 'flowed-joins',
    raw: flowed('', 'One ', 'paragraph ', 'here.', 'Next.'),
    expect: { text: 'One paragraph here.\nNext.', defects: [] },
  },
  {
    name: 'flowed-delsp',
    raw: flowed('; delsp=yes', 'Donau ', 'dampf ', 'schiff.'),
    expect: { text: 'Donaudampfschiff.', defects: [] },
  },
  {
    name: 'flowed-stuffed',
    raw: flowed('', ' From here', ' >not quoted', '  two blanks'),
    expect: { text: 'From here\n>not quoted\n two blanks', defects: [] },
  },
  {
    name: 'flowed-quotes',
    raw: flowed('', '> quoted ', '> text', '>> deeper ', '>> text', 'Mine'),
    expect: { text: '> quoted text\n>> deeper text\nMine', defects: [] },
  },
  {
    name: 'flowed-depth-change-ends-paragraph',
    raw: flowed('', '> soft ', '>> other', 'Mine'),
    expect: { text: '> soft \n>> other\nMine', defects: [] },
  },
  {
    name: 'flowed-signature-never-flows',
    raw: flowed('', 'Text ', '-- ', 'Ann'),
    expect: { text: 'Text \n-- \nAnn', defects: [] },
  },
  {
    name: 'flowed-only-when-declared',
    raw: mail(['Content-Type: text/plain; format=fixed'], 'One ', 'two'),
    expect: { text: 'One \ntwo', defects: [] },
  },
  { name: 'flowed-blank-lines', raw: flowed('', 'One ', '', 'Two'), expect: { text: 'One \n\nTwo', defects: [] } },
]

export const kindCases: readonly Case[] = [...invites, ...reports, ...protectedCases, ...lists, ...flowedCases]
