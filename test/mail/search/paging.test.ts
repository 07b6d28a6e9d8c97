import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { print, type Query, type SearchOptions, search, searchIds, type Term } from '../../../src/mail/search/index.ts'
import { FLAG, MailReader } from '../../../src/mail/store/index.ts'
import { letter, mailbox, now, type TestMailbox, value } from '../store/mailbox.ts'

const options: SearchOptions = { now, timeZone: 'UTC' }

function pages(
  box: TestMailbox,
  query: string,
  asked: Partial<SearchOptions>,
  between: () => void = () => {},
): number[] {
  const ids: number[] = []
  let cursor: string | undefined
  do {
    const page = value(
      searchIds(box.reader, query, { ...options, ...asked, ...(cursor === undefined ? {} : { cursor }) }),
    )
    ids.push(...page.ids)
    cursor = page.nextCursor
    between()
  } while (cursor !== undefined)
  return ids
}

describe('pages', () => {
  test.each(['newest', 'oldest'] as const)(
    'ten thousand hits, %s first, while mail comes in: none twice, none left out',
    sort => {
      const box = mailbox()
      const before = box.take(
        Array.from({ length: 10_000 }, (_, at) =>
          letter({ date: now - (at + 1) * 60_000, text: 'needle', flags: at % 3 }),
        ),
      )
      let round = 0
      const came = pages(box, 'needle', { sort, limit: 900 }, () => {
        round++
        box.take(
          Array.from({ length: 5 }, (_, at) => letter({ date: now - (round * 331 + at) * 61_000, text: 'needle' })),
        )
      })
      expect(new Set(came).size).toBe(came.length)
      const missing = before.filter(id => !came.includes(id))
      expect(missing).toEqual([])
      expect(came).toEqual([...came].sort((one, other) => (sort === 'newest' ? other - one : one - other)))
    },
  )

  test('more than 1,080 hits are all within reach, also by relevance', () => {
    const box = mailbox()
    box.take(
      Array.from({ length: 1_500 }, (_, at) =>
        letter({ date: now - at * 1000, text: `needle ${'hay '.repeat(at % 7)}` }),
      ),
    )
    for (const sort of ['newest', 'relevance'] as const) {
      const came = pages(box, 'needle', { sort, limit: 400 })
      expect(new Set(came).size).toBe(1_500)
      expect(came.length).toBe(1_500)
    }
  })

  test('pages of a relative query share one moment', () => {
    const box = mailbox()
    const ids = box.take([letter({ date: now - 3_500_000 }), letter({ date: now - 3_000_000 })])
    const first = value(searchIds(box.reader, 'newer_than:1h', { ...options, limit: 1 }))
    const later = { ...options, now: now + 600_000, limit: 1, cursor: first.nextCursor ?? '' }
    expect(value(searchIds(box.reader, 'newer_than:1h', later)).ids).toEqual([ids[0]])
    expect(first.ids).toEqual([ids[1]])
  })

  test('a cursor of another query, a damaged and a forged one are refused', () => {
    const box = mailbox()
    box.take([letter({ text: 'needle' }), letter({ text: 'needle' })])
    const { nextCursor = '' } = value(searchIds(box.reader, 'needle', { ...options, limit: 1 }))
    for (const cursor of [
      '',
      'x',
      nextCursor.slice(2),
      'W10',
      Buffer.from('[1,9,1,1,1,1]').toString('base64url'),
      'a'.repeat(5000),
    ]) {
      expect(searchIds(box.reader, 'needle', { ...options, cursor })).toMatchObject({
        ok: false,
        error: { code: 'cursor_invalid' },
      })
    }
    expect(searchIds(box.reader, 'hay', { ...options, cursor: nextCursor })).toMatchObject({
      ok: false,
      error: { code: 'cursor_invalid' },
    })
    expect(searchIds(box.reader, ' needle ', { ...options, cursor: nextCursor }).ok).toBe(true)
  })

  test('relevance weighs the subject above the body, and without words the newest come first', () => {
    const box = mailbox()
    const [body, subject] = box.take([
      letter({ date: now - 1000, subject: 'other', text: 'budget and much more about other things' }),
      letter({ date: now - 900_000, subject: 'budget', text: 'see attached sheet for all of the other things' }),
    ])
    expect(value(searchIds(box.reader, 'budget', { ...options, sort: 'relevance' })).ids).toEqual([subject, body])
    for (const query of ['is:unread', 'budget OR is:unread']) {
      const unranked = value(searchIds(box.reader, query, { ...options, sort: 'relevance' }))
      expect(unranked.ids).toEqual([body, subject])
      expect(unranked.warnings.map(({ code }) => code)).toEqual(['no_relevance'])
    }
  })

  test('a reader in another connection sees what was committed', () => {
    const box = mailbox()
    const other = value(MailReader.open(box.path))
    expect(value(search(other, '', options)).messages).toEqual([])
    box.take([letter({ subject: 'new' })])
    expect(value(search(other, '', options)).messages.map(({ subject }) => subject)).toEqual(['new'])
    other.close()
  })
})

