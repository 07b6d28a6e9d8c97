import { err, ok, type Result } from '#base/result.ts'
import type { Confidence, LogRecord, MemoryRecord, SymbolId, SymbolKind, Value } from '../canonical/record.ts'
import { civilTime } from './civil.ts'

/**
 * Records as text of the memory language. What is written here parses back to the same values: a string can never
 * become syntax, whatever it holds, and a name that is none (a log of another program may hold any) is an error
 * rather than text. For a terminal the text still needs `printable`: the language has no escapes for control
 * characters and keeps them as they are.
 */

export interface RenderedSymbol {
  readonly name: string
  readonly kind: SymbolKind
}

/** The table to render with: canonical name and kind of an id, undefined where there is no such symbol. */
export type SymbolLookup = (id: SymbolId) => RenderedSymbol | undefined

export interface RenderError {
  /** `symbol_unknown`: the id is not allocated; `symbol_unwritable`: no text of the language names this symbol here. */
  readonly code: 'symbol_unknown' | 'symbol_unwritable'
  readonly symbol: SymbolId
  /** Where it stands, such as `sem.s`. */
  readonly slot: string
}

export type Rendered = Result<string, RenderError>

/** The form that a commit of this record would take; times that the log sets itself are not in it. */
export function renderMemory(record: MemoryRecord, symbols: SymbolLookup): Rendered {
  const words = new Words(symbols)
  switch (record.type) {
    case 'sem':
      words.add('(sem').symbol(record.subject, 'sem.s', 'Agent').symbol(record.predicate, 'sem.p', 'Predicate')
      words.value(record.object, 'sem.o').add(':src').symbol(record.source, 'sem.source', 'Agent')
      words.confidence(record.confidence).time(':v', record.validAt).projected(record.projected)
      break
    case 'epi':
      words.add('(epi').symbol(record.event, 'epi.event_id', 'Memory').symbol(record.eventType, 'epi.kind', 'EventType')
      words.list(record.participants, 'epi.participant', 'Agent').symbol(record.location, 'epi.location', 'Literal')
      words.time(':at', record.at).time(':obs', record.observedAt)
      words.add(':src').symbol(record.source, 'epi.source', 'Agent').confidence(record.confidence)
      break
    case 'pro':
      words.add('(pro').symbol(record.rule, 'pro.rule_id', 'Memory')
      words.value(record.trigger, 'pro.trigger').value(record.action, 'pro.action')
      if (record.precondition !== undefined) words.add(':pre').value(record.precondition, 'pro.precondition')
      words.add(':scp').symbol(record.scope, 'pro.scope', 'Scope')
      words.add(':src').symbol(record.source, 'pro.source', 'Agent').confidence(record.confidence)
      break
    case 'inf':
      words.add('(inf').symbol(record.subject, 'inf.s', 'Agent').symbol(record.predicate, 'inf.p', 'Predicate')
      words.value(record.object, 'inf.o').list(record.parents, 'inf.derived_from', 'Memory')
      words.symbol(record.method, 'inf.method', 'InferenceMethod')
      words.confidence(record.confidence).time(':v', record.validAt).projected(record.projected)
      break
  }
  return words.close()
}

/** The form of what an agent said about symbols, flags and episodes; undefined for what the log derives by itself. */
export function renderOperation(record: LogRecord, symbols: SymbolLookup): Rendered | undefined {
  const words = new Words(symbols)
  switch (record.type) {
    case 'symbol_rename':
      return words.add('(rename').bare(record.symbol, 'rename').name(record.name, record.symbol, 'rename').close()
    case 'symbol_alias':
      return words.add('(alias').bare(record.symbol, 'alias').name(record.name, record.symbol, 'alias').close()
    case 'symbol_retire':
      return words.add('(retire').bare(record.symbol, 'retire').close()
    case 'pin':
    case 'unpin':
    case 'authoritative_set':
    case 'authoritative_clear':
      words.add(`(${record.type}`).symbol(record.memory, record.type, 'Memory')
      return words.add(':actor').listed(record.actor, 'actor', 'Agent').close()
    case 'episode_meta': {
      words.add('(episode :start')
      if (record.label !== undefined) words.add(':label').value({ type: 'string', value: record.label }, 'label')
      if (record.parent !== undefined) words.add(':parent_episode').symbol(record.parent, 'parent_episode', 'Memory')
      if (record.retracts.length > 0) words.add(':retracts').list(record.retracts, 'retracts', 'Memory')
      return words.close()
    }
    default:
      return undefined
  }
}

