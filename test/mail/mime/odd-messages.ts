import { Buffer } from 'node:buffer'

const usual =
  'From: a@b.example\nTo: x@y.example\nSubject: s\nDate: Mon, 2 Mar 2026 10:00:00 +0100\nMessage-ID: <a@b>\n'
const mixed = 'Content-Type: multipart/mixed; boundary=b\n\n'

/** Runs `count` copies of a piece together. */
const many = (piece: string, count: number): string => piece.repeat(count)
const each = (count: number, piece: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => piece(index)).join('')
const encoded = (encoding: string, body: string): string => `${usual}Content-Transfer-Encoding: ${encoding}\n\n${body}`
const charset = (name: string, body: string): string => `${usual}Content-Type: text/plain; charset=${name}\n\n${body}`

/** Messages that make a parser slow, deep or large if any step of it is not linear or not bounded. */
const odd: Readonly<Record<string, () => string>> = {
  'multiparts 1,000 deep': () =>
    usual +
    each(1000, n => `Content-Type: multipart/mixed; boundary=b${n}\n\n--b${n}\n`) +
    each(1000, n => `--b${999 - n}--\n`),
  'multiparts 20,000 deep': () =>
    usual + each(20_000, n => `Content-Type: multipart/mixed; boundary=b${n}\n\n--b${n}\n`),
  'multiparts 20,000 deep, one boundary': () =>
    usual + many('Content-Type: multipart/mixed; boundary=b\n\n--b\n', 20_000),
  'attached messages 20,000 deep': () => usual + many('Content-Type: message/rfc822\n\nSubject: x\n', 20_000),
  '100,000 headers': () => `${many('X-H: value\n', 100_000)}${usual}\nbody`,
  'a header of 5 MB': () => `X-Big: ${many('a', 5e6)}\n${usual}\nbody`,
  'a line of 5 MB without a colon': () => `${many('a', 5e6)}\n${usual}\nbody`,
  'a million lines without a colon': () => many('aaaa\n', 1e6) + usual,
  'good and bad header lines in turn': () => many('aaaa\nX: y\n', 300_000) + usual,
  'a million folds': () => `X-F: a${many('\n b', 1e6)}\n${usual}\nbody`,
  'a subject of 500,000 folds': () => `Subject: a${many('\n b', 500_000)}\n\nbody`,
  '20,000 encoded words': () => `Subject: ${many('=?utf-8?Q?=C3=BC?= ', 20_000)}\n\nb`,
  '60,000 encoded words of two charsets': () =>
    `Subject: ${many('=?utf-8?Q?=C3=BC?= =?iso-8859-1?Q?=FC?= ', 30_000)}\n\nb`,
  '200,000 beginnings of encoded words': () => `Subject: ${many('=?utf-8?Q?', 200_000)}\n\nb`,
  '200,000 beginnings and one end': () => `Subject: ${many('=?a?q?b', 200_000)}?=\n\nb`,
  '50,000 addresses': () => `To: ${many('a@b.c, ', 50_000)}\n\nb`,
  '100,000 opening parentheses': () => `To: ${many('(', 100_000)}\n\nb`,
  '100,000 closing parentheses': () => `To: ${many(')', 100_000)}\n\nb`,
  '100,000 comments': () => `To: ${many('(a)', 100_000)}\n\nb`,
  '100,001 quotes': () => `To: ${many('"', 100_001)}\n\nb`,
  '500,000 quotes in brackets': () => `To: <${many('"', 500_000)}a>\n\nb`,
  '100,000 opening brackets': () => `To: ${many('<', 100_000)}\n\nb`,
  '200,000 opening brackets and one closing': () => `To: ${many('<a,', 200_000)}>\n\nb`,
  '500,000 groups': () => `To: ${many('a:', 500_000)}\n\nb`,
  'a name of blanks': () => `To: a${many(' ', 1_500_000)}b\n\nb`,
  'an address of at signs': () => `To: ${many('a@', 700_000)}\n\nb`,
  '200,000 names without an address': () => `To: ${many('x y, ', 200_000)} A <a@b.c>\n\nb`,
  '20,000 references': () => `References: ${many('<aaaaaaaaaaaaaaaa@b.c> ', 20_000)}\n\nb`,
  '500,000 references never closed': () => `References: ${many('<', 500_000)}\n\nb`,
  '20,000 parts': () => `${usual}${mixed}${many('--b\nContent-Type: text/plain\n\nhello\n', 20_000)}--b--\n`,
  '500,000 empty parts': () => usual + mixed + many('--b\n', 500_000),
  'three million lines of hyphens': () => usual + mixed + many('--\n', 3e6),
  'a line of 8 MB of hyphens': () => usual + mixed + many('-', 8e6),
  'a delimiter of 5 MB of blanks': () => `${usual}${mixed}--b${many(' ', 5e6)}x`,
  '900 boundaries that are never used': () =>
    usual + each(900, n => `Content-Type: multipart/mixed; boundary=x${n}\n\n--y${n}\n`) + many('--\n', 500_000),
  '300,000 parameters': () => `${usual}Content-Type: text/plain; ${many('a=b; ', 300_000)}\n\nb`,
  '300,000 parameters without semicolons': () => `${usual}Content-Type: text/plain; ${many('a=b ', 300_000)}\n\nb`,
  '100,000 sections of a file name': () =>
    `${usual}Content-Disposition: attachment; ${each(100_000, n => `filename*${n}*=a%41; `)}\n\nb`,
  'a parameter of escapes': () => `${usual}Content-Type: text/plain; a="${many('\\"', 900_000)}\n\nb`,
  'a comment of 1.9 MB in a parameter': () => `${usual}Content-Type: text/plain; ${many('(', 1_900_000)}\n\nb`,
  'bad base64': () => encoded('base64', many('=*!ab', 1_500_000)),
  'base64 in two million pieces': () => encoded('base64', many('YQ==', 2e6)),
  'base64 of blanks': () => encoded('base64', many(' ', 8e6)),
  'bad quoted-printable': () => encoded('quoted-printable', many('=', 8e6)),
  'quoted-printable of equals and blanks': () => encoded('quoted-printable', many(`=${many(' ', 1000)}x`, 5000)),
  'lines that end in a thousand blanks': () => encoded('quoted-printable', many(`${many(' ', 1000)}\r\n`, 5000)),
  '8 MB of NULs': () => `${usual}\n${many('\0', 8e6)}`,
  'NULs before the header': () => `${many('\0', 2e6)}${usual}\n`,
  '8 MB of carriage returns': () => `${usual}\n${many('\r', 8e6)}`,
  'nothing but bare carriage returns': () => `${usual}\nbody`.replaceAll('\n', '\r') + many('\r', 3e6),
  '6 MB of undeclared bytes': () => `${usual}\n${many('\xe9\xff\x80', 2e6)}`,
  'broken UTF-8': () => charset('utf-8', many('\xc3', 4e6)),
  'broken Shift_JIS': () => charset('shift_jis', many('\x82\xa0\xff', 2e6)),
  'broken UTF-7': () => charset('utf-7', many('+', 4e6)),
  'broken UTF-32': () => charset('utf-32', many('\xff', 4e6)),
  'broken HZ': () => charset('hz-gb-2312', many('~{', 2e6)),
  'a million escapes of ISO-2022-JP': () => charset('iso-2022-jp', many('\x1b$B', 1e6)),
  '300,000 files that begin in text': () => `${usual}\n${many('begin 644 x\n', 300_000)}`,
  'a file of a million short lines in text': () => `${usual}\nbegin 644 x\n${many('#86)C\n', 1e6)}`,
  '200,000 beginnings of yEnc': () => `${usual}\n${many('=ybegin line=1 size=1 name=x\n', 200_000)}`,
  'flowed text of two million lines': () => `${usual}Content-Type: text/plain; format=flowed\n\n${many('a \n', 2e6)}`,
  'flowed text of 8 MB of quote marks': () => `${usual}Content-Type: text/plain; format=flowed\n\n${many('>', 8e6)}`,
  'a report of 300,000 recipients': () =>
    `${usual}Content-Type: message/delivery-status\n\n${many('Final-Recipient: rfc822; a@b\n\n', 300_000)}`,
  'a calendar of one property': () => `${usual}Content-Type: text/calendar\n\n${many('SUMMARY;', 1e6)}`,
  'a date of blanks': () => `Date: ${many(' ', 1e6)}\n\nb`,
  '900,000 opening brackets of a list': () => `List-Unsubscribe: ${many('<', 900_000)}\n\nb`,
  'HTML of 200,000 open elements': () => `${usual}Content-Type: text/html\n\n${many('<div>', 200_000)}x`,
  'HTML of a million comments never closed': () => `${usual}Content-Type: text/html\n\n${many('<!--', 1e6)}`,
  'HTML of 500,000 quotes never closed': () => `${usual}Content-Type: text/html\n\n${many('<a href="', 500_000)}`,
  'HTML of 100,000 tables': () => `${usual}Content-Type: text/html\n\n${many('<table><tr><td>', 100_000)}x`,
  'HTML of blanks in styles': () =>
    `${usual}Content-Type: text/html\n\n${many(`<p style="display:${many(' ', 3900)}x">y`, 900)}`,
  'cut in the middle': () => `${usual}${mixed}${many('--b\nContent-Type: text/plain\n\nhello\n', 500)}`.slice(0, 9999),
}

/** Each odd message by its name, made when it is asked for: together they are hundreds of megabytes. */
export function oddMessages(): { readonly name: string; readonly bytes: () => Buffer }[] {
  return Object.entries(odd).map(([name, text]) => ({ name, bytes: () => Buffer.from(text(), 'latin1') }))
}
