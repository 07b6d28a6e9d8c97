import {
  type ClockTime,
  SYMBOL_KINDS,
  type SymbolId,
  type SymbolKind,
  type SymbolRecord,
  type Value,
} from '../canonical/record.ts'
import type {
  EpiForm,
  EpisodeStartForm,
  Form,
  InfForm,
  Keyword,
  Keywords,
  NamesForm,
  ProForm,
  QueryForm,
  RawValue,
  SemForm,
  SymbolName,
} from '../language/form.ts'
import { Refusal } from '../refusal.ts'
import { aliasesMax, type Symbols } from '../state/symbols.ts'
import type { BoundEpi, BoundForm, BoundKeywords } from './bound.ts'
import type { BindError, CompileError } from './compile-error.ts'
import { INFERENCE_METHODS } from './inference.ts'
import { type SourceRule, sourceRule } from './source.ts'

/** UTF-8 bytes of an episode's label. */
export const labelBytesMax = 256

const booleans = new Set([
  'projected',
  'include_retired',
  'include_projected',
  'show_framing',
  'explain_filtered',
  'debug_mode',
])

const keywordKinds: ReadonlyMap<string, SymbolKind> = new Map([
  ['src', 'Agent'],
  ['scp', 'Scope'],
])

/** `__mem_` and `__ep_` names belong to the compiler. */
function isReserved(name: string): boolean {
  return name.startsWith('__mem_') || name.startsWith('__ep_')
}

/**
 * Gives every name in a batch its symbol, and makes the ones that are new. What it does to the table it also writes
 * down as records, in the order in which it does it: that order is the order of the ids, and part of the format.
 *
 * Refuses by `Refusal<CompileError>`; the transaction around it takes back what it did before.
 */
export class Binder {
  readonly records: SymbolRecord[] = []
  private readonly symbols: Symbols
  private readonly at: ClockTime

  constructor(symbols: Symbols, at: ClockTime) {
    this.symbols = symbols
    this.at = at
  }

  bind(form: Form): BoundForm {
    switch (form.type) {
      case 'sem':
        return this.sem(form)
      case 'epi':
        return this.epi(form)
      case 'pro':
        return this.pro(form)
      case 'inf':
        return this.inf(form)
      case 'alias':
        return this.alias(form)
      case 'rename':
        return this.rename(form)
      case 'retire':
        return this.retire(form.target)
      case 'correct':
        this.symbol(form.target, 'Memory')
        return { type: 'correct', body: this.epi(form.body) }
      case 'promote':
        this.symbol(form.target, 'Memory')
        return { type: 'promote' }
      case 'query':
        return this.query(form)
      case 'episode_start':
        return this.episodeStart(form)
      case 'episode_close':
        return { type: 'episode_close' }
      case 'pin':
      case 'unpin':
      case 'authoritative_set':
      case 'authoritative_clear': {
        const memory = this.symbol(form.target, 'Memory')
        return { type: form.type, memory, actor: this.resolve(form.actor, undefined, 'Agent') }
      }
    }
  }

  private sem(form: SemForm): BoundForm {
    const subject = this.symbol(form.subject, 'Agent')
    const predicate = this.symbol(form.predicate, 'Predicate')
    const object = this.value(form.object, 'sem.o')
    return { type: 'sem', subject, predicate, object, keywords: this.keywords(form.keywords) }
  }

  private epi(form: EpiForm): BoundEpi {
    const event = this.symbol(form.event, 'Memory')
    const eventType = this.symbol(form.eventType, 'EventType')
    const participants = form.participants.map(name => this.resolve(name, undefined, 'Agent'))
    const location = this.symbol(form.location, 'Literal')
    return { type: 'epi', event, eventType, participants, location, keywords: this.keywords(form.keywords) }
  }

  private pro(form: ProForm): BoundForm {
    const rule = this.symbol(form.rule, 'Memory')
    const trigger = this.value(form.trigger, 'pro.trigger')
    const action = this.value(form.action, 'pro.action')
    return { type: 'pro', rule, trigger, action, keywords: this.keywords(form.keywords) }
  }

  private inf(form: InfForm): BoundForm {
    const subject = this.symbol(form.subject, 'Agent')
    const predicate = this.symbol(form.predicate, 'Predicate')
    const object = this.value(form.object, 'inf.o')
    const parents = form.parents.map(name => this.resolve(name, undefined, 'Memory'))
    const method = this.symbol(form.method, 'InferenceMethod')
    const found = this.symbols.nameOf(method) ?? ''
    if (!INFERENCE_METHODS.has(found)) this.refuse({ code: 'UnregisteredInferenceMethod', found })
    return { type: 'inf', subject, predicate, object, parents, method, keywords: this.keywords(form.keywords) }
  }

  private query(form: QueryForm): BoundForm {
    if (form.selector !== undefined) this.value(form.selector, 'query.selector')
    for (const keyword of form.keywords) {
      if (booleans.has(keyword.key)) this.boolean(keyword)
      else this.value(keyword.value, 'keyword value')
    }
    return { type: 'query' }
  }

  private episodeStart(form: EpisodeStartForm): BoundForm {
    const len = Buffer.byteLength(form.label ?? '')
    if (len > labelBytesMax) this.refuse({ code: 'LabelTooLong', len, cap: labelBytesMax })
    const parent = form.parent === undefined ? undefined : this.symbol(form.parent, 'Memory')
    const retracts = form.retracts.map(name => this.resolve(name, undefined, 'Memory'))
    return { type: 'episode_start', label: form.label, parent, retracts }
  }

