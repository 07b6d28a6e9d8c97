import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { base64, type Case, lines, mail, utf8 } from './case.ts'

const text = (encoding: string, ...body: string[]): Buffer =>
  mail(['Content-Type: text/plain; charset=utf-8', `Content-Transfer-Encoding: ${encoding}`], body)

const file = (encoding: string, ...body: string[]): Buffer =>
  mail(
    ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b'],
    ['--b', '', 'Hello', '--b'],
    ['Content-Type: application/octet-stream', 'Content-Disposition: attachment; filename=f.bin'],
    [`Content-Transfer-Encoding: ${encoding}`, '', ...body, '--b--', ''],
  )

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')

const attached = (bytes: string | Buffer, defects: readonly string[] = []) => ({
  attachments: [{ filename: 'f.bin', size: Buffer.byteLength(bytes), sha256: sha256(bytes) }],
  defects,
})

const binary = Buffer.from(Array.from({ length: 256 }, (_, index) => index))

/** RFC-less but wide-spread: lines of up to 45 bytes, the length in front. */
function uuencode(bytes: Buffer): string[] {
  const list: string[] = []
  for (let start = 0; start < bytes.length; start += 45) {
    const chunk = bytes.subarray(start, start + 45)
    const character = (bits: number): string => (bits === 0 ? '`' : String.fromCharCode(bits + 32))
    let line = character(chunk.length)
    for (let at = 0; at < chunk.length; at += 3) {
      const [a = 0, b = 0, c = 0] = chunk.subarray(at, at + 3)
      line += [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63].map(character).join('')
    }
    list.push(line)
  }
  return list
}

function yencode(bytes: Buffer): string {
  let out = ''
  for (const byte of bytes) {
    const code = (byte + 42) & 255
    out += [0, 10, 13, 61].includes(code) ? `=${String.fromCharCode((code + 64) & 255)}` : String.fromCharCode(code)
  }
  return out
}

