import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeFrame, FrameReader, frameBytesMax, parseFrame } from '../../src/daemon/protocol/frame.ts'

function framed(bytes: Uint8Array): Buffer {
  const frame = Buffer.alloc(4 + bytes.length)
  frame.writeUInt32BE(bytes.length)
  frame.set(bytes, 4)
  return frame
}

function read(bytes: Buffer, most?: number) {
  const reader = new FrameReader(most)
  reader.push(bytes)
  return reader.next()
}

describe('a frame that is refused', () => {
  test.each([
    ['no bytes', Buffer.alloc(0)],
    ['one byte', Buffer.from('1')],
    ['a number', Buffer.from('12')],
    ['a list', Buffer.from('[1]')],
    ['no JSON', Buffer.from('{"a":}')],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ['nested ten thousand deep', Buffer.from(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`)],
  ])('%s', (_what, bytes) => {
    expect(read(framed(bytes), frameBytesMax)).toMatchObject({ ok: false, error: { code: 'malformed' } })
  })

  test('one that is too large, before any of it is here', () => {
    const header = Buffer.alloc(4)
    header.writeUInt32BE(0xffffffff)
    expect(read(header, frameBytesMax)).toMatchObject({ ok: false, error: { code: 'frame_too_large' } })
    header.writeUInt32BE(frameBytesMax + 1)
    expect(read(header, frameBytesMax)).toMatchObject({ ok: false, error: { code: 'frame_too_large' } })
    header.writeUInt32BE(frameBytesMax)
    expect(read(header, frameBytesMax)).toBeUndefined()
  })

  test('before the hello, one of more than four kilobytes', () => {
    expect(read(framed(Buffer.from(JSON.stringify({ a: 'x'.repeat(5_000) }))))).toMatchObject({
      error: { code: 'frame_too_large' },
    })
  })

  test('one that would not fit is not written', () => {
    expect(encodeFrame({ a: 'x'.repeat(frameBytesMax) })).toMatchObject({
      ok: false,
      error: { code: 'frame_too_large' },
    })
  })
})

describe('a frame that is read', () => {
  const values = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), { maxLength: 5 })

  test('whatever the pieces in which it comes', () => {
    fc.assert(
      fc.property(values, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sent, sizes) => {
        const bytes = Buffer.concat(sent.map(each => framed(Buffer.from(JSON.stringify(each)))))
        const reader = new FrameReader(frameBytesMax)
        const got: unknown[] = []
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1
          reader.push(bytes.subarray(at, at + size))
          at += size
          for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
            if (frame.ok) got.push(frame.value)
          }
        }
        expect(got).toEqual(sent.map(each => JSON.parse(JSON.stringify(each))))
        expect(reader.isWithin).toBe(false)
      }),
    )
  })

  test('brackets and quotes inside of texts are text', () => {
    const value = { a: `${'['.repeat(100)}"\\"{`, '{"': ['\\', '"', '[[['] }
    expect(read(framed(Buffer.from(JSON.stringify(value))))).toEqual({ ok: true, value })
  })

  test('duplicate keys and huge numbers are what JSON.parse makes of them, and no bytes make it throw', () => {
    expect(parseFrame(Buffer.from('{"a":1,"a":2,"b":1e999}'))).toEqual({
      ok: true,
      value: { a: 2, b: Number.POSITIVE_INFINITY },
    })
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), bytes => typeof parseFrame(bytes).ok === 'boolean'))
  })
})