interface Facts {
  readonly words: ReadonlySet<string>
  readonly isUnread: boolean
  readonly isStarred: boolean
  readonly hasAttachment: boolean
  readonly label: string
}

const vocabulary = ['apple', 'beech', 'cedar', 'dogwood', 'elm']
const word = fc.constantFrom(...vocabulary)

const leaf: fc.Arbitrary<Query> = fc.oneof(
  word.map(text => ({ kind: 'text' as const, term: { text, form: 'word' } satisfies Term })),
  word.map(text => ({
    kind: 'field' as const,
    field: 'body' as const,
    term: { text: text.slice(0, 3), form: 'prefix' } satisfies Term,
  })),
  fc.constantFrom<Query>(
    { kind: 'is', state: 'unread' },
    { kind: 'is', state: 'starred' },
    { kind: 'has', what: 'attachment' },
    { kind: 'label', name: 'a' },
    { kind: 'label', name: 'b' },
    { kind: 'size', compare: '>', bytes: 1 },
    { kind: 'none' },
  ),
)
const { query } = fc.letrec<{ query: Query }>(tie => ({
  query: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('query'), { minLength: 2, maxLength: 4 }))
      .map(([kind, of]) => ({ kind, of })),
    tie('query').map(of => ({ kind: 'not' as const, of })),
  ),
}))

function fulfils(query: Query, facts: Facts): boolean {
  switch (query.kind) {
    case 'text':
      return facts.words.has(query.term.text)
    case 'field':
      return [...facts.words].some(held => held.startsWith(query.term.text))
    case 'is':
      return query.state === 'unread' ? facts.isUnread : facts.isStarred
    case 'has':
      return facts.hasAttachment
    case 'label':
      return facts.label === query.name
    case 'size':
      return true
    case 'and':
      return query.of.every(member => fulfils(member, facts))
    case 'or':
      return query.of.some(member => fulfils(member, facts))
    case 'not':
      return !fulfils(query.of, facts)
    default:
      return false
  }
}

/** A minus over what is not understood finds nothing, which no truth table says. */
function negatesNone(query: Query): boolean {
  const holdsNone = (one: Query): boolean =>
    one.kind === 'none' ||
    ((one.kind === 'and' || one.kind === 'or') && one.of.some(holdsNone)) ||
    (one.kind === 'not' && holdsNone(one.of))
  if (query.kind === 'not') return holdsNone(query.of)
  return (query.kind === 'and' || query.kind === 'or') && query.of.some(negatesNone)
}

test('every query finds exactly the messages that fulfil it, page by page, in both orders', () => {
  const random = fc.sample(
    fc.record({
      words: fc.subarray(vocabulary),
      isUnread: fc.boolean(),
      isStarred: fc.integer({ min: 0, max: 9 }).map(roll => roll === 0),
      hasAttachment: fc.boolean(),
      label: fc.constantFrom('a', 'a', 'a', 'a', 'a', 'b', 'c'),
    }),
    { seed: 8, numRuns: 2_500 },
  )
  const box = mailbox()
  const ids = box.take(
    random.map(({ words, isUnread, isStarred, hasAttachment, label }, at) =>
      letter({
        date: now - at * 1000,
        subject: '',
        text: words.join(' '),
        flags: (isUnread ? 0 : FLAG.read) | (isStarred ? FLAG.starred : 0),
        labels: [{ key: label, kind: 'folder' }],
        attachments: hasAttachment
          ? [
              {
                part: '2',
                filename: '',
                contentType: 'a/b',
                disposition: 'attachment',
                contentId: '',
                inline: false,
                sizeBytes: 1,
              },
            ]
          : [],
      }),
    ),
  )
  const facts = new Map(random.map((one, at) => [ids[at] ?? 0, { ...one, words: new Set(one.words) }]))
  fc.assert(
    fc.property(
      query,
      fc.constantFrom('newest' as const, 'oldest' as const),
      fc.constantFrom(50, 700, 1000),
      (tree, sort, limit) => {
        fc.pre(!negatesNone(tree))
        const text = print(tree)
        fc.pre(text.length < 2000 && !text.includes('--'))
        const expected = ids.filter(id => {
          const held = facts.get(id)
          return held !== undefined && fulfils(tree, held)
        })
        const came =
          limit === 50
            ? [...value(searchIds(box.reader, text, { ...options, sort, limit })).ids]
            : pages(box, text, { sort, limit })
        const inOrder = expected.sort((one, other) => (sort === 'newest' ? other - one : one - other))
        expect(came).toEqual(limit === 50 ? inOrder.slice(0, 50) : inOrder)
      },
    ),
    { seed: 9, numRuns: Number(process.env.PROPERTY_RUNS ?? 150) },
  )
}, 600_000)
