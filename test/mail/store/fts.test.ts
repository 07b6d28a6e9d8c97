import { Buffer } from 'node:buffer'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Statements } from '../../../src/mail/store/database.ts'
import { appendSegment, type Column, readAnew, SegmentBuilder } from '../../../src/mail/store/fts/index.ts'

const columns = ['one', 'two', 'three']

/** An index as the store's, and all that FTS5 can be made to say of it. */
class Index {
  readonly database = new DatabaseSync(':memory:', { defensive: false })

  constructor() {
    this.database.exec(
      `CREATE VIRTUAL TABLE message_index USING fts5(${columns.join(', ')},
         content = '', contentless_delete = 1, detail = full, tokenize = 'unicode61 remove_diacritics 2');
       INSERT INTO message_index(message_index, rank) VALUES ('automerge', 0);
       INSERT INTO message_index(message_index, rank) VALUES ('usermerge', 2);
       CREATE VIRTUAL TABLE words USING fts5vocab(message_index, instance)`,
    )
  }

  get words(): unknown[] {
    return this.database.prepare('SELECT term, doc, col, "offset" FROM words ORDER BY doc, col, "offset"').all()
  }

  get sizes(): unknown[] {
    return this.database.prepare('SELECT id, hex(sz) FROM message_index_docsize ORDER BY id').all()
  }

  get averages(): unknown {
    return this.database.prepare('SELECT hex(block) FROM message_index_data WHERE id = 1').get()
  }

  command(name: string): void {
    this.database.exec(`INSERT INTO message_index(message_index) VALUES ('${name}')`)
  }

  find(query: string): unknown[] {
    return this.database
      .prepare('SELECT rowid, bm25(message_index) FROM message_index WHERE message_index MATCH ? ORDER BY rowid DESC')
      .all(query)
  }
}

type Documents = readonly { readonly id: number; readonly texts: readonly Column[] }[]

function byFts5(...batches: Documents[]): Index {
  const index = new Index()
  const insert = index.database.prepare('INSERT INTO message_index(rowid, one, two, three) VALUES (?, ?, ?, ?)')
  for (const batch of batches) {
    index.database.exec('BEGIN')
    for (const { id, texts } of batch) insert.run(id, ...texts)
    index.database.exec('COMMIT')
  }
  return index
}

const builder = new SegmentBuilder(7)

function byUs(...batches: Documents[]): Index {
  const index = new Index()
  const statements = new Statements(index.database)
  for (const batch of batches) {
    for (const { id, texts } of batch) builder.add(id, texts)
    index.database.exec('BEGIN')
    appendSegment(statements, builder.finish())
    index.database.exec('COMMIT')
  }
  readAnew(statements)
  return index
}

/** Everything, before and after FTS5 has merged and deleted in what we wrote. */
function expectSame(...batches: Documents[]): void {
  const theirs = byFts5(...batches)
  const ours = byUs(...batches)
  const compare = () => {
    ours.command('integrity-check')
    expect(ours.words).toEqual(theirs.words)
    expect(ours.sizes).toEqual(theirs.sizes)
    expect(ours.averages).toEqual(theirs.averages)
  }
  compare()
  for (const index of [theirs, ours]) index.command('optimize')
  compare()
  const gone = batches.flat().filter((_, at) => at % 3 === 0)
  for (const { database } of [theirs, ours]) {
    const statements = new Statements(database)
    for (const { id } of gone) statements.run('DELETE FROM message_index WHERE rowid = ?', id)
  }
  for (const index of [theirs, ours]) index.command('optimize')
  ours.command('integrity-check')
  expect(ours.words).toEqual(theirs.words)
}

