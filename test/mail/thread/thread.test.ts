import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { IncomingMessage } from '../../../src/mail/store/index.ts'
import { arrange, baseSubject, parentKeys, threadNodes } from '../../../src/mail/thread/index.ts'
import { dayMs, type Letter, letter, mailbox, now, value } from '../store/mailbox.ts'

/** Threads as sets of subjects, by the order in which the messages arrive. */
function partition(messages: readonly IncomingMessage[], batch = 1): string[][] {
  const box = mailbox()
  for (let at = 0; at < messages.length; at += batch) box.take(messages.slice(at, at + batch))
  const threads = new Map<string, string[]>()
  const ids = box.reader.statements.all('SELECT id FROM messages').map(row => Number(row[0]))
  for (const { threadId, subject } of box.reader.list(ids))
    threads.set(threadId, [...(threads.get(threadId) ?? []), subject])
  return [...threads].map(([id, subjects]) => [id, ...subjects.sort()]).sort()
}

function groups(messages: readonly IncomingMessage[]): string[][] {
  return partition(messages)
    .map(([, ...subjects]) => subjects)
    .sort()
}

const named = (subject: string, said: Letter = {}) => letter({ subject, messageId: `${subject}@id.example`, ...said })
const id = (subject: string) => `${subject}@id.example`

describe('what belongs together', () => {
  test('replies and the replies to replies', () => {
    const mail = [named('a'), named('b', { references: [id('a')] }), named('c', { inReplyTo: [id('b')] }), named('d')]
    expect(groups(mail)).toEqual([['a', 'b', 'c'], ['d']].sort())
  })

  test('siblings whose parent never arrived', () => {
    expect(groups([named('b', { references: [id('lost')] }), named('c', { inReplyTo: [id('lost')] })])).toEqual([
      ['b', 'c'],
    ])
  })

  test("a provider's thread id outranks what the headers say", () => {
    const mail = [
      named('a', { provider: { threadId: '1' } }),
      named('b', { provider: { threadId: '2' }, references: [id('a')] }),
      named('c', { provider: { threadId: '1' } }),
      named('local copy', { references: [id('b')] }),
    ]
    expect(groups(mail)).toEqual([
      ['a', 'c'],
      ['b', 'local copy'],
    ])
  })

  test('threads of two accounts stay apart', () => {
    expect(groups([named('a'), named('b', { account: 'work', references: [id('a')] })])).toEqual([['a'], ['b']])
  })

  test('a reply without references joins what it answers by subject', () => {
    const question = named('Lunch plans', { from: 'Ann <ann@x.example>', to: ['ben@x.example'], date: now - 3 * dayMs })
    const answer = named('AW: Lunch plans', {
      from: 'Ben <ben@x.example>',
      to: ['ann@x.example'],
      date: now - 2 * dayMs,
    })
    expect(groups([question, answer])).toEqual([['AW: Lunch plans', 'Lunch plans']])
    expect(groups([answer, question])).toEqual([['AW: Lunch plans', 'Lunch plans']])
  })

  test.each<[string, Letter]>([
    ['of somebody who was not written to', { from: 'Eve <eve@x.example>' }],
    ['to somebody else', { to: ['eve@x.example'] }],
    ['of two months later', { date: now }],
    ['of the day before', { date: now - 61 * dayMs }],
    ['with another subject', { subject: 'Re: Dinner plans' }],
    ['that is no reply', { subject: 'Lunch plans' }],
    ['that names another parent', { references: ['other@id.example'] }],
  ])('no message %s is joined by subject', (_, said) => {
    const question = letter({
      subject: 'Lunch plans',
      from: 'ann@x.example',
      to: ['ben@x.example'],
      date: now - 60 * dayMs,
    })
    const answer = {
      subject: 'Re: Lunch plans',
      from: 'ben@x.example',
      to: ['ann@x.example'],
      date: now - 59 * dayMs,
      ...said,
    }
    expect(groups([question, letter(answer)]).length).toBe(2)
    expect(groups([letter(answer), question]).length).toBe(2)
  })
})

test('the same messages in any order and any batches make the same threads with the same ids', () => {
  const names = Array.from({ length: 14 }, (_, at) => `m${at}`)
  const made = fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 40 }),
      references: fc.array(fc.constantFrom(...names), { maxLength: 3 }),
      inReplyTo: fc.array(fc.constantFrom(...names), { maxLength: 1 }),
      own: fc.constantFrom(...names, ''),
      thread: fc.constantFrom(undefined, undefined, undefined, undefined, 'T1', 'T2'),
      subject: fc.constantFrom('Re: party time', 'party time', 'Re: other'),
      from: fc.constantFrom('a@x.example', 'b@x.example'),
      to: fc.constantFrom('a@x.example', 'b@x.example'),
    }),
    { minLength: 2, maxLength: 12 },
  )
  fc.assert(
    fc.property(made, fc.integer(), fc.integer({ min: 1, max: 5 }), (mail, seed, batch) => {
      const messages = mail.map(({ at, references, inReplyTo, own, thread, subject, from, to }, number) =>
        letter({
          date: now - at * dayMs,
          messageId: own === '' ? '' : id(own),
          references: references.map(id),
          inReplyTo: inReplyTo.map(id),
          subject,
          from,
          to: [to],
          raw: Buffer.from(`${number}`),
          ...(thread === undefined ? {} : { provider: { threadId: thread } }),
        }),
      )
      const shuffled = [...messages].sort((one, other) => hash(one, seed) - hash(other, seed))
      expect(partition(shuffled, batch)).toEqual(partition(messages))
    }),
    { seed: 6, numRuns: Number(process.env.PROPERTY_RUNS ?? 60) },
  )
}, 600_000)

