import { Buffer } from 'node:buffer'
import { base64, type Case, mail, utf8 } from './case.ts'

interface Row {
  readonly name: string
  /** Value of the charset parameter; absent: no Content-Type at all. */
  readonly charset?: string
  /** The body as it stands in the message, one character a byte. */
  readonly body: string
  readonly text: string
  readonly defects?: readonly string[]
}

const hex = (digits: string): string => Buffer.from(digits.replaceAll(' ', ''), 'hex').toString('latin1')

const rows: readonly Row[] = [
  { name: 'ascii', charset: 'us-ascii', body: 'plain', text: 'plain' },
  { name: 'utf-8', charset: 'utf-8', body: utf8('Grüße 日本 😀'), text: 'Grüße 日本 😀' },
  { name: 'utf8-alias', charset: 'UTF8', body: utf8('é'), text: 'é' },
  { name: 'latin1', charset: 'iso-8859-1', body: 'Gr\xfc\xdfe', text: 'Grüße' },
  { name: 'latin1-is-windows-1252', charset: 'iso-8859-1', body: '\x93x\x94 \x80', text: '“x” €' },
  { name: 'latin2', charset: 'iso-8859-2', body: '\xb3\xf3d\xbc', text: 'łódź' },
  { name: 'latin9', charset: 'iso-8859-15', body: '\xa4', text: '€' },
  { name: 'windows-1250', charset: 'windows-1250', body: '\x9e\xe1ba', text: 'žába' },
  { name: 'windows-1251', charset: 'cp1251', body: hex('cff0e8e2e5f2'), text: 'Привет' },
  { name: 'koi8-r', charset: 'koi8-r', body: hex('f0d2c9d7c5d4'), text: 'Привет' },
  { name: 'shift_jis', charset: 'Shift_JIS', body: hex('93fa967b8cea'), text: '日本語' },
  { name: 'cp932', charset: 'cp932', body: hex('93fa967b8740'), text: '日本①' },
  { name: 'euc-jp', charset: 'euc-jp', body: hex('c6fccbdcb8ec'), text: '日本語' },
  { name: 'iso-2022-jp', charset: 'iso-2022-jp', body: hex('1b2442467c4b5c386c1b2842'), text: '日本語' },
  { name: 'gb2312', charset: 'gb2312', body: hex('c4e3bac3'), text: '你好' },
  { name: 'gb18030', charset: 'gb18030', body: hex('c4e3 8136c534'), text: '你ⅾ' },
  { name: 'big5', charset: 'big5', body: hex('a741a66e'), text: '你好' },
  { name: 'euc-kr', charset: 'ks_c_5601-1987', body: hex('bec8b3e7'), text: '안녕' },
  { name: 'cp949', charset: 'cp949', body: hex('bec8b3e7'), text: '안녕' },
  { name: 'iso-2022-kr', charset: 'iso-2022-kr', body: hex('1b242943 0e3e48 33670f 21'), text: '안녕!' },
  { name: 'hz', charset: 'hz-gb-2312', body: '~{Dc:C~} a~~b', text: '你好 a~b' },
  { name: 'utf-7', charset: 'utf-7', body: 'A+AOQ-B +- +ZeVnLA-', text: 'AäB + 日本' },
  { name: 'utf-16le', charset: 'utf-16le', body: Buffer.from('Grüße', 'utf16le').toString('latin1'), text: 'Grüße' },
  { name: 'utf-16-bom', charset: 'utf-16', body: hex('feff 0047 00fc'), text: 'Gü' },
  { name: 'utf-32le', charset: 'utf-32le', body: hex('fc000000 0ff60100'), text: 'ü😏' },
  { name: 'ibm437', charset: 'cp437', body: '\x81 \xe1 \x9b', text: 'ü ß ¢' },
  { name: 'ibm850', charset: 'ibm850', body: '\x81 \x9e \xd5', text: 'ü × ı' },
  { name: 'ibm866', charset: 'cp866', body: hex('8fe0a8a2a5e2'), text: 'Привет' },
  { name: 'macintosh', charset: 'macintosh', body: 'Gr\x9f\xa7e', text: 'Grüße' },
  { name: 'windows-874', charset: 'tis-620', body: hex('cac7d1cab4d5'), text: 'สวัสดี' },
  { name: 'declared-ascii-is-utf-8', charset: 'us-ascii', body: utf8('é'), text: 'é', defects: ['charset_mismatch'] },
  {
    name: 'declared-utf-8-is-latin1',
    charset: 'utf-8',
    body: 'Gr\xfc\xdfe aus M\xfcnchen',
    text: 'Grüße aus München',
    defects: ['charset_mismatch'],
  },
  {
    name: 'declared-utf-8-cut',
    charset: 'utf-8',
    body: `${utf8('Grüße und é')}\xc3`,
    text: 'Grüße und é\ufffd',
    defects: ['charset_invalid_bytes'],
  },
  { name: 'unknown-label', charset: 'x-klingon', body: utf8('é'), text: 'é', defects: ['charset_unknown'] },
  { name: 'quoted-odd-label', charset: '"cp-1252"', body: '\x93x\x94', text: '“x”' },
  { name: 'undeclared-utf-8', body: utf8('Grüße 日本'), text: 'Grüße 日本', defects: ['charset_undeclared'] },
  { name: 'undeclared-bom', body: hex('efbbbf 41'), text: 'A', defects: ['charset_undeclared'] },
  {
    name: 'undeclared-latin1',
    body: 'Sch\xf6ne Gr\xfc\xdfe aus M\xfcnchen',
    text: 'Schöne Grüße aus München',
    defects: ['charset_undeclared'],
  },
  {
    name: 'undeclared-koi8',
    body: hex('f0d2c9d7c5d42c20cbc1cb20c4c5ccc13f20f0cfcbc1'),
    text: 'Привет, как дела? Пока',
    defects: ['charset_undeclared'],
  },
  {
    name: 'undeclared-windows-1251',
    body: hex('cff0e8e2e5f22c20eae0ea20e4e5ebe03f20cfeeeae0'),
    text: 'Привет, как дела? Пока',
    defects: ['charset_undeclared'],
  },
  {
    name: 'undeclared-shift_jis',
    body: hex('82b182f182c982bf82cd8142'),
    text: 'こんにちは。',
    defects: ['charset_undeclared'],
  },
  {
    name: 'undeclared-euc-kr',
    body: hex('bec8b3e7c7cfbcbcbfe4 2e20 b0a8bbe7c7d5b4cfb4d9'),
    text: '안녕하세요. 감사합니다',
    defects: ['charset_undeclared'],
  },
  {
    name: 'undeclared-gb18030',
    body: hex('c4e3bac3a3accfd6d4dad2d1beadcac7cae5b5e3c1cb'),
    text: '你好，现在已经是叔点了',
    defects: ['charset_undeclared'],
  },
  {
    name: 'undeclared-big5',
    body: hex('a741a66ea141a7dabcd2a6b3a440add3a4482e'),
    text: '你好，我模有一個人.',
    defects: ['charset_undeclared'],
  },
  {
    name: 'undeclared-iso-2022-jp',
    body: hex('1b2442467c4b5c386c1b2842'),
    text: '日本語',
    defects: ['charset_undeclared'],
  },
]

