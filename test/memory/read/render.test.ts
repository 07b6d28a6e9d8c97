import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MemoryRecord, SymbolKind, Value } from '#memory/canonical/record.ts'
import { civilTime } from '#memory/read/civil.ts'
import {
  type RenderedSymbol,
  renderConfidence,
  renderLiteral,
  renderMemory,
  renderOperation,
} from '#memory/read/render.ts'

const table: readonly (readonly [string, SymbolKind])[] = [
  ['alice', 'Agent'],
  ['email', 'Predicate'],
  ['profile', 'Agent'],
  ['home', 'Literal'],
  ['handbook', 'Document'],
  ['__mem_0', 'Memory'],
  ['trip', 'Memory'],
  ['visit', 'EventType'],
  ['mail', 'Scope'],
  ['citation_link', 'InferenceMethod'],
]
const symbols = (id: number | bigint): RenderedSymbol | undefined => {
  const [name, kind] = table[Number(id)] ?? []
  return name === undefined || kind === undefined ? undefined : { name, kind }
}
const id = (name: string) => table.findIndex(([each]) => each === name)

const at = Date.UTC(2024, 0, 15, 10)
const clocks = { validAt: at, observedAt: at, committedAt: at, invalidAt: undefined } as const
const fact: MemoryRecord = {
  type: 'sem',
  memory: 5,
  subject: id('alice'),
  predicate: id('email'),
  object: { type: 'string', value: 'alice@example.org' },
  source: id('profile'),
  confidence: 62258,
  ...clocks,
  projected: false,
}
const text = (record: MemoryRecord) => {
  const rendered = renderMemory(record, symbols)
  return rendered.ok ? rendered.value : rendered.error
}

describe('what cannot be written is an error, never text:', () => {
  test('an id that no symbol has', () => {
    expect(text({ ...fact, subject: 99 })).toEqual({ code: 'symbol_unknown', symbol: 99, slot: 'sem.s' })
    expect(text({ ...fact, object: { type: 'symbol', id: 98 } })).toMatchObject({ symbol: 98, slot: 'sem.o' })
  })

  test('a name that would be syntax', () => {
    for (const name of ['a) (retire @b', 'A', '', 'a b', 'é', 'a\n', '0a', 'a"']) {
      const rendered = renderMemory(fact, each => (each === 0 ? { name, kind: 'Agent' } : symbols(each)))
      expect(rendered).toEqual({ ok: false, error: { code: 'symbol_unwritable', symbol: 0, slot: 'sem.s' } })
      const renamed = { type: 'symbol_rename', symbol: 0, name, kind: 'Agent', at } as const
      expect(renderOperation(renamed, symbols)?.ok).toBe(false)
    }
  })

  test('another kind in a list, where the language drops kinds', () => {
    const event: MemoryRecord = {
      type: 'epi',
      memory: 5,
      event: id('trip'),
      eventType: id('visit'),
      participants: [id('handbook')],
      location: id('home'),
      at,
      observedAt: at,
      source: id('profile'),
      confidence: 0,
      committedAt: at,
      invalidAt: undefined,
    }
    expect(text(event)).toEqual({ code: 'symbol_unwritable', symbol: id('handbook'), slot: 'epi.participant' })
  })
})

