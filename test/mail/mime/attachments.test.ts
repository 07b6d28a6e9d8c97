import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attachmentBytes, attachmentSha256, parseMessage, partAt, safeFileName } from '#mail/mime/index.ts'

const raw = Buffer.from(
  [
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    '',
    'Hello',
    '--b',
    'Content-Type: message/rfc822',
    '',
    'Subject: Inner',
    'Content-Type: multipart/mixed; boundary=i',
    '',
    '--i',
    '',
    'Inner text',
    '--i',
    'Content-Type: application/pdf; name=a.pdf',
    'Content-Transfer-Encoding: base64',
    '',
    'UERG',
    '--i--',
    '--b--',
  ].join('\r\n'),
)

test('a part inside of an attached message is reached by its IMAP number', () => {
  const { root } = parseMessage(raw)
  const part = partAt(root, '2.2')
  expect(part?.filename).toBe('a.pdf')
  expect(part && Buffer.from(attachmentBytes(raw, part)).toString()).toBe('PDF')
  expect(partAt(root, '3')).toBeUndefined()
})

test('the digest is that of the decoded bytes', () => {
  const part = partAt(parseMessage(raw).root, '2.2')
  expect(part && attachmentSha256(raw, part)).toBe(createHash('sha256').update('PDF').digest('hex'))
})

test('offsets that lie outside of the message give what is there, and never throw', () => {
  expect(attachmentBytes(raw, { encoding: 'identity', start: -5, end: 7 })).toHaveLength(7)
  expect(attachmentBytes(raw, { encoding: 'base64', start: 1e9, end: 2e9 })).toHaveLength(0)
  expect(attachmentBytes(raw, { encoding: 'identity', start: 10, end: 5 })).toHaveLength(0)
})

test('bytes are those of a view into a larger buffer too', () => {
  const larger = Buffer.concat([Buffer.from('before'), raw, Buffer.from('after')])
  const view = larger.subarray(6, 6 + raw.length)
  const part = partAt(parseMessage(view).root, '2.2')
  expect(part && Buffer.from(attachmentBytes(view, part)).toString()).toBe('PDF')
})

test.each([
  [null, 'attachment'],
  ['', 'attachment'],
  ['..', 'attachment'],
  ['/etc/passwd', 'passwd'],
  ['..\\..\\boot.ini', 'boot.ini'],
  ['a/b/', 'b'],
  ['nul', 'attachment-nul'],
  ['COM1.log', 'attachment-COM1.log'],
  ['console.log', 'console.log'],
  ['a\u202egpj.exe', 'agpj.exe'],
  ['a\u200bb.txt', 'ab.txt'],
  ['a:b?c*.txt', 'a_b_c_.txt'],
  ['name. . ', 'name'],
])('the file name %j is saved as %j', (name, safe) => {
  expect(safeFileName(name)).toBe(safe)
})

test('whatever the name, the saved one is one path component of at most 220 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), name => {
      const safe = safeFileName(name)
      expect(safe).not.toMatch(/[/\\:\x00-\x1f\x7f]|^\.|^$|[. ]$/)
      expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(220)
      expect(safeFileName(safe)).toBe(safe)
    }),
    { seed: 7 },
  )
})