  /** Gives the name that is new to the symbol that has the other; two symbols never become one. */
  private alias({ first, second }: NamesForm): BoundForm {
    this.unreserved(first)
    this.unreserved(second)
    const a = this.symbols.entryOf(first)
    const b = this.symbols.entryOf(second)
    if (first === second) this.resolveAny(first)
    else if (a < 0 ? b < 0 : b >= 0 && a !== b) this.refuse({ code: 'SymbolRenameConflict', name: second })
    else if (a < 0 || b < 0) {
      const entry = a < 0 ? b : a
      const name = a < 0 ? first : second
      this.accept(this.symbols.alias(entry, name))
      this.note('symbol_alias', entry, name)
    }
    return { type: 'names' }
  }

  private rename({ first, second }: NamesForm): BoundForm {
    this.unreserved(first)
    this.unreserved(second)
    const entry = this.known(first)
    const other = this.symbols.entryOf(second)
    if (other >= 0 && other !== entry) this.refuse({ code: 'SymbolRenameConflict', name: second })
    if (this.symbols.hasAliasesFull(entry)) {
      this.refuse({ code: 'AliasChainLengthExceeded', name: second, limit: aliasesMax })
    }
    this.accept(this.symbols.rename(entry, second))
    this.note('symbol_rename', entry, second)
    return { type: 'names' }
  }

  private retire(name: string): BoundForm {
    const entry = this.known(name)
    this.symbols.retire(entry)
    this.note('symbol_retire', entry, this.symbols.nameAt(entry))
    return { type: 'names' }
  }

  private keywords(keywords: Keywords): BoundKeywords {
    const values = new Map<string, Value>()
    let confidence = 0
    let projected = false
    for (const keyword of keywords) {
      if (keyword.key === 'c') confidence = this.number(keyword)
      else if (keyword.key === 'projected') projected = this.boolean(keyword)
      else {
        const kind = keywordKinds.get(keyword.key) ?? 'Literal'
        values.set(keyword.key, this.value(keyword.value, 'keyword value', kind))
      }
    }
    return { confidence, projected, values, sourceRule: this.sourceRule(values.get('src')) }
  }

  private sourceRule(source: Value | undefined): SourceRule | undefined {
    return source?.type === 'symbol' ? sourceRule(this.symbols.nameOf(source.id) ?? '') : undefined
  }

  private number({ key, value }: Keyword): number {
    if (value.type === 'float' || value.type === 'integer') return Number(value.value)
    const reason = 'expected numeric confidence in [0.0, 1.0]'
    return this.refuse({ code: 'InvalidKeywordValue', keyword: key, reason })
  }

  private boolean({ key, value }: Keyword): boolean {
    if (value.type === 'boolean') return value.value
    return this.refuse({ code: 'InvalidKeywordValue', keyword: key, reason: 'expected boolean' })
  }

  private value(value: RawValue, slot: string, kind: SymbolKind = 'Literal'): Value {
    switch (value.type) {
      case 'symbol':
        return { type: 'symbol', id: this.resolve(value.name, value.kind, kind) }
      case 'bareword':
      case 'string':
        return { type: 'string', value: value.text }
      case 'integer':
      case 'float':
      case 'boolean':
      case 'timestamp':
        return value
      case 'raw_timestamp':
        return this.refuse({ code: 'InvalidTimestampKeyword', keyword: value.text })
      case 'nil':
      case 'list':
        return this.refuse({ code: 'UnexpectedList', slot })
    }
  }

  private symbol(symbol: SymbolName, kind: SymbolKind): SymbolId {
    return this.resolve(symbol.name, symbol.kind, kind)
  }

  /** The symbol of a name, made if it is new. The kind that is written beats that of the slot. */
  private resolve(name: string, annotation: string | undefined, slot: SymbolKind): SymbolId {
    const kind = annotation === undefined ? slot : this.kind(annotation)
    const entry = this.symbols.entryOf(name)
    const existing = entry < 0 ? undefined : this.symbols.kindAt(entry)
    if (existing !== 'Memory') this.unreserved(name)
    if (existing === undefined) return this.allocate(name, kind)
    if (existing !== kind) this.refuse({ code: 'SymbolKindMismatch', name, expected: kind, existing })
    return this.symbols.idAt(entry)
  }

  private resolveAny(name: string): void {
    if (this.symbols.entryOf(name) < 0) this.allocate(name, 'Literal')
  }

  private allocate(name: string, kind: SymbolKind): SymbolId {
    const id = this.symbols.allocate(name, kind)
    if (typeof id === 'object') return this.refuse(id)
    this.records.push({ type: 'symbol_alloc', symbol: id, name, kind, at: this.at })
    return id
  }

  private kind(annotation: string): SymbolKind {
    return SYMBOL_KINDS.find(kind => kind === annotation) ?? this.refuse({ code: 'BadKind', found: annotation })
  }

  private known(name: string): number {
    const entry = this.symbols.entryOf(name)
    return entry < 0 ? this.refuse({ code: 'UnknownSymbol', name }) : entry
  }

  private unreserved(name: string): void {
    if (isReserved(name)) this.refuse({ code: 'ReservedName', name })
  }

  private note(type: SymbolRecord['type'], entry: number, name: string): void {
    const { symbols, at } = this
    this.records.push({ type, symbol: symbols.idAt(entry), name, kind: symbols.kindAt(entry), at })
  }

  private accept(error: BindError | undefined): void {
    if (error !== undefined) this.refuse(error)
  }

  private refuse(inner: BindError): never {
    throw new Refusal<CompileError>({ code: 'Bind', inner })
  }
}
