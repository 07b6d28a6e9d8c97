import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeRecord } from '#memory/canonical/decode.ts'
import { type DecodeError, decodeErrorText } from '#memory/canonical/decode-error.ts'
import { Encoder, encodeRecord } from '#memory/canonical/encode.ts'
import type { LogRecord } from '#memory/canonical/record.ts'
import { anyRecord } from './arbitrary.ts'

interface DecodeCase {
  readonly hex: string
  readonly ok: boolean
  readonly consumed?: number
  readonly error?: string
  readonly message?: string
}
const vectors: { decode: DecodeCase[]; scenarios: { name: string; file_hex: string }[] } = JSON.parse(
  readFileSync(new URL('../../vectors/memory/core.json', import.meta.url), 'utf8'),
)

function records(bytes: Buffer): LogRecord[] {
  const found: LogRecord[] = []
  for (let at = 0; at < bytes.length; ) {
    const decoded = decodeRecord(bytes, at)
    if (!decoded.ok) throw new Error(decodeErrorText(decoded.error))
    found.push(decoded.value.record)
    at += decoded.value.length
  }
  return found
}

function errorOf(hex: string): DecodeError | undefined {
  const decoded = decodeRecord(Buffer.from(hex, 'hex'))
  return decoded.ok ? undefined : decoded.error
}

describe('the vectors', () => {
  test.each(vectors.decode)('of decoding: $hex', ({ hex, ok, consumed, error = '', message }) => {
    const decoded = decodeRecord(Buffer.from(hex, 'hex'))
    if (ok) {
      expect(decoded).toMatchObject({ ok: true, value: { length: consumed } })
    } else {
      expect(decoded.ok ? undefined : decoded.error.code).toBe(error.split(/[ {]/)[0])
      expect(decoded.ok ? undefined : decodeErrorText(decoded.error)).toBe(message)
    }
  })

  test.each(vectors.scenarios)('of whole logs are read and written again byte for byte: $name', ({ file_hex }) => {
    const bytes = Buffer.from(file_hex, 'hex').subarray(8)
    expect(Buffer.from(new Encoder().encode(records(bytes))).equals(bytes)).toBe(true)
  })
})

describe('what is no record', () => {
  test.each([
    ['a body length near 2^64', '01ffffffffffffffffff01', 'LengthMismatch'],
    ['a string length near 2^64', '300c28ffffffffffffffffff0100', 'Truncated'],
    ['a name of bytes that are no UTF-8', '300c2801ff00c88aa4eb8e010000', 'InvalidString'],
    ['a reserved opcode', 'ff0100', 'UnknownOpcode'],
  ])('%s', (_what, hex, code) => {
    expect(errorOf(hex)?.code).toBe(code)
  })

  test('flag bits that the kind does not have, and a precondition that is neither there nor not', () => {
    const sem = encodeRecord({
      type: 'sem',
      memory: 0,
      subject: 0,
      predicate: 0,
      object: { type: 'boolean', value: true },
      source: 0,
      confidence: 0,
      validAt: 0,
      observedAt: 0,
      committedAt: 0,
      invalidAt: undefined,
      projected: false,
    })
    expect(decodeRecord(Buffer.from(sem.with(sem.length - 1, 2)))).toMatchObject({
      error: { code: 'InvalidFlagBits', allowedMask: 1 },
    })
    const pro = encodeRecord({
      type: 'pro',
      memory: 0,
      rule: 0,
      trigger: { type: 'boolean', value: true },
      action: { type: 'boolean', value: true },
      precondition: undefined,
      scope: 0,
      source: 0,
      confidence: 0,
      validAt: 0,
      observedAt: 0,
      committedAt: 0,
      invalidAt: undefined,
    })
    expect(decodeRecord(Buffer.from(pro.with(8, 2)))).toMatchObject({ error: { code: 'InvalidDiscriminant', tag: 2 } })
  })

  test('a count of 2^64 - 1 without what it counts, and nothing is set aside for it', () => {
    for (const hex of [
      '020a010203ffffffffffffffffff01',
      '2115010000000000000000 00 00 ffffffffffffffffff01'.replaceAll(' ', ''),
    ]) {
      expect(['Truncated', 'LengthMismatch']).toContain(errorOf(hex)?.code)
    }
  })

  test('any beginning of a record', () => {
    fc.assert(
      fc.property(anyRecord, record => {
        const bytes = Buffer.from(encodeRecord(record))
        for (let length = 0; length < bytes.length; length++) {
          expect(decodeRecord(bytes.subarray(0, length)).ok).toBe(false)
        }
      }),
    )
  })

  test('random bytes, and bytes that are nearly a record, are refused or read, never thrown at', () => {
    const nearly = fc.tuple(anyRecord, fc.nat(), fc.nat(255)).map(([record, at, byte]) => {
      const bytes = Buffer.from(encodeRecord(record))
      bytes[at % bytes.length] = byte
      return bytes
    })
    const anything = fc.uint8Array({ maxLength: 80 }).map(bytes => Buffer.from(bytes))
    fc.assert(
      fc.property(fc.oneof(anything, nearly), bytes => {
        const decoded = decodeRecord(bytes)
        if (decoded.ok) expect(decoded.value.length).toBeLessThanOrEqual(bytes.length)
        else expect(decodeErrorText(decoded.error)).not.toBe('')
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('any record', () => {
  test('is the same after writing and reading', () => {
    fc.assert(
      fc.property(anyRecord, record => {
        expect(decodeRecord(Buffer.from(encodeRecord(record)))).toMatchObject({ ok: true, value: { record } })
      }),
      { numRuns: 3_000 },
    )
  })

  test('that is read has one spelling: what was written again is what was read', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 20 }), list => {
        const bytes = Buffer.from(new Encoder().encode(list))
        expect(Buffer.from(new Encoder().encode(records(bytes))).equals(bytes)).toBe(true)
      }),
    )
  })
})