function hash({ raw }: IncomingMessage, seed: number): number {
  return Math.imul((Number(Buffer.from(raw ?? []).toString()) + 1) * 2654435761, seed | 1) >>> 0
}

describe('headers that nobody should write', () => {
  test('twenty thousand references are a dozen', () => {
    const references = Array.from({ length: 20_000 }, (_, at) => `reference-${at}@x.example`)
    expect(threadNodes(1, { messageId: 'own@x.example', references, inReplyTo: [] }).length).toBe(13)
    expect(parentKeys({ messageId: '', references, inReplyTo: [] }).length).toBe(12)
    const began = process.cpuUsage().user
    const box = mailbox()
    box.take(Array.from({ length: 300 }, (_, at) => letter({ references: references.slice(at) })))
    expect((process.cpuUsage().user - began) / 1e6).toBeLessThan(10)
  })

  test('one Message-ID on thousands of messages costs no more than as many threads', () => {
    const box = mailbox()
    const began = process.cpuUsage().user
    const ids = box.take(
      Array.from({ length: 3_000 }, (_, at) => letter({ messageId: 'same@x.example', date: now - at * 1000 })),
    )
    expect((process.cpuUsage().user - began) / 1e6).toBeLessThan(10)
    const [first] = box.reader.list(ids.slice(0, 1))
    expect(box.reader.thread(first?.threadId ?? '')?.length).toBe(2_000)
    expect(value(box.reader.threads({ limit: 5 })).threads[0]?.messages).toBe(3_000)
  })

  test('chains that join in the worst order stay linear', () => {
    const box = mailbox()
    const chain = Array.from({ length: 4_000 }, (_, at) =>
      named(`n${at}`, { references: [id(`n${at + 1}`)], date: now - at * 1000 }),
    )
    const began = process.cpuUsage().user
    for (let half = 0; half < 2; half++) box.take(chain.filter((_, at) => at % 2 === half))
    expect((process.cpuUsage().user - began) / 1e6).toBeLessThan(15)
    expect(box.reader.totals().threads).toBe(1)
  })

  test('a circle of references is read through once', () => {
    const circle = Array.from({ length: 50 }, (_, at) => ({ id: at + 1, key: at + 1, parents: [((at + 1) % 50) + 1] }))
    const places = arrange(circle)
    expect(places.map(place => place.id).sort((a, b) => a - b)).toEqual(circle.map(member => member.id))
  })

  test('any references keep every message once, after a parent that comes earlier in the list', () => {
    const members = fc.array(
      fc.record({
        key: fc.integer({ min: 0, max: 12 }),
        parents: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 4 }),
      }),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(members, list => {
        const thread = list.map((member, at) => ({ ...member, id: at + 1 }))
        const places = arrange(thread)
        expect(places.map(place => place.id).sort((a, b) => a - b)).toEqual(thread.map(member => member.id))
        const seen = new Set<number>()
        for (const { id: place, parent, depth } of places) {
          if (parent !== undefined) expect(seen.has(parent)).toBe(true)
          expect(depth > 0).toBe(parent !== undefined)
          seen.add(place)
        }
        expect(arrange([...thread].reverse())).toEqual(places)
      }),
      { seed: 3, numRuns: 500 },
    )
  })

  test('a chain of ten thousand is arranged without recursion', () => {
    const places = arrange(
      Array.from({ length: 10_000 }, (_, at) => ({ id: at + 1, key: at + 1, parents: at === 0 ? [] : [at] })),
    )
    expect(places.length).toBe(10_000)
    expect(places.at(-1)).toEqual({ id: 10_000, depth: 64, parent: 9_999 })
  })
})

describe('reading order', () => {
  test('a missing parent hands its replies to the nearest ancestor that is here', () => {
    const places = arrange([
      { id: 1, key: 11, parents: [] },
      { id: 4, key: 14, parents: [11, 12, 13] },
      { id: 3, key: 15, parents: [11] },
      { id: 5, key: 16, parents: [11, 15] },
    ])
    expect(places.map(({ id: place, depth }) => [place, depth])).toEqual([
      [1, 0],
      [3, 1],
      [5, 2],
      [4, 1],
    ])
  })
})

describe('base subjects', () => {
  test.each([
    ['Re: plan', 'plan', true],
    ['RE[3]: FW: Plan', 'plan', true],
    ['Fwd: plan', 'plan', false],
    ['[dev] Re: plan', 'plan', true],
    ['Re: [dev] plan (fwd)', 'plan', true],
    ['[Fwd: Re: plan]', 'plan', true],
    ['AW: WG: plan', 'plan', true],
    ['回复：计划', '计划', true],
    ['[ only a tag ]', '[ only a tag ]', false],
    ['Regarding: plan', 'regarding: plan', false],
    ['', '', false],
    ['Re:', '', true],
  ])('%s', (subject, base, isReply) => {
    expect(baseSubject(subject)).toEqual({ base, isReply })
  })

  test('no subject takes long', () => {
    const began = process.cpuUsage().user
    for (const text of ['Re: ', '[x] ', '[Fwd: ', 'Re['.repeat(3), ' ']) baseSubject(text.repeat(200_000))
    expect((process.cpuUsage().user - began) / 1e3).toBeLessThan(1000)
  })
})
