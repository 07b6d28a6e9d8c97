import type { LogRecord, SymbolId, Value } from '#memory/canonical/record.ts'
import { civilTime } from '#memory/read/civil.ts'

/** Records as JSON for programs: snake_case, symbols with id and current name, times in ms since the epoch. */

declare global {
  interface JSON {
    /** ECMAScript "JSON.parse source text access": a number is written with all its digits. */
    rawJSON(text: string): unknown
  }
}

/** The current canonical name of a symbol, undefined where there is none. */
export type NameOf = (id: SymbolId) => string | undefined

/** An integer of any size as a JSON number. */
export function integer(value: number | bigint): unknown {
  return typeof value === 'bigint' ? JSON.rawJSON(String(value)) : value
}

export function optionalInteger(value: number | bigint | undefined): unknown {
  return value === undefined ? null : integer(value)
}

export function recordJson(record: LogRecord, nameOf: NameOf): Record<string, unknown> {
  const symbol = (id: SymbolId) => ({ id: integer(id), name: nameOf(id) ?? null })
  const value = (each: Value) => valueJson(each, symbol)
  switch (record.type) {
    case 'sem':
      return {
        type: record.type,
        memory: symbol(record.memory),
        s: symbol(record.subject),
        p: symbol(record.predicate),
        o: value(record.object),
        source: symbol(record.source),
        confidence: record.confidence,
        ...times(record),
        projected: record.projected,
      }
    case 'epi':
      return {
        type: record.type,
        memory: symbol(record.memory),
        event: symbol(record.event),
        event_type: symbol(record.eventType),
        participants: record.participants.map(symbol),
        location: symbol(record.location),
        at: integer(record.at),
        observed_at: integer(record.observedAt),
        source: symbol(record.source),
        confidence: record.confidence,
        committed_at: integer(record.committedAt),
        invalid_at: optionalInteger(record.invalidAt),
      }
    case 'pro':
      return {
        type: record.type,
        memory: symbol(record.memory),
        rule: symbol(record.rule),
        trigger: value(record.trigger),
        action: value(record.action),
        precondition: record.precondition === undefined ? null : value(record.precondition),
        scope: symbol(record.scope),
        source: symbol(record.source),
        confidence: record.confidence,
        ...times(record),
      }
    case 'inf':
      return {
        type: record.type,
        memory: symbol(record.memory),
        s: symbol(record.subject),
        p: symbol(record.predicate),
        o: value(record.object),
        parents: record.parents.map(symbol),
        method: symbol(record.method),
        confidence: record.confidence,
        ...times(record),
        projected: record.projected,
        stale: record.stale,
      }
    case 'supersedes':
    case 'corrects':
    case 'stale_parent':
    case 'reconfirms':
      return { type: record.type, from: symbol(record.from), to: symbol(record.to), at: integer(record.at) }
    case 'checkpoint':
      return {
        type: record.type,
        episode: symbol(record.episode),
        at: integer(record.at),
        memory_count: integer(record.memoryCount),
      }
    case 'episode_meta':
      return {
        type: record.type,
        episode: symbol(record.episode),
        at: integer(record.at),
        label: record.label ?? null,
        parent: record.parent === undefined ? null : symbol(record.parent),
        retracts: record.retracts.map(symbol),
      }
    case 'symbol_alloc':
    case 'symbol_rename':
    case 'symbol_alias':
    case 'symbol_retire':
    case 'symbol_unretire':
      return {
        type: record.type,
        symbol: integer(record.symbol),
        name: record.name,
        kind: record.kind,
        at: integer(record.at),
      }
    case 'pin':
    case 'unpin':
    case 'authoritative_set':
    case 'authoritative_clear':
      return { type: record.type, memory: symbol(record.memory), at: integer(record.at), actor: symbol(record.actor) }
  }
}

interface Times {
  readonly validAt: number | bigint
  readonly observedAt: number | bigint
  readonly committedAt: number | bigint
  readonly invalidAt: number | bigint | undefined
}

function times({ validAt, observedAt, committedAt, invalidAt }: Times): Record<string, unknown> {
  return {
    valid_at: integer(validAt),
    observed_at: integer(observedAt),
    committed_at: integer(committedAt),
    invalid_at: optionalInteger(invalidAt),
  }
}

function valueJson(value: Value, symbol: (id: SymbolId) => object): Record<string, unknown> {
  switch (value.type) {
    case 'symbol':
      return { type: value.type, ...symbol(value.id) }
    case 'integer':
      return { type: value.type, value: integer(value.value) }
    case 'float':
      // JSON has neither: the name of the number is still data.
      return { type: value.type, value: Number.isFinite(value.value) ? value.value : String(value.value) }
    case 'timestamp':
      return { type: value.type, value: integer(value.at), text: civilTime(value.at) }
    case 'boolean':
    case 'string':
      return { type: value.type, value: value.value }
  }
}
