import { Buffer } from 'node:buffer'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#base/clock.ts'
import { err, ok } from '#base/result.ts'
import { MailWriter } from '#mail/store/index.ts'
import { openForReading, openForWriting, Statements } from '../../../src/mail/store/database.ts'
import { storeError } from '../../../src/mail/store/errors.ts'
import { SegmentBuilder } from '../../../src/mail/store/fts/index.ts'
import { columnsOf } from '../../../src/mail/store/index-terms.ts'
import { type SealedMessage, seal } from '../../../src/mail/store/seal.ts'
import { Writing } from '../../../src/mail/store/writing.ts'
import { newDirectory } from '../../postern.ts'
import { letter, value } from './mailbox.ts'

/** Texts of few words, so that many messages share them; now and then one that fills pages. */
const text = fc.oneof(
  { weight: 8, arbitrary: fc.array(fc.nat(19), { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.array(fc.nat(19), { minLength: 300, maxLength: 2_000 }) },
)
const ids = fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 6 })

/** What happens to the index within a transaction. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constantFrom('segment' as const, 'add' as const), ids, text }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('replace' as const, 'remove' as const), ids, text }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('merge' as const), ids, text }) },
)
const transaction = fc.record({
  connection: fc.nat(1),
  steps: fc.array(step, { minLength: 1, maxLength: 4 }),
  ends: fc.oneof(
    { weight: 5, arbitrary: fc.constant('kept' as const) },
    { weight: 1, arbitrary: fc.constantFrom('given up' as const, 'given up once written' as const) },
  ),
})

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never
type Texts = ReadonlyMap<number, string>

test('the index holds what was kept, whoever wrote it and whatever was given up', () => {
  fc.assert(
    fc.property(
      fc.array(transaction, { maxLength: 25 }),
      fc.integer({ min: 1, max: 5 }),
      (transactions, segmentsMax) => {
        const file = join(newDirectory('index'), 'mail.db')
        value(MailWriter.open(file)).close()
        const writers = [connected(file, segmentsMax), connected(file, segmentsMax)]
        const reader = openForReading(file)
        let kept: Texts = new Map()
        for (const { connection, steps, ends } of transactions) {
          const writing = writers[connection]
          if (writing === undefined) throw new RangeError('two connections')
          const after = new Map(kept)
          writing.transaction(() => {
            for (const each of steps) take(writing, after, each)
            if (ends === 'kept') return ok(undefined)
            if (ends === 'given up once written') writing.index.write()
            return err(storeError('batch_invalid', 'given up'))
          })
          if (ends === 'kept') kept = after
          for (const database of [reader, ...writers.map(each => each.database)]) holds(new Statements(database), kept)
        }
        const [first] = writers
        first?.statements.run("INSERT INTO message_index(message_index) VALUES ('integrity-check')")
        for (const database of [reader, ...writers.map(each => each.database)]) database.close()
      },
    ),
    { numRuns: 40 },
  )
})

function connected(file: string, segmentsMax: number): Writing {
  const database = openForWriting(file)
  onTestFinished(() => {
    if (database.isOpen) database.close()
  })
  const writing = new Writing(database, systemClock)
  writing.index.segmentsMax = segmentsMax
  return writing
}

const builder = new SegmentBuilder()

function take(writing: Writing, texts: Map<number, string>, { does, ids: wanted, text: numbers }: Step): void {
  const words = numbers.map(number => `w${number}`).join(' ')
  const inOrder = [...wanted].sort((one, other) => one - other).map(id => id * 4096 + 1)
  if (does === 'merge') writing.index.merge(numbers.length + 1)
  else if (does === 'remove' || does === 'replace') {
    for (const id of inOrder.filter(each => texts.has(each))) {
      if (does === 'remove') writing.index.remove(id)
      else writing.index.replace(id, sealed(words))
      if (does === 'remove') texts.delete(id)
      else texts.set(id, words)
    }
  } else {
    const fresh = inOrder.filter(each => !texts.has(each))
    const message = sealed(words)
    if (does === 'segment' && fresh.length > 0) {
      for (const id of fresh) builder.add(id, columnsOf(message.incoming.document, message.terms))
      writing.index.addSegment(builder.finish())
    }
    for (const id of fresh) {
      writing.index.add(id, message)
      texts.set(id, words)
    }
  }
}

function sealed(words: string): SealedMessage {
  const [message] = seal([letter({ text: words, raw: Buffer.from(words) })]).messages
  if (message === undefined) throw new RangeError('one message was sealed')
  return message
}

function holds(statements: Statements, texts: Texts): void {
  for (const word of ['w0', 'w7', 'w19']) {
    const found = statements.all('SELECT rowid FROM message_index WHERE body MATCH ? ORDER BY rowid', word)
    const expected = [...texts].filter(([, words]) => words.split(' ').includes(word)).map(([id]) => id)
    expect(found.map(row => row[0])).toEqual(expected.sort((one, other) => one - other))
  }
}
