import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mboxEntry } from '../../../src/mail/export/index.ts'
import { unquote } from '../../../src/mail/import/letter-file.ts'
import { exported } from './exported.ts'

function bodyOf(entry: Uint8Array): Buffer {
  const bytes = Buffer.from(entry)
  return bytes.subarray(bytes.indexOf('\n') + 1, bytes.length - 1)
}

describe('mboxEntry', () => {
  test('quotes lines that begin with From, quoted ones too', () => {
    const raw = 'Subject: x\r\n\r\nFrom me\r\n>From you\r\n> From them\r\n'
    const entry = Buffer.from(mboxEntry(exported({ raw: Buffer.from(raw), from: 'Ann <ann@a.example>' }))).toString()
    expect(entry).toBe(
      'From ann@a.example Thu Jan  1 00:00:00 1970\nSubject: x\r\n\r\n>From me\r\n>>From you\r\n> From them\r\n\n',
    )
  })

  test('lets no sender write the From line', () => {
    const entry = mboxEntry(exported({ raw: Buffer.from('a: b\n\n'), from: 'x <a b\nFrom evil@x.example>' }))
    expect(Buffer.from(entry).toString().split('\n')[0]).toBe('From MAILER-DAEMON Thu Jan  1 00:00:00 1970')
  })

  test('gives a line break to a source that ends without one, and changes nothing else', () => {
    expect(bodyOf(mboxEntry(exported({ raw: Buffer.from('a: b\n\nend') }))).toString()).toBe('a: b\n\nend\n')
  })

  test('any bytes come back as they were', () => {
    const piece = fc.oneof(fc.constantFrom('From ', '>From ', '>>From x', '\n', '\r\n', '\n\n', ' '), fc.string())
    fc.assert(
      fc.property(fc.array(piece), pieces => {
        const raw = Buffer.from(`Subject: x\n${pieces.join('')}\n`, 'utf8')
        expect(unquote(bodyOf(mboxEntry(exported({ raw }))), 'each').equals(raw)).toBe(true)
      }),
    )
  })
})
