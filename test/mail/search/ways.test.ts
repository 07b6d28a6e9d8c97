import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type SearchOptions, searchIds } from '../../../src/mail/search/index.ts'
import { FLAG, MailReader, MailWriter, seal } from '../../../src/mail/store/index.ts'
import { letter, now, value } from '../store/mailbox.ts'

/**
 * What a search reads first depends on how rare its words and flags are, and on how they lie in time. The same hits
 * must come of every way: they are compared with what was written.
 */
const messages = 3_000

interface Written {
  readonly words: ReadonlySet<string>
  readonly subject: string
  readonly flags: number
}

/** Words by how often they come; `late` and `early` only in one half, the starred only in the oldest tenth. */
function written(at: number): Written {
  const words = ['everywhere', 'everyone']
  if (at % 3 === 0) words.push('often')
  if (at % 50 === 7) words.push('seldom')
  if (at % 700 === 11) words.push('rare')
  words.push(at < messages / 2 ? 'late' : 'early')
  const starred = at % 25 === 0 && at > messages * 0.9 ? FLAG.starred : 0
  return {
    words: new Set(words),
    subject: at % 400 === 3 ? 'often seen' : 'plain',
    flags: starred | (at % 4 === 0 ? 0 : FLAG.read),
  }
}

const queries: readonly (readonly [string, (one: Written) => boolean])[] = [
  ['everywhere everyone', () => true],
  ['everywhere rare', ({ words }) => words.has('rare')],
  ['rare often everywhere', ({ words }) => words.has('rare') && words.has('often')],
  ['rare everywhere -often', ({ words }) => words.has('rare') && !words.has('often')],
  ['seldom late', ({ words }) => words.has('seldom') && words.has('late')],
  ['subject:often everywhere', ({ subject }) => subject === 'often seen'],
  ['rare ever*', ({ words }) => words.has('rare')],
  ['rar* everywhere', ({ words }) => words.has('rare')],
  ['is:starred everywhere', ({ flags }) => (flags & FLAG.starred) !== 0],
  ['is:starred often', ({ flags, words }) => (flags & FLAG.starred) !== 0 && words.has('often')],
  ['is:starred ever*', ({ flags }) => (flags & FLAG.starred) !== 0],
  ['is:unread everywhere', ({ flags }) => (flags & FLAG.read) === 0],
  ['is:unread often everyone', ({ flags, words }) => (flags & FLAG.read) === 0 && words.has('often')],
  ['is:unread early', ({ flags, words }) => (flags & FLAG.read) === 0 && words.has('early')],
  ['is:unread rare everywhere', ({ flags, words }) => (flags & FLAG.read) === 0 && words.has('rare')],
  ['is:starred late', () => false],
  ['rare nowhere', () => false],
]

describe('every way to the same hits', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ways-'))
  const path = join(directory, 'mail.db')
  const all: { readonly id: number; readonly message: Written }[] = []
  let reader: MailReader

  beforeAll(() => {
    const writer = value(MailWriter.open(path))
    const letters = Array.from({ length: messages }, (_, at) => {
      const { words, subject, flags } = written(at)
      return letter({ date: now - (at + 1) * 60_000, subject, flags, text: [...words].join(' ') })
    })
    for (const [at, { id }] of value(writer.ingest(seal(letters))).entries()) all.push({ id, message: written(at) })
    writer.close()
    reader = value(MailReader.open(path))
    return () => {
      reader.close()
      rmSync(directory, { recursive: true })
    }
  })

  test.each(queries)('%s', (query, isHit) => {
    const options: SearchOptions = { now, timeZone: 'UTC' }
    const wanted = all.filter(({ message }) => isHit(message)).map(({ id }) => id)
    for (const sort of ['newest', 'oldest'] as const) {
      const inOrder = [...wanted].sort((one, other) => (sort === 'newest' ? other - one : one - other))
      for (const limit of [3, 50, 1_000]) {
        const first = value(searchIds(reader, query, { ...options, sort, limit }))
        expect(first.ids).toEqual(inOrder.slice(0, limit))
        if (first.nextCursor === undefined) expect(inOrder.length).toBeLessThanOrEqual(limit)
        else {
          const next = value(searchIds(reader, query, { ...options, sort, limit, cursor: first.nextCursor }))
          expect(next.ids).toEqual(inOrder.slice(limit, limit * 2))
        }
      }
    }
  })
})
