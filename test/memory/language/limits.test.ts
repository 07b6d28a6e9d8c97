import { describe, expect, test } from 'vitest'
import { type Limits, SURFACE_LIMITS } from '#memory/language/limits.ts'
import { describeParseError } from '#memory/language/parse-error.ts'
import { parse } from '#memory/language/parser.ts'

const mebibyte = 1024 * 1024

/** A batch of one fact whose object is given. */
function fact(object: string): string {
  return `(sem @a p ${object} :src @observation :c 0.5 :v 2024-01-15)`
}

function verdict(text: string, limits?: Limits): string {
  const result = parse(text, limits)
  if (result.ok) return 'read'
  return result.error.code === 'LimitExceeded' ? result.error.limit : result.error.code
}

describe('what a surface takes', () => {
  test('a batch of a mebibyte, in UTF-8, and no byte more', () => {
    const padded = (bytes: number) => `; ${'é'.repeat((bytes - 2) >> 1)}`
    expect(verdict(padded(mebibyte))).toBe('read')
    expect(verdict(`${padded(mebibyte)};`)).toBe('batch_bytes')
  })

  test('a batch that is too large is refused before it is looked at', () => {
    expect(verdict('$'.repeat(mebibyte + 1))).toBe('batch_bytes')
  })

  test('ten thousand forms, and the next one is told with its place', () => {
    const forms = '(promote @a)'.repeat(10_000)
    expect(verdict(forms)).toBe('read')
    const result = parse(`${forms}(promote @a)`)
    expect(result.ok ? 'read' : describeParseError(result.error)).toBe(
      'more than 10000 forms in a batch at Position { offset: 120000, line: 1, column: 120001 }',
    )
  })

  test('a string of 64 KiB after its escapes, and no byte more', () => {
    expect(verdict(fact(`"${'é'.repeat(32 * 1024)}"`))).toBe('read')
    expect(verdict(fact(`"${'\\n'.repeat(64 * 1024)}"`))).toBe('read')
    expect(verdict(fact(`"${'é'.repeat(32 * 1024)}x"`))).toBe('string_bytes')
  })

  test.each(['@', ':', ''])('a name of 256 bytes behind %j, and no byte more', sign => {
    const name = (length: number) => `(sem @a ${sign}${'n'.repeat(length)}`
    expect(verdict(name(256))).not.toBe('name_bytes')
    expect(verdict(name(257))).toBe('name_bytes')
  })

  test('whoever asks for no limits has none', () => {
    const none = { batchBytesMax: Infinity, formsMax: Infinity, stringBytesMax: Infinity, nameBytesMax: Infinity }
    expect(verdict(fact(`"${'x'.repeat(2 * mebibyte)}"`), none)).toBe('read')
    expect(verdict('(promote @a)'.repeat(10_001), { ...SURFACE_LIMITS, formsMax: 10_001 })).toBe('read')
  })
})

/** Were any of these looked at again and again, a mebibyte of it would outlast the patience of the test by far. */
describe('a mebibyte of one character', () => {
  test.each([
    ['(', 'UnexpectedToken'],
    [')', 'UnexpectedToken'],
    ['"', 'UnexpectedToken'],
    ['\\', 'Lex'],
    [';', 'read'],
    ['@', 'Lex'],
    ['1', 'Lex'],
    ['-', 'Lex'],
    ['.', 'Lex'],
    ['a', 'name_bytes'],
    [' ', 'read'],
    ['\n', 'read'],
  ])('%j', (character, wanted) => {
    expect(verdict(character.repeat(mebibyte))).toBe(wanted)
  })

  test.each([
    ['"\\', 'Lex'],
    ['2024-01-15T', 'Lex'],
    ['2024-01-15T:', 'UnexpectedToken'],
    ['1.', 'Lex'],
    ['\\"', 'Lex'],
  ])('that begins with %j and goes on with its last', (start, wanted) => {
    const last = start.slice(-1)
    expect(verdict(start + last.repeat(mebibyte - start.length))).toBe(wanted)
  })

  test('inside a string is what the string says', () => {
    const none = { ...SURFACE_LIMITS, stringBytesMax: mebibyte }
    for (const each of ['\\\\', '(', ';', '\n']) {
      expect(verdict(fact(`"${each.repeat((mebibyte - 100) / each.length)}"`), none)).toBe('read')
    }
  })
})

describe('text that no UTF-8 holds', () => {
  test.each(['\ud800', 'a\udc00', '"\ud83d"', '; \udfff'])('%j is refused, in strings and comments too', text => {
    const result = parse(text)
    expect(result).toMatchObject({ ok: false, error: { code: 'Lex', inner: { code: 'InvalidUtf8' } } })
  })
})
