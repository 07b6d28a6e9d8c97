import type { U64 } from '../integer.ts'
import { ByteWriter } from './byte-writer.ts'
import { opcodeOf, PROJECTED, STALE } from './opcode.ts'
import {
  type CheckpointRecord,
  type EdgeRecord,
  type EpisodeMetaRecord,
  type EpisodicRecord,
  type FlagRecord,
  type InferentialRecord,
  type LogRecord,
  type ProceduralRecord,
  type SemanticRecord,
  SYMBOL_KINDS,
  type SymbolRecord,
  type Value,
} from './record.ts'

/** Writes records one after another; one encoder serves many batches. */
export class Encoder {
  readonly #out = new ByteWriter(4096)
  readonly #body = new ByteWriter()

  /** The bytes of `records`, which the next call overwrites. */
  encode(records: Iterable<LogRecord>): Uint8Array {
    this.#out.clear()
    for (const record of records) {
      this.#body.clear()
      writeBody(this.#body, record)
      this.#out.u8(opcodeOf[record.type])
      this.#out.varint(this.#body.length)
      this.#out.bytes(this.#body.view())
    }
    return this.#out.view()
  }
}

export function encodeRecord(record: LogRecord): Uint8Array {
  return new Encoder().encode([record]).slice()
}

/** The bytes by which two triggers are one: an integer 1, a float 1.0 and a string "1" are three. */
export function encodeValue(value: Value): Uint8Array {
  const out = new ByteWriter(32)
  writeValue(out, value)
  return out.view().slice()
}

function writeBody(out: ByteWriter, record: LogRecord): void {
  switch (record.type) {
    case 'sem':
      writeSemantic(out, record)
      break
    case 'epi':
      writeEpisodic(out, record)
      break
    case 'pro':
      writeProcedural(out, record)
      break
    case 'inf':
      writeInferential(out, record)
      break
    case 'supersedes':
    case 'corrects':
    case 'stale_parent':
    case 'reconfirms':
      writeEdge(out, record)
      break
    case 'checkpoint':
      writeCheckpoint(out, record)
      break
    case 'episode_meta':
      writeEpisodeMeta(out, record)
      break
    case 'symbol_alloc':
    case 'symbol_rename':
    case 'symbol_alias':
    case 'symbol_retire':
    case 'symbol_unretire':
      writeSymbol(out, record)
      break
    case 'pin':
    case 'unpin':
    case 'authoritative_set':
    case 'authoritative_clear':
      writeFlag(out, record)
      break
  }
}

function writeSemantic(out: ByteWriter, record: SemanticRecord): void {
  out.varint(record.memory)
  out.varint(record.subject)
  out.varint(record.predicate)
  writeValue(out, record.object)
  out.varint(record.source)
  out.u16(record.confidence)
  writeClocks(out, record)
  out.u8(record.projected ? PROJECTED : 0)
}

function writeEpisodic(out: ByteWriter, record: EpisodicRecord): void {
  out.varint(record.memory)
  out.varint(record.event)
  out.varint(record.eventType)
  writeSymbols(out, record.participants)
  out.varint(record.location)
  out.u64(record.at)
  out.u64(record.observedAt)
  out.varint(record.source)
  out.u16(record.confidence)
  out.u64(record.committedAt)
  writeOptionalClock(out, record.invalidAt)
}

function writeProcedural(out: ByteWriter, record: ProceduralRecord): void {
  out.varint(record.memory)
  out.varint(record.rule)
  writeValue(out, record.trigger)
  writeValue(out, record.action)
  out.u8(record.precondition === undefined ? 0 : 1)
  if (record.precondition !== undefined) writeValue(out, record.precondition)
  out.varint(record.scope)
  out.varint(record.source)
  out.u16(record.confidence)
  writeClocks(out, record)
}

function writeInferential(out: ByteWriter, record: InferentialRecord): void {
  out.varint(record.memory)
  out.varint(record.subject)
  out.varint(record.predicate)
  writeValue(out, record.object)
  writeSymbols(out, record.parents)
  out.varint(record.method)
  out.u16(record.confidence)
  writeClocks(out, record)
  out.u8((record.projected ? PROJECTED : 0) | (record.stale ? STALE : 0))
}

function writeEdge(out: ByteWriter, { from, to, at }: EdgeRecord): void {
  out.varint(from)
  out.varint(to)
  out.u64(at)
}

function writeCheckpoint(out: ByteWriter, { episode, at, memoryCount }: CheckpointRecord): void {
  out.varint(episode)
  out.u64(at)
  out.varint(memoryCount)
}

function writeEpisodeMeta(out: ByteWriter, { episode, at, label = '', parent, retracts }: EpisodeMetaRecord): void {
  out.varint(episode)
  out.u64(at)
  out.string(label)
  out.u8(parent === undefined ? 0 : 1)
  if (parent !== undefined) out.varint(parent)
  writeSymbols(out, retracts)
}

function writeSymbol(out: ByteWriter, { symbol, name, kind, at }: SymbolRecord): void {
  out.varint(symbol)
  out.string(name)
  out.u8(SYMBOL_KINDS.indexOf(kind))
  out.u64(at)
}

function writeFlag(out: ByteWriter, { memory, at, actor }: FlagRecord): void {
  out.varint(memory)
  out.u64(at)
  out.varint(actor)
}

function writeValue(out: ByteWriter, value: Value): void {
  switch (value.type) {
    case 'symbol':
      out.u8(1)
      out.varint(value.id)
      break
    case 'integer':
      out.u8(2)
      out.zigzag(value.value)
      break
    case 'float':
      out.u8(3)
      out.f64(value.value, value.bits)
      break
    case 'boolean':
      out.u8(4)
      out.u8(value.value ? 1 : 0)
      break
    case 'string':
      out.u8(5)
      out.string(value.value)
      break
    case 'timestamp':
      out.u8(6)
      out.u64(value.at)
      break
  }
}

function writeSymbols(out: ByteWriter, symbols: readonly U64[]): void {
  out.varint(symbols.length)
  for (const symbol of symbols) out.varint(symbol)
}

interface Clocks {
  readonly validAt: U64
  readonly observedAt: U64
  readonly committedAt: U64
  readonly invalidAt: U64 | undefined
}

function writeClocks(out: ByteWriter, { validAt, observedAt, committedAt, invalidAt }: Clocks): void {
  out.u64(validAt)
  out.u64(observedAt)
  out.u64(committedAt)
  writeOptionalClock(out, invalidAt)
}

function writeOptionalClock(out: ByteWriter, at: U64 | undefined): void {
  if (at === undefined) out.noClock()
  else out.u64(at)
}
