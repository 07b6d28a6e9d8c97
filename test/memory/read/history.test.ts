import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LogRecord } from '#memory/canonical/record.ts'
import { Pipeline } from '#memory/compile/pipeline.ts'
import type { U64 } from '#memory/integer.ts'
import { history, historyBlocks, historyText } from '#memory/read/history.ts'
import { core, programs } from '../vectors.ts'

interface Block {
  readonly at: U64
  readonly input: string
}

/** What a fresh log holds after these batches; what is refused leaves nothing. */
function written(blocks: readonly Block[]): LogRecord[] {
  const pipeline = new Pipeline()
  return blocks.flatMap(({ at, input }) => {
    const batch = pipeline.compile(input, at)
    if (!batch.ok) return []
    pipeline.commit()
    return batch.value.records
  })
}

/** The same by way of text; here nothing may be refused. */
function rewritten(records: readonly LogRecord[]): LogRecord[] {
  const batches = [...history(records)]
  expect(batches.flatMap(({ unwritable }) => unwritable)).toEqual([])
  const blocks = historyBlocks([...historyText(batches)].join('')) ?? []
  const pipeline = new Pipeline()
  return blocks.flatMap(({ at, input }) => {
    const batch = pipeline.compile(input, at)
    if (!batch.ok)
      throw new Error(`${input}\n${JSON.stringify(batch.error, (_, v) => (typeof v === 'bigint' ? `${v}` : v))}`)
    pipeline.commit()
    return batch.value.records
  })
}

const blocksOf = (batches: readonly string[]): Block[] => batches.map((input, index) => ({ at: 1000 + index, input }))

describe('decoded and committed to an empty log, the same records come back:', () => {
  test.each<[string, readonly string[]]>([
    ['no forms', ['', '; only a comment']],
    [
      'milliseconds and the future',
      ['(sem @a p 1 :src @observation :c 0.5 :v 2099-01-01T00:00:00.007Z :projected true)'],
    ],
    ['kinds that a place does not give', ['(sem @a p @b:Document :src @x:Registry :c 0.5 :v 1970-01-01)']],
    [
      'names from before and after a rename',
      [
        '(sem @a p @b :src @profile :c 0.5 :v 1970-01-01)',
        '(rename @a @c) (sem @c p @b :src @profile :c 0.4 :v 1970-01-01T00:00:01Z)',
      ],
    ],
    [
      'a rename between forms that bring their own names',
      [
        '(sem @a p 1 :src @observation :c 0.5 :v 1970-01-01) (rename @a @b) (sem @c q 1 :src @observation :c 0.5 :v 1970-01-01)',
      ],
    ],
    [
      'a source that grounds less under its new name',
      ['(pro @r 1 2 :scp @s :src @policy :c 1)', '(pro @r 3 4 :scp @s :src @policy :c 1) (rename @policy @law)'],
    ],
    [
      'a source that grounds more under its new name',
      [
        '(sem @a p @law:Agent :src @observation :c 0.5 :v 1970-01-01)',
        '(rename @law @policy) (pro @r 3 4 :scp @s :src @policy :c 1)',
      ],
    ],
    [
      'conclusions, staleness and retroactive facts',
      [
        '(sem @a p 1 :src @observation :c 0.5 :v 1970-01-01T00:00:02Z)',
        '(inf @a q 2 (@__mem_0) @direct_lookup :c 0.5 :v 1970-01-01)',
        '(sem @a p 3 :src @observation :c 0.5 :v 1970-01-01T00:00:03Z)',
        '(sem @a p 4 :src @observation :c 0.5 :v 1970-01-01T00:00:01Z)',
      ].map(batch => batch.replace(':c 0.5 :v 1970-01-01T00:00:0', ':c 0.5 :projected true :v 1970-01-01T00:00:0')),
    ],
    ['names for nothing', ['(alias @a @a)', '(sem @b p 1 :src @observation :c 0 :v 1970-01-01) (alias @z @z)']],
    ['a second name', ['(sem @b p 1 :src @observation :c 0 :v 1970-01-01) (alias @b @z)', '(alias @y @z)']],
    [
      'flags, also of what does not exist',
      ['(pin @m :actor @a) (unpin @m :actor @b)', '(authoritative_set @m :actor @c)'],
    ],
    [
      'episodes with everything',
      [
        '',
        '(episode :start :label "x\\"\\n; batch 5" :parent_episode @__ep_0 :retracts (@__ep_0 @m)) (pin @m :actor @a)',
        '(pin @n :actor @a) (episode :start :parent_episode @o)',
        '(episode :close) (retire @a) (retire @a :reason "done")',
      ],
    ],
    ['strings that look like a batch', ['(sem @a p "\n; batch 7\n(retire @a)" :src @observation :c 0 :v 1970-01-01)']],
  ])('%s', (_name, batches) => {
    const records = written(blocksOf(batches))
    expect(records.filter(({ type }) => type === 'checkpoint')).toHaveLength(batches.length)
    expect(rewritten(records)).toEqual(records)
  })

  test.each(programs().map(({ name, steps }) => [name, steps] as const))('%s', (_name, steps) => {
    const blocks = steps.flatMap(({ commit: input, now }) =>
      input === undefined || now === undefined ? [] : [{ at: Number(now), input }],
    )
    const records = written(blocks)
    expect(records.length).toBeGreaterThan(300)
    expect(rewritten(records)).toEqual(records)
  })

  test.each(core().scenarios.map(({ name, steps }) => [name, steps] as const))('%s', (_name, steps) => {
    const records = written(steps.flatMap(({ input, now }) => (input && now ? [{ at: Number(now), input }] : [])))
    expect(rewritten(records)).toEqual(records)
  })

  test('batches of anything', () => {
    let committed = 0
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 25 }), batches => {
        const records = written(blocksOf(batches))
        committed += records.filter(({ type }) => type === 'checkpoint').length
        expect(rewritten(records)).toEqual(records)
      }),
      { numRuns: 400 },
    )
    expect(committed).toBeGreaterThan(400) // else the generator makes nothing but refusals
  })
})

