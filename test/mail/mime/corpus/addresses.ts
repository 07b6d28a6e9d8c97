import { type Case, mail, utf8 } from './case.ts'

interface Row {
  readonly name: string
  readonly value: string
  readonly to: readonly (readonly [name: string | null, email: string, group?: string])[]
  readonly defects?: readonly string[]
}

const malformed = ['address_malformed']

const rows: readonly Row[] = [
  { name: 'bare', value: 'ann@example.org', to: [[null, 'ann@example.org']] },
  { name: 'angle', value: '<ann@example.org>', to: [[null, 'ann@example.org']] },
  { name: 'phrase', value: 'Ann Lee <ann@example.org>', to: [['Ann Lee', 'ann@example.org']] },
  { name: 'quoted', value: '"Lee, Ann" <ann@example.org>', to: [['Lee, Ann', 'ann@example.org']] },
  {
    name: 'quoted-pair',
    value: '"Ann \\"A\\" \\\\ Lee" <ann@example.org>',
    to: [['Ann "A" \\ Lee', 'ann@example.org']],
  },
  {
    name: 'quoted-and-atoms',
    value: 'Dr. "Ann X." Lee <ann@example.org>',
    to: [['Dr. Ann X. Lee', 'ann@example.org']],
  },
  { name: 'comment-name', value: 'ann@example.org (Ann Lee)', to: [['Ann Lee', 'ann@example.org']] },
  {
    name: 'comment-nested',
    value: 'Ann (the (inner) one) <ann@example.org> (later)',
    to: [['Ann', 'ann@example.org']],
  },
  { name: 'comment-inside', value: '<ann(work)@example.org>', to: [[null, 'ann@example.org']] },
  {
    name: 'list',
    value: 'a@example.org, B <b@example.org>,c@example.org',
    to: [
      [null, 'a@example.org'],
      ['B', 'b@example.org'],
      [null, 'c@example.org'],
    ],
  },
  {
    name: 'empty-elements',
    value: ', a@example.org,, b@example.org,',
    to: [
      [null, 'a@example.org'],
      [null, 'b@example.org'],
    ],
  },
  {
    name: 'folded',
    value: 'A\r\n <a@example.org>,\r\n\tB <b@example.org>',
    to: [
      ['A', 'a@example.org'],
      ['B', 'b@example.org'],
    ],
  },
  {
    name: 'group',
    value: 'Team: a@example.org, "B, B" <b@example.org>;, c@example.org',
    to: [
      [null, 'a@example.org', 'Team'],
      ['B, B', 'b@example.org', 'Team'],
      [null, 'c@example.org'],
    ],
  },
  { name: 'group-empty', value: 'undisclosed-recipients:;', to: [] },
  { name: 'group-unclosed', value: 'Team: a@example.org', to: [[null, 'a@example.org', 'Team']] },
  {
    name: 'semicolons',
    value: 'a@example.org; b@example.org',
    to: [
      [null, 'a@example.org'],
      [null, 'b@example.org'],
    ],
  },
  {
    name: 'encoded-name',
    value: '=?UTF-8?Q?J=C3=BCrgen_Gro=C3=9F?= <j@example.org>',
    to: [['Jürgen Groß', 'j@example.org']],
  },
  {
    name: 'encoded-comma',
    value: '=?UTF-8?Q?Gro=C3=9F=2C_J=C3=BCrgen?= <j@example.org>',
    to: [['Groß, Jürgen', 'j@example.org']],
  },
  { name: 'encoded-in-quotes', value: '"=?UTF-8?B?w4Q=?= B" <a@example.org>', to: [['Ä B', 'a@example.org']] },
  {
    name: 'encoded-whole-is-no-address',
    value: '=?UTF-8?Q?Ann_=3Cann=40example.org=3E?=',
    to: [['Ann <ann@example.org>', '']],
    defects: malformed,
  },
  {
    name: 'encoded-address-stays-a-name',
    value: '=?UTF-8?Q?boss=40example.com?= <x@example.net>',
    to: [['boss@example.com', 'x@example.net']],
  },
  { name: 'raw-utf8-name', value: utf8('Jürgen Groß <j@example.org>'), to: [['Jürgen Groß', 'j@example.org']] },
  { name: 'raw-utf8-address', value: utf8('用户@例え.jp'), to: [[null, '用户@例え.jp']] },
  {
    name: 'raw-latin1-name',
    value: 'J\xfcrgen <j@example.org>',
    to: [['Jürgen', 'j@example.org']],
    defects: ['header_8bit'],
  },
  { name: 'quoted-local', value: '"john doe"@example.org', to: [[null, '"john doe"@example.org']] },
  { name: 'quoted-local-needless', value: '<"john.doe"@example.org>', to: [[null, 'john.doe@example.org']] },
  { name: 'plus-and-signs', value: "o'hara+tag_1=x@sub.example.org", to: [[null, "o'hara+tag_1=x@sub.example.org"]] },
  {
    name: 'domain-literal',
    value: 'A <a@[192.0.2.1]>, b@[IPv6:2001:db8::1]',
    to: [
      ['A', 'a@[192.0.2.1]'],
      [null, 'b@[IPv6:2001:db8::1]'],
    ],
  },
  { name: 'source-route', value: '<@relay.example,@other.example:ann@example.org>', to: [[null, 'ann@example.org']] },
  { name: 'spaces-around-signs', value: 'ann . lee @ example . org', to: [[null, 'ann.lee@example.org']] },
  { name: 'local-user', value: 'root', to: [[null, 'root']], defects: malformed },
  { name: 'name-only', value: 'Some Body', to: [['Some Body', '']], defects: malformed },
  { name: 'missing-close', value: 'Ann <ann@example.org', to: [['Ann', 'ann@example.org']], defects: malformed },
  {
    name: 'missing-close-then-more',
    value: 'Ann <ann@example.org, Bob <bob@example.org>',
    to: [
      ['Ann', 'ann@example.org'],
      ['Bob', 'bob@example.org'],
    ],
    defects: malformed,
  },
  { name: 'missing-open', value: 'Ann ann@example.org>', to: [['Ann', 'ann@example.org']], defects: malformed },
  {
    name: 'missing-brackets',
    value: 'Ann Lee ann@example.org',
    to: [['Ann Lee', 'ann@example.org']],
    defects: malformed,
  },
  { name: 'double-brackets', value: 'Ann <<ann@example.org>>', to: [['Ann', 'ann@example.org']], defects: malformed },
  {
    name: 'bare-comma-in-name',
    value: 'Lee, Ann <ann@example.org>, b@example.org',
    to: [
      ['Lee, Ann', 'ann@example.org'],
      [null, 'b@example.org'],
    ],
    defects: malformed,
  },
  { name: 'unclosed-quote', value: '"Ann <ann@example.org>', to: [['Ann', 'ann@example.org']], defects: malformed },
  {
    name: 'unclosed-comment',
    value: 'Ann (work <ann@example.org>',
    to: [['Ann work', 'ann@example.org']],
    defects: malformed,
  },
  { name: 'mailto', value: '<mailto:ann@example.org>', to: [[null, 'ann@example.org']] },
  { name: 'empty-angle', value: 'Mailer <>', to: [['Mailer', '']] },
  { name: 'name-is-address', value: '"boss@example.com" <x@example.net>', to: [['boss@example.com', 'x@example.net']] },
]

export const addressCases: readonly Case[] = rows.map(row => ({
  name: `address-${row.name}`,
  raw: mail([`To: ${row.value}`], 'Hello'),
  expect: {
    to: row.to.map(([name, email, group]) => (group === undefined ? { name, email } : { name, email, group })),
    defects: row.defects ?? [],
  },
}))
