import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { type IndexedMessage, parseForIndex } from '#mail/mime/index.ts'

function indexed(...lines: string[]): IndexedMessage {
  return parseForIndex(Buffer.from(lines.join('\n')))
}

test('plain text is indexed as it is, quoted-printable decoded', () => {
  const message = indexed(
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'Gr=C3=BC=C3=9Fe an=',
    ' alle',
  )
  expect(message.body).toBe('Grüße an alle')
  expect(message.snippet).toBe('Grüße an alle')
})

test('HTML is indexed as what is seen of it', () => {
  const html =
    '<style>p{color:red}</style><script>evil()</script><!-- note --><p>Hello <b>wor</b>ld</p><p style="display:none">hidden</p><td>a</td><td>b</td>'
  expect(indexed('Content-Type: text/html', '', html).body).toBe('Hello world\na\nb')
})

test('HTML that is labelled plain text is reduced all the same', () => {
  expect(indexed('Content-Type: text/plain', '', '<html><body><p>Hello</p></body></html>').body).toBe('Hello')
})

test('of two forms the plain one is indexed, and the other too when the plain one says next to nothing', () => {
  const parts = (plain: string) =>
    indexed(
      'Content-Type: multipart/alternative; boundary=b',
      '',
      '--b',
      '',
      plain,
      '--b',
      'Content-Type: text/html',
      '',
      '<p>rich</p>',
      '--b--',
    )
  expect(parts('x'.repeat(200)).body).not.toContain('rich')
  expect(parts('See the HTML version').body).toBe('See the HTML version\nrich')
})

test('a forwarded message is found by its subject, sender and text', () => {
  const message = indexed(
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    '',
    'fyi',
    '--b',
    'Content-Type: message/rfc822',
    '',
    'From: Bob <b@x.example>',
    'Subject: Old plan',
    '',
    'the old text',
    '--b--',
  )
  expect(message.body).toBe('fyi\nOld plan\nBob <b@x.example>\nthe old text')
})

test('an invite is found by its title and place', () => {
  const message = indexed(
    'Content-Type: text/calendar; method=REQUEST',
    '',
    'BEGIN:VEVENT',
    'SUMMARY:Plan',
    'LOCATION:Room 5',
    'END:VEVENT',
  )
  expect(message).toMatchObject({ body: 'Plan\nRoom 5', isCalendar: true, textSource: 'none' })
})

test('what is written into text as a file is no text', () => {
  const message = indexed('Subject: s', '', 'before', 'begin 644 a.bin', '#86)C', '`', 'end', 'after')
  expect(message.body).toBe('before\n\nafter')
  expect(message.attachments).toMatchObject([{ part: '1#1', filename: 'a.bin' }])
})

test('a snippet is one line of at most 200 characters without padding', () => {
  const message = indexed(
    'Content-Type: text/plain; charset=utf-8',
    '',
    `a \u200c\u00a0\u200c\u00a0 b\n\nc ${'word '.repeat(100)}`,
  )
  expect(message.snippet.startsWith('a b c word word')).toBe(true)
  expect(message.snippet.length).toBeLessThanOrEqual(200)
})

test.each([
  ['no link', 'none'],
  [`one https://example.org ${'word '.repeat(60)}`, 'some'],
  ['one https://example.org', 'heavy'],
  [`${'https://example.org '.repeat(5)}${'word '.repeat(900)}`, 'heavy'],
])('link density of %j', (text, density) => {
  expect(indexed('Subject: s', '', text).linkDensity).toBe(density)
})

test('quoted lines are counted', () => {
  expect(indexed('Subject: s', '', '> a', 'b', '> c').quotedLines).toBe(2)
})

const list = ['List-Unsubscribe: <https://x.example/u>, <mailto:leave@x.example>']

test.each([
  [[...list, 'List-Unsubscribe-Post: List-Unsubscribe=One-Click'], { kind: 'one_click', uri: 'https://x.example/u' }],
  [list, { kind: 'mailto', uri: 'mailto:leave@x.example' }],
  [['List-Unsubscribe: <http://x.example/u>'], { kind: 'http_link', uri: 'http://x.example/u' }],
  [['Content-Type: text/html'], { kind: 'body_link', uri: 'https://x.example/b?a=1&b=2' }],
])('the way out of a list, by %j', (headers, unsubscribe) => {
  expect(indexed(...headers, '', '<a href="https://x.example/b?a=1&amp;b=2">Abmelden</a>').unsubscribe).toEqual(
    unsubscribe,
  )
})

test('a script is no way out of a list', () => {
  expect(indexed('Content-Type: text/html', '', '<a href="javascript:x()">unsubscribe</a>').unsubscribe).toBeNull()
})
