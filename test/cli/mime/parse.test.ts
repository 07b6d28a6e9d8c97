import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { run } from '#cli/commands/mime/parse-message.ts'

const message = Buffer.from(
  [
    'From: Ann <ann@example.org>',
    'Date: Mon, 2 Mar 2026 10:00:00 +0100',
    'Message-ID: <1@x>',
    'Subject: =?UTF-8?Q?a=1B]0;owned=07b=E2=80=AEc?=',
    '',
    'Hi \x1b[31mred\x1b[0m',
  ].join('\r\n'),
)

function output(json: boolean, bytes = message): string {
  let text = ''
  expect(run({ bytes, json, write: piece => (text += piece) })).toBe('done')
  return text
}

test('--json prints one object with everything that was read', () => {
  expect(JSON.parse(output(true))).toMatchObject({
    headers: [
      { name: 'From', value: 'Ann <ann@example.org>' },
      { name: 'Date' },
      { name: 'Message-ID' },
      { name: 'Subject' },
    ],
    from: { name: 'Ann', email: 'ann@example.org' },
    to: [],
    cc: [],
    date: '2026-03-02T09:00:00Z',
    message_id: '<1@x>',
    html: null,
    attachments: [],
    defects: [{ code: 'header_control_character', part: null }],
  })
})

test('a person sees a summary in which nothing of the message can move the cursor or turn the text around', () => {
  const text = output(false)
  expect(text).toContain('From        Ann <ann@example.org>\n')
  expect(text).toContain('Defect      header_control_character')
  expect(text).toContain('Hi [31mred[0m')
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
})

test('an empty file is a message too', () => {
  expect(JSON.parse(output(true, Buffer.alloc(0)))).toMatchObject({ from: null, subject: '', date: null, text: '' })
})
