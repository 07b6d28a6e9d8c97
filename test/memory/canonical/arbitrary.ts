import fc from 'fast-check'
import { type LogRecord, SYMBOL_KINDS, type Value } from '#memory/canonical/record.ts'
import { I64_MAX, I64_MIN, normal, U64_MAX } from '#memory/integer.ts'

/** Records of every kind, over the whole range of every field. */
const wide = fc.oneof(fc.nat().map(BigInt), fc.bigInt({ min: 0n, max: U64_MAX }))
const u64 = wide.map(normal)
const clock = wide.filter(value => value !== U64_MAX).map(normal)
const optionalClock = fc.option(clock, { nil: undefined })
const name = fc.string({ unit: 'grapheme', maxLength: 20 })
const confidence = fc.integer({ min: 0, max: 65535 })

export const anyValue: fc.Arbitrary<Value> = fc.oneof(
  u64.map(id => ({ type: 'symbol', id }) as const),
  fc.bigInt({ min: I64_MIN, max: I64_MAX }).map(value => ({ type: 'integer', value: normal(value) }) as const),
  fc.integer().map(value => ({ type: 'integer', value }) as const),
  fc.double({ noNaN: true }).map(value => ({ type: 'float', value }) as const),
  fc
    .bigInt({ min: 0x7ff0_0000_0000_0001n, max: 0x7fff_ffff_ffff_ffffn })
    .map(bits => ({ type: 'float', value: Number.NaN, bits }) as const),
  fc.boolean().map(value => ({ type: 'boolean', value }) as const),
  fc.string({ unit: 'grapheme' }).map(value => ({ type: 'string', value }) as const),
  clock.map(at => ({ type: 'timestamp', at }) as const),
)

const clocks = { confidence, validAt: clock, observedAt: clock, committedAt: clock, invalidAt: optionalClock }
const symbols = fc.array(u64, { maxLength: 5 })
const symbolType = fc.constantFrom('symbol_alloc', 'symbol_rename', 'symbol_alias', 'symbol_retire', 'symbol_unretire')
const edgeType = fc.constantFrom('supersedes', 'corrects', 'stale_parent', 'reconfirms')
const flagType = fc.constantFrom('pin', 'unpin', 'authoritative_set', 'authoritative_clear')

export const anyRecord: fc.Arbitrary<LogRecord> = fc.oneof(
  fc.record({
    type: fc.constant('sem'),
    memory: u64,
    subject: u64,
    predicate: u64,
    object: anyValue,
    source: u64,
    ...clocks,
    projected: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('epi'),
    memory: u64,
    event: u64,
    eventType: u64,
    participants: symbols,
    location: u64,
    at: clock,
    observedAt: clock,
    source: u64,
    confidence,
    committedAt: clock,
    invalidAt: optionalClock,
  }),
  fc.record({
    type: fc.constant('pro'),
    memory: u64,
    rule: u64,
    trigger: anyValue,
    action: anyValue,
    precondition: fc.option(anyValue, { nil: undefined }),
    scope: u64,
    source: u64,
    ...clocks,
  }),
  fc.record({
    type: fc.constant('inf'),
    memory: u64,
    subject: u64,
    predicate: u64,
    object: anyValue,
    parents: symbols,
    method: u64,
    ...clocks,
    projected: fc.boolean(),
    stale: fc.boolean(),
  }),
  fc.record({ type: edgeType, from: u64, to: u64, at: clock }),
  fc.record({ type: fc.constant('checkpoint'), episode: u64, at: clock, memoryCount: u64 }),
  fc.record({
    type: fc.constant('episode_meta'),
    episode: u64,
    at: clock,
    label: fc.option(
      name.filter(text => text !== ''),
      { nil: undefined },
    ),
    parent: fc.option(u64, { nil: undefined }),
    retracts: symbols,
  }),
  fc.record({ type: symbolType, symbol: u64, name, kind: fc.constantFrom(...SYMBOL_KINDS), at: clock }),
  fc.record({ type: flagType, memory: u64, at: clock, actor: u64 }),
)
