import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { search } from '#mail/search/index.ts'
import { type ArrivedPage, check, type IncomingMessage, MailWriter, packBatch, seal } from '#mail/store/index.ts'
import { bytes } from '../../../src/mail/store/database.ts'
import { foldForIndex, foldForQuery } from '../../../src/mail/store/folding.ts'
import { parseStructure, segmentsOf } from '../../../src/mail/store/fts/structure.ts'
import { unpackBatch } from '../../../src/mail/store/packed.ts'
import { type Letter, letter, mailbox, now, type TestMailbox, value } from './mailbox.ts'

function page(messages: readonly IncomingMessage[], said: Partial<ArrivedPage['state']> = {}): ArrivedPage {
  const state: ArrivedPage['state'] = {
    account: 'home',
    mailbox: 'INBOX',
    uidvalidity: 1,
    states: [],
    gone: [],
    isRenumbered: false,
    skipped: [],
    kinds: ['keyword'],
    cursor: 'c1',
    remaining: 0,
    ...said,
  }
  return { batches: messages.length === 0 ? [] : [packBatch(seal(messages))], state }
}

function placed(uid: number, said: Letter = {}): IncomingMessage {
  return letter({ ...said, provider: { location: { mailbox: 'INBOX', uidvalidity: 1, uid } } })
}

const subjects = (box: TestMailbox, query: string) =>
  value(search(box.reader, query, { now, timeZone: 'UTC' })).messages.map(({ subject }) => subject)

function cursorOf(box: TestMailbox): string | null | undefined {
  return box.reader.mailboxSyncs('home').find(({ key }) => key === 'INBOX')?.cursor
}

function isSound(box: TestMailbox): void {
  expect(value(check(box.reader, { withRaw: true }))).toEqual([])
}

describe('pages that are taken together', () => {
  test('give what they give one by one, each with its outcome', () => {
    const pages = [
      page([placed(1, { subject: 'one' }), placed(2, { subject: 'two' })], { cursor: 'c1', remaining: 1 }),
      page([placed(3, { subject: 'three' })], {
        cursor: 'c2',
        states: [{ uid: 1, flags: 1, labels: [] }],
        gone: [2],
      }),
    ]
    const together = mailbox()
    const { taken, failed } = together.writer.takePages(pages)
    expect(failed).toBeUndefined()
    expect(taken.map(({ ingested }) => ingested.map(({ outcome }) => outcome))).toEqual([
      ['stored', 'stored'],
      ['stored'],
    ])
    expect(taken[1]?.changed).toHaveLength(2)
    expect(cursorOf(together)).toBe('c2')
    const apart = mailbox()
    for (const each of pages) expect(apart.writer.takePages([each]).failed).toBeUndefined()
    for (const query of ['in:anywhere', 'is:unread', 'in:inbox']) {
      expect(subjects(together, query)).toEqual(subjects(apart, query))
    }
    isSound(together)
  })

  test('one that cannot be taken holds back those behind it and nothing else', () => {
    const box = mailbox()
    const { taken, failed } = box.writer.takePages([
      page([placed(1, { subject: 'one' })], { cursor: 'c1' }),
      page([placed(2, { subject: 'two' })], { cursor: 'c2', mailbox: 'nowhere' }),
      page([placed(3, { subject: 'three' })], { cursor: 'c3' }),
    ])
    expect(taken).toHaveLength(1)
    expect(failed).toMatchObject({ code: 'label_unknown' })
    expect(subjects(box, 'in:inbox')).toEqual(['one'])
    expect(cursorOf(box)).toBe('c1')
    isSound(box)
  })

  test('a header and then its message in one transaction are one entry of the index', () => {
    const box = mailbox()
    const said = { messageId: 'm@test.example', subject: 'plan', provider: { messageId: 'x1' } }
    const header = letter({ ...said, raw: undefined as never, text: 'draft' })
    const whole = letter({ ...said, text: 'the content' })
    const { taken, failed } = box.writer.takePages([page([header]), page([whole], { cursor: 'c2' })])
    expect(failed).toBeUndefined()
    expect(taken.flatMap(({ ingested }) => ingested.map(({ outcome }) => outcome))).toEqual(['stored', 'changed'])
    expect(subjects(box, 'content')).toEqual(['plan'])
    expect(subjects(box, 'draft')).toEqual([])
    isSound(box)
  })
})

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u30fc]/u

test('text is folded for the index as it is for a question, whatever it is made of', () => {
  const unit = fc.oneof(
    fc.constantFrom(
      'é',
      'e\u0301',
      'ß',
      'Ł',
      'ﬁ',
      '１',
      'Й',
      'й',
      'ё',
      'ῶ',
      'ά',
      '\ue000',
      '\u{f0000}',
      '\u0300',
      '–',
      ' ',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter(each => !unspaced.test(each.normalize('NFKC'))),
  )
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 40 }), units => {
      const text = units.join('')
      expect(foldForIndex(text).trim().split(/\s+/)).toEqual(foldForQuery(text).text.trim().split(/\s+/))
    }),
    { numRuns: 2_000 },
  )
})

test('characters that stand for many are folded to a limit, and no run of them is too long', () => {
  for (const character of ['\u3316', '\ufdfa', '\uff71']) {
    const folded = foldForIndex(character.repeat(1 << 20))
    expect(folded.length).toBeGreaterThanOrEqual(1 << 20)
    expect(folded.length).toBeLessThan(4 << 20)
  }
})

test('a packed batch holds what was sealed, and not the large buffers that its texts are parts of', () => {
  const batch = seal([
    letter({ text: 'a word', flags: 1, raw: Buffer.from('Subject: a\n\na word\n') }),
    letter({ provider: { messageId: 'p' }, labels: [] }),
    letter({ text: 'more', raw: Buffer.from('more') }),
  ])
  const packed = packBatch(batch)
  expect(packed.packed.length).toBeLessThan(10_000)
  const unpacked = unpackBatch(packed)
  expect(unpacked.messages.map(({ terms }) => Buffer.from(terms.body).toString())).toEqual(['a word', '', 'more'])
  expect(unpacked).toEqual({ ...batch, texts: [] })
})

test('an index of many segments is merged as mail comes, but not where very much is expected', () => {
  const box = mailbox()
  const segments = () => {
    const row = box.reader.statements.one('SELECT block FROM message_index_data WHERE id = 10')
    return segmentsOf(parseStructure(bytes(row, 0)).levels).length
  }
  let word = 0
  const ingestEach = (count: number) => {
    for (let at = 0; at < count; at++) value(box.writer.ingest(seal([letter({ text: `word${word++}` })])))
  }
  box.writer.expectMuch(true)
  ingestEach(300)
  expect(segments()).toBe(300)
  box.writer.expectMuch(false)
  ingestEach(3)
  expect(segments()).toBeLessThan(300)
  isSound(box)
  box.writer.expectMuch(true)
  value(MailWriter.open(box.path)).close()
  expect(subjects(box, 'word0 OR word302')).toHaveLength(2)
})
