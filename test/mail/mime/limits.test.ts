import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { type DefectCode, type MimeLimits, type ParsedMessage, parseForIndex, parseMessage } from '#mail/mime/index.ts'

const usual = 'From: a@example.org\nDate: 2 Mar 2026 10:00:00 +0000\nMessage-ID: <1@x>\n'

function parsed(text: string, limits: Partial<MimeLimits>): ParsedMessage {
  return parseMessage(Buffer.from(text, 'latin1'), { limits })
}

function codes(message: ParsedMessage): DefectCode[] {
  return message.defects.map(({ code }) => code)
}

const parts = (count: number): string => Array.from({ length: count }, (_, index) => `--b\n\n${index}\n`).join('')
const mixed = 'Content-Type: multipart/mixed; boundary=b\n\n'

test('bytes beyond the limit of a message are not looked at, and the size stays the true one', () => {
  const message = parsed(`${usual}\n${'x'.repeat(200)}`, { messageBytesMax: 100 })
  expect(codes(message)).toEqual(['message_too_large'])
  expect(message.size).toBe(usual.length + 201)
  expect(message.text?.length).toBe(100 - usual.length - 1)
})

test('parts beyond the limit are left out, those before it are kept', () => {
  const message = parsed(`${usual}${mixed}${parts(10)}--b--`, { partsMax: 4 })
  expect(codes(message)).toEqual(['parts_limit'])
  expect(message.text).toBe('0\n1\n2')
})

test('multiparts deeper than the limit stay closed', () => {
  const inner = 'Content-Type: multipart/mixed; boundary=c\n\n--c\n\ndeep\n--c--\n'
  expect(codes(parsed(`${usual}${mixed}--b\n${inner}--b--`, { nestingMax: 1 }))).toEqual(['nesting_limit'])
  expect(parsed(`${usual}${mixed}--b\n${inner}--b--`, { nestingMax: 2 }).text).toBe('deep')
})

test('attached messages deeper than the limit stay closed', () => {
  const message = parsed(`${usual}Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nSubject: x\n\n`, {
    nestingMax: 1,
  })
  expect(codes(message)).toEqual(['nesting_limit'])
})

test('a header block over the limit of bytes is cut, and the body still begins where it does', () => {
  const message = parsed(`${usual}X: ${'y'.repeat(300)}\nSubject: late\n\nbody`, { headerBytesMax: 200 })
  expect(codes(message)).toEqual(['header_bytes_limit'])
  expect(message).toMatchObject({ subject: '', text: 'body' })
})

test('fields over the limit are left out, and the body still begins where it does', () => {
  const message = parsed(`${usual}A: 1\nB: 2\nSubject: late\n\nbody`, { headerFieldsMax: 4 })
  expect(codes(message)).toEqual(['header_fields_limit'])
  expect(message.headers).toHaveLength(4)
  expect(message.text).toBe('body')
})

test('addresses are counted over all headers', () => {
  const message = parsed(`${usual}To: b@x, c@x, d@x\nCc: e@x, f@x\n\n`, { addressesMax: 3 })
  expect(codes(message)).toEqual(['address_limit'])
  expect(message.from.length + message.to.length + message.cc.length).toBe(3)
})

test('encoded words over the limit stay as they were written', () => {
  const message = parsed(`${usual}Subject: =?UTF-8?Q?a?= =?UTF-8?Q?b?= =?UTF-8?Q?c?=\n\n`, { encodedWordsMax: 2 })
  expect(codes(message)).toEqual(['encoded_word_limit'])
  expect(message.subject).toBe('ab =?UTF-8?Q?c?=')
})

test('of too many references the root and the nearest ancestors are kept', () => {
  const message = parsed(`${usual}References: <1@x> <2@x> <3@x> <4@x>\n\n`, { referencesMax: 3 })
  expect(codes(message)).toEqual(['reference_limit'])
  expect(message.references).toEqual(['1@x', '3@x', '4@x'])
  expect(parsed(`${usual}References: <1@x> <2@x>\n\n`, { referencesMax: 1 }).references).toEqual(['1@x'])
})

test('parameters over the limit are left out', () => {
  const message = parsed(`${usual}Content-Type: text/plain; a=1; b=2; charset=utf-8\n\n\xc3\xa9`, { parametersMax: 2 })
  expect(codes(message)).toEqual(['parameter_limit', 'charset_undeclared'])
})

test('text over the limit is cut over all parts together', () => {
  const message = parsed(`${usual}${mixed}--b\n\n12345\n--b\n\n67890\n--b--`, { textBytesMax: 7 })
  expect(codes(message)).toEqual(['text_limit'])
  expect(message.text).toBe('12345\n67')
})

test('an index gets as many characters as it asked for, and is told', () => {
  const indexed = parseForIndex(Buffer.from(`${usual}\nhello world`), { limits: { indexCharsMax: 5 } })
  expect(indexed).toMatchObject({ body: 'hello', isBodyCut: true })
  expect(parseForIndex(Buffer.from(`${usual}\nhello`)).isBodyCut).toBe(false)
})

test('files in text are looked for so many times', () => {
  const file = 'begin 644 a\n#86)C\n`\nend\n'
  const message = parsed(`${usual}\n${file.repeat(3)}`, { embeddedMax: 2 })
  expect(codes(message)).toEqual(['embedded_limit'])
  expect(message.attachments).toHaveLength(2)
})

test('a list of defects ends with the word that it is not complete', () => {
  const message = parsed('no header at all', { defectsMax: 3 })
  expect(codes(message)).toEqual(['header_separator_missing', 'from_missing', 'defect_limit'])
})

test('a message that the limit of every kind is set to zero for is still a message', () => {
  const zero = {
    messageBytesMax: 0,
    nestingMax: 0,
    partsMax: 0,
    headerBytesMax: 0,
    headerFieldsMax: 0,
    addressesMax: 0,
  }
  const more = {
    encodedWordsMax: 0,
    referencesMax: 0,
    parametersMax: 0,
    textBytesMax: 0,
    indexCharsMax: 0,
    embeddedMax: 0,
  }
  const raw = Buffer.from(`${usual}${mixed}${parts(3)}--b--`)
  expect(() => parseMessage(raw, { limits: { ...zero, ...more, defectsMax: 0 } })).not.toThrow()
  expect(() => parseForIndex(raw, { limits: { ...zero, ...more, messageBytesMax: 1e6 } })).not.toThrow()
})

test('text is made from HTML only for those who want it', () => {
  const raw = Buffer.from(`${usual}Content-Type: text/html\n\n<p>x</p>`)
  expect(parseMessage(raw, { textFromHtml: false })).toMatchObject({ text: null, textSource: 'none', html: '<p>x</p>' })
  expect(parseMessage(raw)).toMatchObject({ text: 'x', textSource: 'html' })
})
