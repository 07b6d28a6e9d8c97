import { type Case, lines, mail, raw, utf8 } from './case.ts'

const usual = ['From: Ann <ann@example.org>', 'Date: Mon, 2 Mar 2026 10:00:00 +0100', 'Message-ID: <1@example.org>']

const headerCases: readonly Case[] = [
  {
    name: 'empty-file',
    raw: raw(''),
    expect: {
      from: null,
      subject: '',
      text: '',
      defects: ['message_empty', 'from_missing', 'date_missing', 'message_id_missing'],
    },
  },
  {
    name: 'only-newline',
    raw: raw('\n'),
    expect: {
      text: '',
      defects: ['leading_blank_lines', 'message_empty', 'from_missing', 'date_missing', 'message_id_missing'],
    },
  },
  {
    name: 'no-headers',
    raw: raw('Just some text\nin two lines\n'),
    expect: {
      text: 'Just some text\nin two lines\n',
      defects: ['header_separator_missing', 'from_missing', 'date_missing', 'message_id_missing'],
    },
  },
  { name: 'headers-only', raw: raw(lines(...usual, 'Subject: s')), expect: { subject: 's', text: '', defects: [] } },
  {
    name: 'leading-blank-lines',
    raw: raw(lines('', '', ...usual, 'Subject: s', '', 'Hi')),
    expect: { subject: 's', text: 'Hi', defects: ['leading_blank_lines'] },
  },
  {
    name: 'mbox-from-line',
    raw: raw(lines('From ann@example.org Mon Mar  2 10:00:00 2026', ...usual, 'Subject: s', '', 'Hi')),
    expect: { subject: 's', from: { name: 'Ann', email: 'ann@example.org' }, defects: ['mbox_from_line'] },
  },
  {
    name: 'junk-line-in-header',
    raw: raw(lines(...usual, 'this is no field', 'Subject: s', '', 'Hi')),
    expect: { subject: 's', text: 'Hi', defects: ['header_malformed'] },
  },
  {
    name: 'separator-missing',
    raw: raw(lines(...usual, 'Subject: s', 'Hello there', 'and more')),
    expect: { subject: 's', text: 'Hello there\nand more', defects: ['header_separator_missing'] },
  },
  {
    name: 'blank-before-colon',
    raw: raw(lines(...usual, 'Subject : s', '', 'Hi')),
    expect: { subject: 's', defects: [] },
  },
  {
    name: 'no-blank-after-colon',
    raw: raw(lines(...usual, 'Subject:s', '', 'Hi')),
    expect: { subject: 's', defects: [] },
  },
  {
    name: 'blank-fold-line',
    raw: raw(lines(...usual, 'Subject: a', ' ', ' b', '', 'Hi')),
    expect: { subject: 'a b', text: 'Hi', defects: [] },
  },
  {
    name: 'starts-with-fold',
    raw: raw(lines(' folded', ...usual, 'Subject: s', '', 'Hi')),
    expect: { subject: 's', defects: ['header_malformed'] },
  },
  {
    name: 'null-in-header',
    raw: raw(lines(...usual, 'Subject: a\0b', '', 'Hi')),
    expect: { subject: 'a b', defects: ['header_control_character'] },
  },
  {
    name: 'bare-cr-in-header',
    raw: raw(lines(...usual, 'Subject: a\rBcc: x@example.com', '', 'Hi')),
    expect: { subject: 'a Bcc: x@example.com', bcc: [], defects: ['header_control_character'] },
  },
  {
    name: 'duplicate-from',
    raw: raw(
      lines(
        'From: ann@example.org',
        'From: evil@example.net',
        'Date: 2 Mar 2026 10:00:00 +0000',
        'Message-ID: <1@x>',
        '',
        'Hi',
      ),
    ),
    expect: { from: { email: 'ann@example.org' }, defects: ['header_duplicate'] },
  },
  {
    name: 'duplicate-subject',
    raw: mail(['Subject: first', 'Subject: second'], 'Hi'),
    expect: { subject: 'first', defects: ['header_duplicate'] },
  },
  {
    name: 'from-missing',
    raw: raw(lines('Date: 2 Mar 2026 10:00:00 +0000', 'Message-ID: <1@x>', 'Subject: s', '', 'Hi')),
    expect: { from: null, defects: ['from_missing'] },
  },
  {
    name: 'from-many',
    raw: mail(['From: a@example.org, b@example.org', 'Sender: b@example.org'], 'Hi'),
    expect: {
      from: { email: 'a@example.org' },
      authors: [{ email: 'a@example.org' }, { email: 'b@example.org' }],
      sender: [{ email: 'b@example.org' }],
      defects: [],
    },
  },
  {
    name: 'header-name-odd-characters',
    raw: raw(lines(...usual, "X-It's_!#$%&*+^`|~: v", 'Subject: s', '', 'Hi')),
    expect: { subject: 's', defects: [] },
  },
  {
    name: 'header-name-8bit',
    raw: raw(lines(...usual, utf8('Übung: v'), 'Subject: s', '', 'Hi')),
    expect: { subject: 's', defects: ['header_malformed'] },
  },
  {
    name: 'byte-order-mark',
    raw: raw(`\xef\xbb\xbf${lines(...usual, 'Subject: s', '', 'Hi')}`),
    expect: { subject: 's', from: { email: 'ann@example.org' }, defects: [] },
  },
  {
    name: 'cut-in-header',
    raw: raw('From: Ann <ann@exam'),
    expect: {
      from: { name: 'Ann', email: 'ann@exam' },
      text: '',
      defects: ['address_malformed', 'date_missing', 'message_id_missing'],
    },
  },
  {
    name: 'cut-in-encoded-word',
    raw: raw(lines(...usual, 'Subject: =?UTF-8?B?R3LD')),
    expect: { subject: '=?UTF-8?B?R3LD', defects: ['encoded_word_malformed'] },
  },
  {
    name: 'cut-in-base64',
    raw: mail(['Content-Transfer-Encoding: base64'], 'SGVsbG8gd29'),
    expect: { text: 'Hello wo', defects: [] },
  },
  { name: 'png-file', raw: raw('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), expect: { from: null } },
  {
    name: 'pdf-file',
    raw: raw('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n'),
    expect: { from: null, subject: '' },
  },
]

const idCases: readonly Case[] = [
  {
    name: 'id-usual',
    raw: mail(['In-Reply-To: <a@x>', 'References: <r@x>\r\n <a@x>'], 'Hi'),
    expect: { message_id: '<1@example.org>', in_reply_to: ['<a@x>'], references: ['<r@x>', '<a@x>'], defects: [] },
  },
  {
    name: 'id-no-brackets',
    raw: mail(['Message-ID: 1@example.org', 'References: a@x b@x'], 'Hi'),
    expect: { message_id: '<1@example.org>', references: ['<a@x>', '<b@x>'], defects: ['message_id_malformed'] },
  },
  {
    name: 'id-folded',
    raw: mail(['Message-ID:\r\n <1@example.org>'], 'Hi'),
    expect: { message_id: '<1@example.org>', defects: [] },
  },
  {
    name: 'id-blank-inside',
    raw: mail(['Message-ID: <1 2@example.org>'], 'Hi'),
    expect: { message_id: '<12@example.org>', defects: ['message_id_malformed'] },
  },
  {
    name: 'id-no-at',
    raw: mail(['Message-ID: <abc>'], 'Hi'),
    expect: { message_id: '<abc>', defects: ['message_id_malformed'] },
  },
  {
    name: 'id-prose-in-reply-to',
    raw: mail(['In-Reply-To: Your message of "Tue, 3 Mar" <a@x>'], 'Hi'),
    expect: { in_reply_to: ['<a@x>'], defects: [] },
  },
  {
    name: 'id-prose-only',
    raw: mail(['In-Reply-To: Your message of Tuesday'], 'Hi'),
    expect: { in_reply_to: [], defects: [] },
  },
  {
    name: 'id-references-commas',
    raw: mail(['References: <a@x>,<b@x>'], 'Hi'),
    expect: { references: ['<a@x>', '<b@x>'], defects: [] },
  },
  {
    name: 'id-references-unclosed',
    raw: mail(['References: <a@x> <b@x'], 'Hi'),
    expect: { references: ['<a@x>'], defects: [] },
  },
  {
    name: 'id-missing',
    raw: mail(['Message-ID'], 'Hi'),
    expect: { message_id: null, defects: ['message_id_missing'] },
  },
]

const authenticationCases: readonly Case[] = [
  {
    name: 'authentication-results',
    raw: mail(
      [
        'Authentication-Results: mx.example.com;\r\n dkim=pass header.d=example.org;\r\n spf=fail',
        'Authentication-Results: evil.example; dkim=pass',
      ],
      'Hi',
    ),
    expect: {
      authentication_results: ['mx.example.com; dkim=pass header.d=example.org; spf=fail', 'evil.example; dkim=pass'],
      defects: [],
    },
  },
  {
    name: 'header-order-and-case',
    raw: raw(lines('X-B: 2', 'x-a: 1', ...usual, 'X-B: 3', '', 'Hi')),
    expect: {
      headers: [
        { name: 'X-B', value: '2' },
        { name: 'x-a', value: '1' },
        { name: 'From', value: 'Ann <ann@example.org>' },
        { name: 'Date', value: 'Mon, 2 Mar 2026 10:00:00 +0100' },
        { name: 'Message-ID', value: '<1@example.org>' },
        { name: 'X-B', value: '3' },
      ],
      defects: [],
    },
  },
]

const recipients = Array.from({ length: 5000 }, (_, index) => `User ${index} <user${index}@example.org>`)

const largeCases: readonly Case[] = [
  {
    name: 'large-5000-recipients',
    raw: mail([`To: ${recipients.join(',\r\n ')}`], 'Hi'),
    expect: {
      to: recipients.map((_, index) => ({ name: `User ${index}`, email: `user${index}@example.org` })),
      defects: [],
    },
  },
  {
    name: 'large-300-deep',
    raw: mail(
      ['Content-Type: multipart/mixed; boundary=b0'],
      ...Array.from({ length: 300 }, (_, index) => [
        `--b${index}`,
        `Content-Type: multipart/mixed; boundary=b${index + 1}`,
        '',
      ]),
    ),
    expect: { text: null },
  },
  {
    name: 'large-1200-parts',
    raw: mail(
      ['Content-Type: multipart/mixed; boundary=b'],
      ...Array.from({ length: 1200 }, (_, index) => ['--b', '', `${index}`]),
      '--b--',
    ),
    expect: { text: Array.from({ length: 999 }, (_, index) => index).join('\n'), defects: ['parts_limit'] },
  },
  {
    name: 'large-1500-references',
    raw: mail([`References: ${Array.from({ length: 1500 }, (_, index) => `<${index}@x>`).join('\r\n ')}`], 'Hi'),
    expect: {
      references: ['<0@x>', ...Array.from({ length: 999 }, (_, index) => `<${index + 501}@x>`)],
      defects: ['reference_limit'],
    },
  },
]

export const brokenCases: readonly Case[] = [...headerCases, ...idCases, ...authenticationCases, ...largeCases]