/** Texts as they come to the index, and worse: every kind of character, long words, many of one, none at all. */
const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'aabcdeexyzABZ0189  ..-\t\n_') },
  { weight: 2, arbitrary: fc.constantFrom(...'éÉüßøñçÀşžΑάωЖжиЙ中文かなカ한국\u0301\u0308\u00ad\ue000\ufb01Ⅷ½²') },
  {
    weight: 1,
    arbitrary: fc.nat(0x10ffff).map(code => (code >= 0xd800 && code < 0xe000 ? 'x' : String.fromCodePoint(code))),
  },
)
const text = fc.oneof(
  { weight: 6, arbitrary: fc.array(character, { maxLength: 60 }).map(all => all.join('')) },
  { weight: 1, arbitrary: fc.nat(3_000).map(length => 'word '.repeat(length)) },
  { weight: 1, arbitrary: fc.nat(9_000).map(length => 'lo'.repeat(length)) },
)
const column = fc.oneof(
  text,
  text.map(each => Buffer.from(each)),
)
const batch = fc
  .uniqueArray(fc.tuple(fc.nat(2 ** 44), column, column, column), {
    maxLength: 12,
    minLength: 1,
    selector: ([id]) => id,
  })
  .map(all => all.sort(([one], [other]) => one - other).map(([id, ...texts]) => ({ id: id + 1, texts })))

test('FTS5 finds in our segments what it would have written itself', () => {
  fc.assert(
    fc.property(batch, one => expectSame(one)),
    { numRuns: 60 },
  )
})

test('and in several of them', () => {
  const three = fc.tuple(batch, batch, batch).map(all => {
    const taken = new Set<number>()
    return all.map(each => each.filter(({ id }) => !taken.has(id) && taken.add(id))).filter(each => each.length > 0)
  })
  fc.assert(
    fc.property(three, batches => expectSame(...batches)),
    { numRuns: 20 },
  )
})

test('words whose documents and places go over many pages', () => {
  const documents = Array.from({ length: 4_000 }, (_, at) => ({
    id: at * 9_876_543 + 1,
    texts: ['all', at % 2 === 0 ? 'even '.repeat((at % 7) * 30) : `odd number${at}`, Buffer.from(`x${at % 97} y`)],
  }))
  expectSame(documents.slice(0, 3_000), documents.slice(3_000))
  const [theirs, ours] = [byFts5(documents), byUs(documents)]
  for (const query of [
    'all',
    'even',
    'number3999',
    'all AND x5',
    '"x7 y"',
    'two : odd',
    'num*',
    '^ x3',
    'NEAR(even odd)',
  ]) {
    expect(ours.find(query)).toEqual(theirs.find(query))
  }
})

test('every character that there is', () => {
  // All planes that characters are assigned in, and the first of those for private use.
  const thousands = [...Array.from({ length: 0x34 }, (_, at) => at), 0xe0, 0xf0]
  const documents = thousands.map(at => {
    const codes = Array.from({ length: 0x1000 }, (_, low) => at * 0x1000 + low)
    const characters = codes.filter(code => code < 0xd800 || code > 0xdfff).map(code => String.fromCodePoint(code))
    return { id: at + 1, texts: ['', characters.map(each => `a${each}b`).join(' '), ''] }
  })
  expectSame(documents)
})

test('a word of any length', () => {
  const lengths = [1, 7, 8, 9, 10, 4_000, 4_050, 32_767, 32_768, 32_769, 40_000, 70_000]
  const texts = (length: number) => ['q'.repeat(length), `${'q'.repeat(length - 1)}é`, `é${'q'.repeat(length)}`]
  expectSame(lengths.map((length, at) => ({ id: at + 1, texts: texts(length) })))
})

test('words that are alike in the bytes that are compared first', () => {
  const words = [
    'abcdefgh',
    'xabcdefgh',
    'yabcdefgh',
    'abcdefgh1',
    'abcdefghabcdefgh',
    'ABCDEFGH',
    'h',
    'abcde',
    'abcdef',
  ]
  expectSame([{ id: 1, texts: [words.join(' '), [...words].reverse().join(' '), words.join('.')] }])
})

test('the seed changes nothing that is written', () => {
  const documents = Array.from({ length: 50 }, (_, at) => ({
    id: at + 1,
    texts: [`word${at} common`, 'é', 'longer than eight'],
  }))
  const built = [1, -5, 0x7fffffff].map(seed => {
    const each = new SegmentBuilder(seed)
    for (const { id, texts } of documents) each.add(id, texts)
    return each.finish()
  })
  expect(built[1]).toEqual(built[0])
  expect(built[2]).toEqual(built[0])
})

test('documents out of order are a bug of the caller', () => {
  const each = new SegmentBuilder()
  each.add(2, ['a', 'b', 'c'])
  expect(() => each.add(2, ['a', 'b', 'c'])).toThrow(RangeError)
})
