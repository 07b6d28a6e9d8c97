import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { toWire } from '#cli/commands/mime/parse-message.ts'
import { parseForIndex, parseMessage } from '#mail/mime/index.ts'
import { corpus } from './corpus/index.ts'

const directory = path.join(import.meta.dirname, '../../vectors/mime')

describe.each(corpus)('$name', ({ name, raw, expect: expected }) => {
  const { defects, ...fields } = expected
  const message = parseMessage(raw)
  const wire = JSON.parse(JSON.stringify(toWire(message, raw))) as Record<string, unknown>

  test('gives what the RFCs and real mail ask for', () => {
    expect(wire).toMatchObject(fields)
    if (defects !== undefined)
      expect([...new Set(message.defects.map(({ code }) => code))].sort()).toEqual([...defects].sort())
  })

  test('is the file that is kept, with the result that is kept', () => {
    expect(readFileSync(path.join(directory, `${name}.eml`)).equals(raw)).toBe(true)
    expect(wire).toEqual(JSON.parse(readFileSync(path.join(directory, `${name}.json`), 'utf8')))
  })

  test('gives an index the same envelope and files as a reader', () => {
    const indexed = parseForIndex(raw)
    for (const field of [
      'from',
      'to',
      'subject',
      'date',
      'messageId',
      'references',
      'list',
      'hasAttachments',
    ] as const) {
      expect(indexed[field]).toEqual(message[field])
    }
    expect(indexed.attachments).toEqual(message.attachments)
  })
})

test('there are at least 200 messages, each under a name of its own, and no file without one', () => {
  const names = new Set(corpus.map(({ name }) => name))
  expect(names.size).toBe(corpus.length)
  expect(corpus.length).toBeGreaterThanOrEqual(200)
  const files = readdirSync(directory).map(file => path.parse(file).name)
  expect(new Set(files)).toEqual(names)
})