describe('a memory as the form that wrote it:', () => {
  test('a fact', () => {
    expect(text(fact)).toBe('(sem @alice @email "alice@example.org" :src @profile :c 0.95000 :v 2024-01-15T10:00:00Z)')
  })

  test('a fact with milliseconds, projected, of a kind that its place does not give', () => {
    const object: Value = { type: 'symbol', id: id('handbook') }
    expect(text({ ...fact, object, validAt: at + 250, projected: true })).toBe(
      '(sem @alice @email @handbook:Document :src @profile :c 0.95000 :v 2024-01-15T10:00:00.250Z :projected true)',
    )
  })

  test('an event', () => {
    const event: MemoryRecord = {
      type: 'epi',
      memory: 5,
      event: id('trip'),
      eventType: id('visit'),
      participants: [id('alice'), id('profile')],
      location: id('home'),
      at,
      observedAt: at + 5250,
      source: id('profile'),
      confidence: 65535,
      committedAt: at,
      invalidAt: undefined,
    }
    expect(text(event)).toBe(
      '(epi @trip @visit (@alice @profile) @home :at 2024-01-15T10:00:00Z :obs 2024-01-15T10:00:05.250Z :src @profile :c 1.00000)',
    )
  })

  test('a rule, with and without a condition', () => {
    const rule: MemoryRecord = {
      type: 'pro',
      memory: 5,
      rule: id('trip'),
      trigger: { type: 'string', value: 'agent_write' },
      action: { type: 'boolean', value: true },
      precondition: { type: 'integer', value: -42 },
      scope: id('mail'),
      source: id('profile'),
      confidence: 65535,
      ...clocks,
    }
    expect(text(rule)).toBe('(pro @trip "agent_write" true :pre -42 :scp @mail :src @profile :c 1.00000)')
    expect(text({ ...rule, precondition: undefined })).toBe(
      '(pro @trip "agent_write" true :scp @mail :src @profile :c 1.00000)',
    )
  })

  test('a conclusion', () => {
    const conclusion: MemoryRecord = {
      type: 'inf',
      memory: 6,
      subject: id('alice'),
      predicate: id('email'),
      object: { type: 'timestamp', at },
      parents: [id('__mem_0')],
      method: id('citation_link'),
      confidence: 39321,
      ...clocks,
      projected: false,
      stale: true,
    }
    expect(text(conclusion)).toBe(
      '(inf @alice @email 2024-01-15T10:00:00Z (@__mem_0) @citation_link :c 0.60000 :v 2024-01-15T10:00:00Z)',
    )
  })
})

describe('values:', () => {
  test.each<[Value, string]>([
    [{ type: 'float', value: 3 }, '3.0'],
    [{ type: 'float', value: 0 }, '0.0'],
    [{ type: 'float', value: -0 }, '-0.0'],
    [{ type: 'float', value: 0.5 }, '0.5'],
    [{ type: 'float', value: 1e21 }, '1000000000000000000000.0'],
    [{ type: 'float', value: 1e-7 }, '0.0000001'],
    [{ type: 'float', value: 1.5e-8 }, '0.000000015'],
    [{ type: 'float', value: 123456.789 }, '123456.789'],
    [{ type: 'float', value: Number.NaN }, 'nil'],
    [{ type: 'integer', value: -(2n ** 63n) }, '-9223372036854775808'],
    [{ type: 'string', value: 'a"b\\c\nd\re\tf\u0000é' }, '"a\\"b\\\\c\\nd\\re\\tf\u0000é"'],
  ])('%o is %s', (value, expected) => {
    if (value.type === 'symbol') throw new Error('no literal')
    expect(renderLiteral(value)).toBe(expected)
  })

  test('every float is digits with one dot, and the same number again', () => {
    const check = (value: number) => {
      const rendered = renderLiteral({ type: 'float', value })
      expect(rendered).toMatch(/^-?[0-9]+\.[0-9]+$/)
      expect(Number(rendered)).toBe(value)
    }
    for (const value of [5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, Infinity, -Infinity, 2 ** 53]) check(value)
    fc.assert(fc.property(fc.double({ noNaN: true }), check), { numRuns: 2000 })
  })

  test('every confidence has five decimals and comes back', () => {
    for (let confidence = 0; confidence <= 65535; confidence++) {
      const rendered = renderConfidence(confidence)
      expect(rendered.length).toBe(7)
      expect(Math.round(Math.fround(Number(rendered)) * 65535)).toBe(confidence)
    }
  })
})

describe('times:', () => {
  test.each<[number | bigint, string]>([
    [0, '1970-01-01T00:00:00Z'],
    [946684800000, '2000-01-01T00:00:00Z'],
    [1705276800000, '2024-01-15T00:00:00Z'],
    [1705276800007, '2024-01-15T00:00:00.007Z'],
    [253402300799999, '9999-12-31T23:59:59.999Z'],
    [253402300800000, '10000-01-01T00:00:00Z'],
    [8.64e15, '275760-09-13T00:00:00Z'],
    [2n ** 64n - 2n, '584556019-04-03T14:25:51.614Z'],
  ])('%s is %s', (ms, expected) => {
    expect(civilTime(ms)).toBe(expected)
  })

  test('beyond four digits as JavaScript has them, as far as it goes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 253402300800000, max: 8.64e15 }), ms => {
        const expected = new Date(ms).toISOString().replace('.000Z', 'Z').replace(/^\+0*/, '')
        expect(civilTime(ms)).toBe(expected)
      }),
    )
  })
})
