import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unwrapBase64, wrapBase64 } from '../../../src/mail/store/base64-lines.ts'
import { check, type IncomingMessage } from '../../../src/mail/store/index.ts'
import { letter, mailbox, value } from './mailbox.ts'

describe('raw bytes', () => {
  const wrapped = (bytes: Uint8Array, length: number, lineEnd: 1 | 2) => wrapBase64(bytes, length, lineEnd)

  /** A message with one part at the end. */
  function carrying(body: Uint8Array, head = 'Subject: x\r\n\r\n'): IncomingMessage {
    const front = Buffer.from(head)
    const range = { start: front.length, end: front.length + body.length }
    const attachment = {
      part: '2',
      filename: 'a',
      contentType: 'a/b',
      disposition: 'attachment',
      contentId: '',
      inline: false,
      sizeBytes: 1,
      range,
    } as const
    return letter({ raw: Buffer.concat([front, body, Buffer.from('\r\n--end--\r\n')]), attachments: [attachment] })
  }

  test('come back byte for byte, whatever they are', () => {
    const box = mailbox()
    const raws = [
      Buffer.alloc(0),
      Buffer.from('x'),
      randomBytes(300_000),
      Buffer.alloc(500_000, 'long '),
      Buffer.from([0, 255, 13, 10, 0]),
    ]
    const ids = box.take(raws.map(raw => letter({ raw })))
    for (const [at, raw] of raws.entries())
      expect(Buffer.from(value(box.reader.raw(ids[at] ?? 0))).equals(raw)).toBe(true)
  })

  test('a large attachment is kept once, decoded where that is exact, however it was broken into lines', () => {
    const box = mailbox()
    const file = randomBytes(90_000)
    const bodies = [
      wrapped(file, 76, 2),
      wrapped(file, 76, 2),
      wrapped(file, 76, 1),
      wrapped(file, 60, 2),
      Buffer.from(file.toString('base64')),
      Buffer.from(`${wrapped(file, 76, 2)} trailing`),
      Buffer.from('text that is no base64, but long enough to stand alone. '.repeat(900)),
    ]
    const mail = bodies.map((body, at) => carrying(body, `Subject: ${at}\r\n\r\n`))
    const ids = box.take(mail)
    for (const [at, message] of mail.entries()) {
      expect(Buffer.from(value(box.reader.raw(ids[at] ?? 0))).equals(Buffer.from(message.raw ?? []))).toBe(true)
    }
    expect(box.reader.statements.one('SELECT count(*) FROM parts')?.[0]).toBe(6)
    const decoded = box.reader.statements
      .all('SELECT size_bytes FROM parts WHERE line_length >= 0')
      .map(([size]) => size)
    expect(decoded).toEqual([90_000, 90_000, 90_000, 90_000])
    expect(value(check(box.reader, { withRaw: true }))).toEqual([])
    value(box.writer.remove(ids.slice(1)))
    expect(Buffer.from(value(box.reader.raw(ids[0] ?? 0))).equals(Buffer.from(mail[0]?.raw ?? []))).toBe(true)
    expect(box.reader.statements.one('SELECT count(*) FROM parts')?.[0]).toBe(1)
  })

  test('ranges that lie, overlap or leave the message do no harm', () => {
    const range = fc.record({ start: fc.integer({ min: -9, max: 70_000 }), end: fc.integer({ min: -9, max: 70_000 }) })
    const raw = randomBytes(60_000)
    fc.assert(
      fc.property(fc.array(range, { maxLength: 6 }), ranges => {
        const box = mailbox()
        const attachments = ranges.map(
          (one, at) =>
            ({
              part: `${at}`,
              filename: '',
              contentType: '',
              disposition: '',
              contentId: '',
              inline: false,
              sizeBytes: 0,
              range: one,
            }) as const,
        )
        const [id = 0] = box.take([letter({ raw, attachments })])
        expect(Buffer.from(value(box.reader.raw(id))).equals(raw)).toBe(true)
      }),
      { seed: 2, numRuns: 40 },
    )
  })

  test('base64 is unwrapped only when wrapping gives the same again', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(1 as const, 2 as const),
        (bytes, quads, end) => {
          const body = wrapBase64(bytes, quads * 4, end)
          const unwrapped = unwrapBase64(body)
          if (unwrapped === undefined) return
          expect(Buffer.from(unwrapped.decoded).equals(Buffer.from(bytes))).toBe(true)
          expect(
            Buffer.from(wrapBase64(unwrapped.decoded, unwrapped.lineLength, unwrapped.lineEnd)).equals(
              Buffer.from(body),
            ),
          ).toBe(true)
        },
      ),
      { seed: 1 },
    )
    for (const text of ['====', 'QQ==\n', 'QQ', 'a b c', 'QUJD\r\nQUJD\nQUJD', '\n', '']) {
      const unwrapped = unwrapBase64(Buffer.from(text))
      if (unwrapped !== undefined)
        expect(Buffer.from(wrapBase64(unwrapped.decoded, unwrapped.lineLength, unwrapped.lineEnd)).toString()).toBe(
          text,
        )
    }
  })

  test('base64 is unwrapped whenever wrapping gives the same again, whatever was changed in it', () => {
    const change = fc.record({
      at: fc.nat(400),
      removed: fc.nat(3),
      put: fc.constantFrom('', '=', '-', '_', ' ', '\r', '\n', '\r\n', '\f', '\0', '\xa0', 'A', 'B', 'QUJD', '=\n'),
    })
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(20),
        fc.constantFrom(0 as const, 1 as const, 2 as const),
        fc.array(change, { maxLength: 2 }),
        (bytes, quads, end, changes) => {
          let text = Buffer.from(wrapBase64(bytes, quads * 4, end)).toString('latin1')
          for (const { at, removed, put } of changes) {
            const place = at % (text.length + 1)
            text = text.slice(0, place) + put + text.slice(place + removed)
          }
          const body = Buffer.from(text, 'latin1')
          const feed = body.indexOf('\n')
          const lineEnd = feed < 0 ? 0 : body[feed - 1] === 0x0d ? 2 : 1
          const lineLength = lineEnd === 0 ? 0 : feed - (lineEnd - 1)
          const decoded = Buffer.from(text, 'base64')
          const isSame = lineLength % 4 === 0 && body.equals(wrapBase64(decoded, lineLength, lineEnd))
          const unwrapped = unwrapBase64(body)
          if (isSame) expect(unwrapped).toEqual({ decoded: new Uint8Array(decoded), lineLength, lineEnd })
          else expect(unwrapped).toBeUndefined()
        },
      ),
      { seed: 3, numRuns: 3_000 },
    )
  })

  test('housekeeping packs single messages together and loses none', () => {
    const box = mailbox()
    const mail = Array.from({ length: 40 }, (_, at) => letter({ text: `message number ${at} of many that are alike` }))
    const ids = mail.flatMap(message => box.take([message]))
    expect(box.reader.statements.one('SELECT count(*) FROM blocks')?.[0]).toBe(40)
    expect(value(box.writer.tend({ budgetMs: 10_000 }))).toEqual({ isDone: true })
    expect(Number(box.reader.statements.one('SELECT count(*) FROM blocks')?.[0])).toBeLessThan(9)
    for (const [at, id] of ids.entries())
      expect(Buffer.from(value(box.reader.raw(id))).equals(Buffer.from(mail[at]?.raw ?? []))).toBe(true)
    expect(value(check(box.reader, { withRaw: true }))).toEqual([])
    expect(value(box.writer.tend({ budgetMs: 0 }))).toEqual({ isDone: false })
  })

  test("what is removed does not stay in a neighbour's block", () => {
    const box = mailbox()
    const [one = 0, two = 0] = box.take([
      letter({ raw: Buffer.from('first '.repeat(900)) }),
      letter({ raw: Buffer.from('second '.repeat(900)) }),
    ])
    value(box.writer.remove([one]))
    expect(box.reader.statements.all('SELECT size_bytes FROM blocks')).toEqual([[6300]])
    expect(Buffer.from(value(box.reader.raw(two))).toString()).toBe('second '.repeat(900))
  })
})
