import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable, printableJson, printableLine, stripped } from '#base/printable.ts'

test('an escape sequence reaches the terminal as visible text', () => {
  expect(printable('\u001b[2J\u001b]0;title\u0007')).toBe('\\x1b[2J\\x1b]0;title\\x07')
})

test('a text cannot be made to read backwards', () => {
  expect(printable('invoice\u202efdp.exe')).toBe('invoice\\u{202e}fdp.exe')
})

test('a carriage return cannot overwrite the line', () => {
  expect(printable('safe\rgone')).toBe('safe\\x0dgone')
  expect(printable('a\r\nb')).toBe('a\nb')
})

test('emoji and joined scripts stay as they are', () => {
  for (const text of ['👩‍👩‍👧', 'می‌خواهم', 'naïve café', '日本語']) expect(printable(text)).toBe(text)
})

test('one line stays one line', () => {
  expect(printableLine('a\nb\t\u2028c')).toBe('a b c')
})

test('nothing that steers a terminal is left, whatever comes in', () => {
  const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(printable(text)).not.toMatch(steering)
      expect(stripped(text)).not.toMatch(steering)
      expect(printableLine(text)).not.toContain('\n')
    }),
  )
})

test('JSON escapes what a terminal would act on, and reads back the same', () => {
  const value = { 'k\u202e': 'C1 \u009b DEL \u007f bidi \u2066 tag \u{e0041} astral 𝄞 plain é' }
  const json = printableJson(value)
  expect(json).toBe('{"k\\u202e":"C1 \\u009b DEL \\u007f bidi \\u2066 tag \\udb40\\udc41 astral 𝄞 plain é"}')
  expect(JSON.parse(json)).toEqual(value)
})