export const charsetCases: readonly Case[] = [
  ...rows.map(row => ({
    name: `charset-${row.name}`,
    raw: mail(
      row.charset === undefined
        ? []
        : [`Content-Type: text/plain; charset=${row.charset}`, 'Content-Transfer-Encoding: 8bit'],
      row.body,
    ),
    expect: { text: row.text, defects: row.defects ?? [] },
  })),
  {
    name: 'charset-html-meta',
    raw: mail(
      ['Content-Type: text/html'],
      '<html><head><meta charset="windows-1251"></head><body>\xcf\xf0\xe8\xe2\xe5\xf2</body></html>',
    ),
    expect: { text: 'Привет', text_source: 'html', defects: ['charset_undeclared'] },
  },
  {
    name: 'charset-html-meta-http-equiv',
    raw: mail(
      ['Content-Type: text/html'],
      '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>\xf0\xd2\xc9\xd7\xc5\xd4</p>',
    ),
    expect: { text: 'Привет', defects: ['charset_undeclared'] },
  },
  {
    name: 'charset-html-declared-beats-meta',
    raw: mail(['Content-Type: text/html; charset=utf-8'], utf8('<meta charset="windows-1251"><p>é</p>')),
    expect: { text: 'é', defects: [] },
  },
  {
    name: 'charset-base64-utf-8',
    raw: mail(
      ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64'],
      base64('Grüße 日本 '.repeat(20)),
    ),
    expect: { text: 'Grüße 日本 '.repeat(20), defects: [] },
  },
  {
    name: 'charset-header-follows-body',
    raw: mail(
      ['Subject: \xf0\xd2\xc9\xd7\xc5\xd4', 'Content-Type: text/plain; charset=koi8-r'],
      '\xf0\xd2\xc9\xd7\xc5\xd4',
    ),
    expect: { subject: 'Привет', text: 'Привет', defects: ['header_8bit'] },
  },
]
