import { type Case, mail, utf8 } from './case.ts'

/** File names of attachments, by the Content-Disposition (and Content-Type) that gives them. */
interface Row {
  readonly name: string
  readonly disposition: string
  readonly type?: string
  readonly filename: string | null
  readonly saveAs: string
  readonly defects?: readonly string[]
}

const rows: readonly Row[] = [
  { name: 'plain', disposition: 'attachment; filename=report.pdf', filename: 'report.pdf', saveAs: 'report.pdf' },
  {
    name: 'quoted',
    disposition: 'attachment; filename="my report.pdf"',
    filename: 'my report.pdf',
    saveAs: 'my report.pdf',
  },
  {
    name: 'quoted-escapes',
    disposition: 'attachment; filename="a \\"b\\".pdf"',
    filename: 'a "b".pdf',
    saveAs: 'a _b_.pdf',
  },
  {
    name: 'extended',
    disposition: "attachment; filename*=utf-8''na%C3%AFve%20file.txt",
    filename: 'naïve file.txt',
    saveAs: 'naïve file.txt',
  },
  {
    name: 'extended-latin1',
    disposition: "attachment; filename*=iso-8859-1'de'Gr%FC%DFe.txt",
    filename: 'Grüße.txt',
    saveAs: 'Grüße.txt',
  },
  {
    name: 'extended-wins',
    disposition: 'attachment; filename="fallback.txt"; filename*=utf-8\'\'real.txt',
    filename: 'real.txt',
    saveAs: 'real.txt',
  },
  {
    name: 'extended-in-quotes',
    disposition: 'attachment; filename*="utf-8\'\'a%20b.txt"',
    filename: 'a b.txt',
    saveAs: 'a b.txt',
  },
  {
    name: 'extended-no-charset',
    disposition: "attachment; filename*=''a%20b.txt",
    filename: 'a b.txt',
    saveAs: 'a b.txt',
  },
  {
    name: 'sections',
    disposition: 'attachment; filename*0="very "; filename*1="long "; filename*2="name.txt"',
    filename: 'very long name.txt',
    saveAs: 'very long name.txt',
  },
  {
    name: 'sections-extended',
    disposition: 'attachment; filename*0*=utf-8\'\'%E2%82%AC%20; filename*1*=rate%20; filename*2="s.txt"',
    filename: '€ rate s.txt',
    saveAs: '€ rate s.txt',
  },
  {
    name: 'sections-out-of-order',
    disposition: 'attachment; filename*2="c.txt"; filename*0="a"; filename*1="b"',
    filename: 'abc.txt',
    saveAs: 'abc.txt',
  },
  {
    name: 'sections-gap',
    disposition: 'attachment; filename*0="a"; filename*2="c"',
    filename: 'a',
    saveAs: 'a',
    defects: ['parameter_malformed'],
  },
  {
    name: 'sections-cut-character',
    disposition: "attachment; filename*0*=utf-8''%C3; filename*1*=%BC.txt",
    filename: 'ü.txt',
    saveAs: 'ü.txt',
  },
  {
    name: 'encoded-word',
    disposition: 'attachment; filename="=?UTF-8?Q?=C3=BC.txt?="',
    filename: 'ü.txt',
    saveAs: 'ü.txt',
  },
  {
    name: 'encoded-word-unquoted',
    disposition: 'attachment; filename==?UTF-8?B?w7wudHh0?=',
    filename: 'ü.txt',
    saveAs: 'ü.txt',
  },
  {
    name: 'raw-utf8',
    disposition: utf8('attachment; filename="résumé.doc"'),
    filename: 'résumé.doc',
    saveAs: 'résumé.doc',
  },
  {
    name: 'raw-latin1',
    disposition: 'attachment; filename="r\xe9sum\xe9.doc"',
    filename: 'résumé.doc',
    saveAs: 'résumé.doc',
    defects: ['header_8bit'],
  },
  {
    name: 'unquoted-blanks',
    disposition: 'attachment; filename=my report.pdf',
    filename: 'my report.pdf',
    saveAs: 'my report.pdf',
  },
  { name: 'missing-semicolon', disposition: 'attachment; filename="a.txt" size=3', filename: 'a.txt', saveAs: 'a.txt' },
  {
    name: 'unclosed-quote',
    disposition: 'attachment; filename="a.txt',
    filename: 'a.txt',
    saveAs: 'a.txt',
    defects: ['parameter_malformed'],
  },
  { name: 'comment', disposition: 'attachment (a file); filename=a.txt (text)', filename: 'a.txt', saveAs: 'a.txt' },
  { name: 'folded', disposition: 'attachment;\r\n\tfilename="a\r\n b.txt"', filename: 'a b.txt', saveAs: 'a b.txt' },
  {
    name: 'name-of-type',
    disposition: 'attachment',
    type: 'application/pdf; name="typed.pdf"',
    filename: 'typed.pdf',
    saveAs: 'typed.pdf',
  },
  { name: 'none', disposition: 'attachment', filename: null, saveAs: 'attachment-2.pdf' },
  {
    name: 'duplicate-first-wins',
    disposition: 'attachment; filename=a.txt; filename=b.txt',
    filename: 'a.txt',
    saveAs: 'a.txt',
  },
  {
    name: 'traversal',
    disposition: 'attachment; filename="../../etc/passwd"',
    filename: '../../etc/passwd',
    saveAs: 'passwd',
  },
  {
    name: 'windows-path',
    disposition: 'attachment; filename="C:\\Users\\ann\\cv.doc"',
    filename: 'C:\\Users\\ann\\cv.doc',
    saveAs: 'cv.doc',
  },
  { name: 'dots', disposition: 'attachment; filename="..."', filename: '...', saveAs: 'attachment' },
  { name: 'hidden-file', disposition: 'attachment; filename=".bashrc"', filename: '.bashrc', saveAs: 'bashrc' },
  { name: 'device', disposition: 'attachment; filename="CON.txt"', filename: 'CON.txt', saveAs: 'attachment-CON.txt' },
  {
    name: 'bidi',
    disposition: "attachment; filename*=utf-8''invoice%E2%80%AEfdp.exe",
    filename: 'invoice\u202efdp.exe',
    saveAs: 'invoicefdp.exe',
  },
  {
    name: 'control',
    disposition: "attachment; filename*=utf-8''a%0D%0Ab%00c.txt",
    filename: 'a b c.txt',
    saveAs: 'a b c.txt',
  },
  {
    name: 'unknown-charset',
    disposition: "attachment; filename*=x-none''a%20b.txt",
    filename: 'a b.txt',
    saveAs: 'a b.txt',
    defects: ['charset_unknown'],
  },
  {
    name: 'long',
    disposition: `attachment; filename="${'x'.repeat(300)}.txt"`,
    filename: `${'x'.repeat(300)}.txt`,
    saveAs: `${'x'.repeat(216)}.txt`,
  },
]

export const nameCases: readonly Case[] = rows.map(row => ({
  name: `name-${row.name}`,
  raw: mail(
    ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b'],
    ['--b', '', 'Hello', '--b'],
    [`Content-Type: ${row.type ?? 'application/pdf'}`, `Content-Disposition: ${row.disposition}`, ''],
    ['abc', '--b--', ''],
  ),
  expect: {
    text: 'Hello',
    has_attachments: true,
    attachments: [
      {
        part: '2',
        filename: row.filename,
        save_as: row.saveAs,
        content_type: 'application/pdf',
        disposition: 'attachment',
        content_id: null,
        size: 3,
        sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      },
    ],
    defects: row.defects ?? [],
  },
}))