describe('what no batch of this language can have written is named:', () => {
  const alloc = (symbol: number, name: string, kind: 'Agent' | 'Memory' = 'Agent') =>
    ({ type: 'symbol_alloc', symbol, name, kind, at: 1 }) as const
  const checkpoint = { type: 'checkpoint', episode: 9, at: 1, memoryCount: 0 } as const
  const found = (...records: readonly LogRecord[]) => [...history([...records, checkpoint])][0]

  test('a symbol that nothing mentions', () => {
    expect(found(alloc(1, 'a'))).toMatchObject({ forms: [], unwritable: [{ symbol: 1, slot: 'alloc' }] })
  })

  test('a name that is syntax stands nowhere in the text', () => {
    const batches = history([
      alloc(1, 'a) (retire @b\n; batch 5', 'Memory'),
      { type: 'pin', memory: 1, at: 1, actor: 1 },
      checkpoint,
    ])
    const text = [...historyText(batches)].join('')
    expect(text).not.toContain('retire')
    expect(historyBlocks(text)).toHaveLength(1)
  })

  test('edges and events that are never written', () => {
    const edge = { type: 'corrects', from: 1, to: 2, at: 1 } as const
    const unretire = { type: 'symbol_unretire', symbol: 1, name: 'a', kind: 'Agent', at: 1 } as const
    expect(found(edge, unretire)?.unwritable.map(({ slot }) => slot)).toEqual(['corrects', 'symbol_unretire'])
  })

  test('many names and as many forms take no more than a walk over them', () => {
    const many = Array.from({ length: 200_000 }, (_, index) => alloc(index + 10, `a${index}`))
    const flags = many.map(({ symbol }) => ({ type: 'pin', memory: symbol, at: 1, actor: symbol }) as const)
    const [batch] = history([...many, ...flags, checkpoint])
    expect(batch?.forms).toHaveLength(flags.length)
  })
})