export const transferCases: readonly Case[] = [
  {
    name: 'qp-soft-breaks',
    raw: text('quoted-printable', 'one=', ' line', 'two'),
    expect: { text: 'one line\ntwo', defects: [] },
  },
  {
    name: 'qp-escapes',
    raw: text('quoted-printable', 'a=3Db =C3=BC =c3=bc'),
    expect: { text: 'a=b ü ü', defects: [] },
  },
  {
    name: 'qp-trailing-blanks',
    raw: text('quoted-printable', 'a  \t', 'b=20', 'c= \t', 'd'),
    expect: { text: 'a\nb \ncd', defects: [] },
  },
  {
    name: 'qp-malformed',
    raw: text('quoted-printable', '100=ok =G1 ='),
    expect: { text: '100=ok =G1 ', defects: ['quoted_printable_malformed'] },
  },
  { name: 'qp-raw-8bit', raw: text('quoted-printable', utf8('é =C3=A9')), expect: { text: 'é é', defects: [] } },
  {
    name: 'qp-lf-lines',
    raw: Buffer.from(text('quoted-printable', 'a=', 'b', 'c').toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
    expect: { text: 'ab\nc', defects: [] },
  },
  { name: 'qp-upper-case-label', raw: text('QUOTED-PRINTABLE', 'a=3Db'), expect: { text: 'a=b', defects: [] } },
  {
    name: 'base64-text',
    raw: text('base64', ...base64('Grüße\r\nzwei')),
    expect: { text: 'Grüße\nzwei', defects: [] },
  },
  {
    name: 'base64-one-line',
    raw: text('base64', Buffer.from('x'.repeat(300)).toString('base64')),
    expect: { text: 'x'.repeat(300), defects: [] },
  },
  { name: 'base64-unpadded', raw: text('base64', 'YWI'), expect: { text: 'ab', defects: [] } },
  {
    name: 'base64-foreign-characters',
    raw: text('base64', 'YW*Jj', '!ZGVm'),
    expect: { text: 'abcdef', defects: ['base64_malformed'] },
  },
  {
    name: 'base64-pieces',
    raw: text('base64', 'YQ==', 'Yg==', 'Yw=='),
    expect: { text: 'abc', defects: ['base64_malformed'] },
  },
  {
    name: 'base64-with-list-footer',
    raw: text('base64', 'YWJj', '=', '_______'),
    expect: { text: 'abc', defects: ['base64_malformed'] },
  },
  { name: 'base64-file', raw: file('base64', ...base64(binary)), expect: attached(binary) },
  { name: 'base64-empty-file', raw: file('base64', ''), expect: attached('') },
  { name: 'qp-file', raw: file('quoted-printable', 'a=0D=0Ab=00'), expect: attached('a\r\nb\0') },
  { name: 'binary-file', raw: file('binary', `a\0b\xff`), expect: attached(Buffer.from('a\0b\xff', 'latin1')) },
  { name: '8bit-file', raw: file('8bit', 'a', 'b'), expect: attached('a\r\nb') },
  { name: 'unknown-encoding', raw: file('x-rot13', 'abc'), expect: attached('abc', ['encoding_unknown']) },
  { name: 'encoding-with-comment', raw: file('base64 (of course)', 'YWJj'), expect: attached('abc') },
  {
    name: 'uuencode-part',
    raw: file('x-uuencode', 'begin 644 f.bin', ...uuencode(binary), '`', 'end'),
    expect: attached(binary),
  },
  {
    name: 'uuencode-in-text',
    raw: mail([], 'See this:', '', 'begin 644 data file.bin', ...uuencode(binary), '`', 'end', '', 'Bye'),
    expect: {
      text: 'See this:\n\n\nBye',
      has_attachments: true,
      attachments: [{ part: '1#1', filename: 'data file.bin', size: 256, sha256: sha256(binary) }],
      defects: [],
    },
  },
  {
    name: 'uuencode-two-in-text',
    raw: mail(
      [],
      'begin 644 a',
      ...uuencode(Buffer.from('first')),
      '`',
      'end',
      'between',
      'begin 600 b',
      ...uuencode(Buffer.from('second')),
      '`',
      'end',
    ),
    expect: {
      text: 'between\n',
      attachments: [
        { part: '1#1', filename: 'a', sha256: sha256('first') },
        { part: '1#2', filename: 'b', sha256: sha256('second') },
      ],
      defects: [],
    },
  },
  {
    name: 'uuencode-only-looks-so',
    raw: mail([], 'begin 644 the meeting at noon', 'and do not be late, all of you.'),
    expect: { text: 'begin 644 the meeting at noon\nand do not be late, all of you.', attachments: [], defects: [] },
  },
  {
    name: 'yenc-in-text',
    raw: mail([], 'Here:', `=ybegin line=128 size=256 name=all bytes.bin`, yencode(binary), '=yend size=256', 'Bye'),
    expect: {
      text: 'Here:\nBye',
      attachments: [{ part: '1#1', filename: 'all bytes.bin', size: 256, sha256: sha256(binary) }],
      defects: [],
    },
  },
  {
    name: 'multipart-encoded',
    raw: mail(
      ['Content-Type: multipart/mixed; boundary=b', 'Content-Transfer-Encoding: base64'],
      ['--b', '', 'Hello', '--b--', ''],
    ),
    expect: { text: 'Hello', defects: ['multipart_encoded'] },
  },
  {
    name: 'line-ends-lf',
    raw: Buffer.from(
      lines(
        'From: a@example.org',
        'Date: 2 Mar 2026 10:00:00 +0000',
        'Message-ID: <1@x>',
        'Subject: s',
        '',
        'a',
        'b',
      ).replaceAll('\r\n', '\n'),
    ),
    expect: { subject: 's', text: 'a\nb', defects: [] },
  },
  {
    name: 'line-ends-bare-cr',
    raw: Buffer.from(
      lines(
        'From: a@example.org',
        'Date: 2 Mar 2026 10:00:00 +0000',
        'Message-ID: <1@x>',
        'Subject: s',
        '',
        'a',
        'b',
      ).replaceAll('\r\n', '\r'),
    ),
    expect: { subject: 's', text: 'a\nb', defects: ['line_endings_bare_cr'] },
  },
  { name: 'line-ends-mixed', raw: mail([], 'a\rb\nc\r\nd\r\re'), expect: { text: 'a\nb\nc\nd\n\ne', defects: [] } },
  { name: 'null-bytes', raw: mail([], 'a\0b\0\0c'), expect: { text: 'a\ufffdb\ufffdc', defects: ['null_byte'] } },
]