/** Five decimals, from which every one of the 65,536 values comes back. */
export function renderConfidence(confidence: Confidence): string {
  return Math.fround(confidence / 65535).toFixed(5)
}

/** Words of one form, in order; the first that cannot be written decides. */
class Words {
  readonly #symbols: SymbolLookup
  readonly #words: string[] = []
  #error: RenderError | undefined

  constructor(symbols: SymbolLookup) {
    this.#symbols = symbols
  }

  add(word: string): this {
    this.#words.push(word)
    return this
  }

  /** `@name`, with `:Kind` where the place alone would make another kind of it. */
  symbol(id: SymbolId, slot: string, placeKind: SymbolKind): this {
    return this.add(this.#named(id, slot, placeKind, true))
  }

  /** `@name` where the language drops the kind. */
  listed(id: SymbolId, slot: string, placeKind: SymbolKind): this {
    return this.add(this.#named(id, slot, placeKind, false))
  }

  /** `@name` of a symbol whose kind does not matter there. */
  bare(id: SymbolId, slot: string): this {
    return this.add(this.#named(id, slot, undefined, false))
  }

  name(name: string, id: SymbolId, slot: string): this {
    if (!isName(name)) this.#error ??= { code: 'symbol_unwritable', symbol: id, slot }
    return this.add(`@${name}`)
  }

  list(ids: readonly SymbolId[], slot: string, placeKind: SymbolKind): this {
    return this.add(`(${ids.map(id => this.#named(id, slot, placeKind, false)).join(' ')})`)
  }

  value(value: Value, slot: string): this {
    return value.type === 'symbol' ? this.symbol(value.id, slot, 'Literal') : this.add(renderLiteral(value))
  }

  confidence(confidence: Confidence): this {
    return this.add(':c').add(renderConfidence(confidence))
  }

  time(keyword: string, at: number | bigint): this {
    return this.add(keyword).add(civilTime(at))
  }

  projected(projected: boolean): this {
    return projected ? this.add(':projected true') : this
  }

  close(): Rendered {
    return this.#error === undefined ? ok(`${this.#words.join(' ')})`) : err(this.#error)
  }

  #named(id: SymbolId, slot: string, placeKind: SymbolKind | undefined, annotates: boolean): string {
    const symbol = this.#symbols(id)
    if (symbol === undefined) {
      this.#error ??= { code: 'symbol_unknown', symbol: id, slot }
      return ''
    }
    const differs = placeKind !== undefined && symbol.kind !== placeKind
    if (!isName(symbol.name) || (differs && !annotates)) this.#error ??= { code: 'symbol_unwritable', symbol: id, slot }
    return differs ? `@${symbol.name}:${symbol.kind}` : `@${symbol.name}`
  }
}

function isName(name: string): boolean {
  return /^[a-z_][a-z0-9_]*$/.test(name)
}

/** A value that is no symbol. NaN, which only another program can have written, has no literal: `nil` is refused. */
export function renderLiteral(value: Exclude<Value, { type: 'symbol' }>): string {
  switch (value.type) {
    case 'integer':
    case 'boolean':
      return String(value.value)
    case 'float':
      return renderFloat(value.value)
    case 'string':
      return `"${value.value.replace(/["\\\n\r\t]/g, escaped)}"`
    case 'timestamp':
      return civilTime(value.at)
  }
}

const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escaped(character: string): string {
  return escapes[character] ?? character
}

/** The fewest digits that read back as the same number, and never an exponent: the language has none. */
function renderFloat(value: number): string {
  if (Number.isNaN(value)) return 'nil'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  if (!Number.isFinite(value)) return `${sign}1${'0'.repeat(309)}.0` // beyond the largest number: reads as infinity
  const [mantissa = '', exponent = '0'] = String(Math.abs(value)).split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.slice(0, point).padEnd(point, '0')}.${digits.slice(point) || '0'}`
}