describe('a text is a history only by its title:', () => {
  test('a batch with lines that look like one is one batch', () => {
    expect(historyBlocks('; batch 5\n(retire @a)\n; batch 6\n')).toBeUndefined()
  })

  test('line ends of another system are the same to it', () => {
    expect(historyBlocks('; postern memory history 1\r\n; batch 7\r\n(a)\r\n')).toEqual([{ at: 7, input: '(a)\n' }])
  })

  test('what stands before the first batch line is passed over, a clock that is none starts no batch', () => {
    const text =
      '; postern memory history 1\nxyz\n; batch 7 2024\n(a)\n; batch 18446744073709551615\n; batch x\n; batch 8\n'
    expect(historyBlocks(text)).toEqual([
      { at: 7, input: '(a)\n; batch 18446744073709551615\n; batch x' },
      { at: 8, input: '' },
    ])
  })
})

/** Small pools, so that names meet; what does not fit is refused and leaves nothing. */
const name = fc.constantFrom('a', 'b', 'c', 'policy', 'profile', 'observation', 'x1', 'x2')
const kind = fc.constantFrom('', '', '', ':Agent', ':Document', ':Literal', ':Memory')
const symbol = fc.tuple(name, kind).map(([each, annotation]) => `@${each}${annotation}`)
const memory = fc.oneof(
  fc.nat({ max: 12 }).map(number => `@__mem_${number}`),
  fc.constantFrom('@m1', '@m2'),
)
const value = fc.oneof(
  symbol,
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.constantFrom('true', 'false', '1.5', '-0.0', '2024-02-29T12:00:00.001Z', 'word'),
  fc.string({ unit: 'binary' }).map(text => `"${text.replace(/["\\]/g, '\\$&')}"`),
)
const time = fc.nat({ max: 3 }).map(second => `1970-01-01T00:00:00.00${second}Z`)
const source = fc.constantFrom('@observation', '@profile', '@policy', '@a')
const confidence = fc.constantFrom('0', '0.5', '0.333', '0.95', '1')
const form = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(symbol, symbol, value, source, confidence, time, fc.constantFrom('', ' :projected true'))
      .map(
        ([s, p, o, src, c, v, projected]) =>
          `(sem ${s} ${p.replace('@', '@p_')} ${o} :src ${src} :c ${c} :v ${v}${projected})`,
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(memory, fc.array(symbol, { maxLength: 3 }), source, confidence, time)
      .map(
        ([e, who, src, c, at]) => `(epi ${e} @met (${who.join(' ')}) @place :at ${at} :obs ${at} :src ${src} :c ${c})`,
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(memory, value, value, source, confidence)
      .map(([r, trigger, action, src, c]) => `(pro ${r} ${trigger} ${action} :scp @scope :src ${src} :c ${c})`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(symbol, value, fc.array(memory, { minLength: 1, maxLength: 3 }), confidence, time)
      .map(([s, o, parents, c, v]) => `(inf ${s} @p_q ${o} (${parents.join(' ')}) @direct_lookup :c ${c} :v ${v})`),
  },
  fc.tuple(name, name).map(([a, b]) => `(rename @${a} @${b})`),
  fc.tuple(name, name).map(([a, b]) => `(alias @${a} @${b})`),
  name.map(each => `(retire @${each} :reason "why")`),
  fc
    .tuple(fc.constantFrom('pin', 'unpin', 'authoritative_set', 'authoritative_clear'), memory, name)
    .map(([flag, target, actor]) => `(${flag} ${target} :actor @${actor})`),
  fc
    .tuple(memory, fc.nat({ max: 5 }))
    .map(([target, episode]) => `(episode :start :label "l" :parent_episode @__ep_${episode} :retracts (${target}))`),
)
const batch = fc.array(form, { maxLength: 4 }).map(forms => forms.join(' '))
