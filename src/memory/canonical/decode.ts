import { err, ok, type Result } from '#base/result.ts'
import type { U64 } from '../integer.ts'
import { ByteReader, DecodeFault } from './byte-reader.ts'
import type { DecodeError } from './decode-error.ts'
import { OPCODES, type Opcode, PROJECTED, STALE } from './opcode.ts'
import {
  type EdgeKind,
  type EdgeRecord,
  type EpisodeMetaRecord,
  type EpisodicRecord,
  type FlagRecord,
  type InferentialRecord,
  type LogRecord,
  type ProceduralRecord,
  type SemanticRecord,
  SYMBOL_KINDS,
  type SymbolKind,
  type SymbolRecord,
  type Value,
} from './record.ts'

export interface Decoded {
  readonly record: LogRecord
  /** Bytes of the whole record. */
  readonly length: number
}

/** The record at `start`; `bytes` may go on behind it. */
export function decodeRecord(bytes: Buffer, start = 0): Result<Decoded, DecodeError> {
  try {
    return ok(decodeAt(bytes, start))
  } catch (fault) {
    if (fault instanceof DecodeFault) return err(fault.error)
    throw fault
  }
}

/** Where the record at `start` would end, whatever its body holds; `unfinished` where that is not there yet. */
export function frameEnd(bytes: Buffer, start: number): number | 'unfinished' | 'none' {
  const opcode = bytes[start]
  if (opcode === undefined) return 'unfinished'
  if (!isOpcode(opcode)) return 'none'
  const frame = new ByteReader(bytes, start + 1, bytes.length)
  try {
    const length = frame.varint()
    return length > frame.left ? 'unfinished' : start + 1 + frame.offset + Number(length)
  } catch (fault) {
    if (!(fault instanceof DecodeFault)) throw fault
    return fault.error.code === 'Truncated' ? 'unfinished' : 'none'
  }
}

function decodeAt(bytes: Buffer, start: number): Decoded {
  const frame = new ByteReader(bytes, start, bytes.length)
  if (frame.left === 0) throw new DecodeFault({ code: 'Truncated', offset: 0 })
  const opcode = frame.u8()
  if (!isOpcode(opcode)) throw new DecodeFault({ code: 'UnknownOpcode', byte: opcode, offset: 0 })
  const declared = frame.varint()
  if (declared > frame.left) {
    throw new DecodeFault({ code: 'LengthMismatch', offset: 0, expected: declared, available: frame.left })
  }
  const bodyStart = frame.offset
  const length = bodyStart + Number(declared)
  const body = new ByteReader(bytes, start + bodyStart, start + length)
  const record = readBody(body, opcode)
  if (body.left > 0) {
    const [consumed, whole] = [body.offset, Number(declared)]
    throw new DecodeFault({
      code: 'BodyUnderflow',
      opcode: OPCODES[opcode],
      offset: bodyStart,
      consumed,
      declared: whole,
    })
  }
  return { record, length }
}

function isOpcode(byte: number): byte is Opcode {
  return Object.hasOwn(OPCODES, byte)
}

function readBody(body: ByteReader, opcode: Opcode): LogRecord {
  switch (opcode) {
    case 0x01:
      return readSemantic(body)
    case 0x02:
      return readEpisodic(body)
    case 0x03:
      return readProcedural(body)
    case 0x04:
      return readInferential(body)
    case 0x10:
      return readEdge(body, 'supersedes')
    case 0x11:
      return readEdge(body, 'corrects')
    case 0x12:
      return readEdge(body, 'stale_parent')
    case 0x13:
      return readEdge(body, 'reconfirms')
    case 0x20:
      return { type: 'checkpoint', episode: body.varint(), at: body.clock(), memoryCount: body.varint() }
    case 0x21:
      return readEpisodeMeta(body)
    case 0x30:
      return readSymbol(body, 'symbol_alloc')
    case 0x31:
      return readSymbol(body, 'symbol_rename')
    case 0x32:
      return readSymbol(body, 'symbol_alias')
    case 0x33:
      return readSymbol(body, 'symbol_retire')
    case 0x34:
      return readSymbol(body, 'symbol_unretire')
    case 0x35:
      return readFlag(body, 'pin')
    case 0x36:
      return readFlag(body, 'unpin')
    case 0x37:
      return readFlag(body, 'authoritative_set')
    case 0x38:
      return readFlag(body, 'authoritative_clear')
  }
}

function readSemantic(body: ByteReader): SemanticRecord {
  return {
    type: 'sem',
    memory: body.varint(),
    subject: body.varint(),
    predicate: body.varint(),
    object: readValue(body),
    source: body.varint(),
    confidence: body.u16(),
    validAt: body.clock(),
    observedAt: body.clock(),
    committedAt: body.clock(),
    invalidAt: body.optionalClock(),
    projected: readFlagBits(body, PROJECTED) === PROJECTED,
  }
}

function readEpisodic(body: ByteReader): EpisodicRecord {
  return {
    type: 'epi',
    memory: body.varint(),
    event: body.varint(),
    eventType: body.varint(),
    participants: readSymbols(body),
    location: body.varint(),
    at: body.clock(),
    observedAt: body.clock(),
    source: body.varint(),
    confidence: body.u16(),
    committedAt: body.clock(),
    invalidAt: body.optionalClock(),
  }
}

function readProcedural(body: ByteReader): ProceduralRecord {
  return {
    type: 'pro',
    memory: body.varint(),
    rule: body.varint(),
    trigger: readValue(body),
    action: readValue(body),
    precondition: readDiscriminant(body) ? readValue(body) : undefined,
    scope: body.varint(),
    source: body.varint(),
    confidence: body.u16(),
    validAt: body.clock(),
    observedAt: body.clock(),
    committedAt: body.clock(),
    invalidAt: body.optionalClock(),
  }
}

function readInferential(body: ByteReader): InferentialRecord {
  const record = {
    type: 'inf',
    memory: body.varint(),
    subject: body.varint(),
    predicate: body.varint(),
    object: readValue(body),
    parents: readSymbols(body),
    method: body.varint(),
    confidence: body.u16(),
    validAt: body.clock(),
    observedAt: body.clock(),
    committedAt: body.clock(),
    invalidAt: body.optionalClock(),
  } as const
  const flags = readFlagBits(body, PROJECTED | STALE)
  return { ...record, projected: (flags & PROJECTED) !== 0, stale: (flags & STALE) !== 0 }
}

function readEdge(body: ByteReader, type: EdgeKind): EdgeRecord {
  return { type, from: body.varint(), to: body.varint(), at: body.clock() }
}

function readEpisodeMeta(body: ByteReader): EpisodeMetaRecord {
  const episode = body.varint()
  const at = body.clock()
  const label = body.string()
  const tag = body.u8()
  // The format has no error of its own for this byte.
  if (tag > 1) throw new DecodeFault({ code: 'InvalidString' })
  const parent = tag === 1 ? body.varint() : undefined
  return {
    type: 'episode_meta',
    episode,
    at,
    label: label === '' ? undefined : label,
    parent,
    retracts: readSymbols(body),
  }
}

function readSymbol(body: ByteReader, type: SymbolRecord['type']): SymbolRecord {
  return { type, symbol: body.varint(), name: body.string(), kind: readKind(body), at: body.clock() }
}

function readFlag(body: ByteReader, type: FlagRecord['type']): FlagRecord {
  return { type, memory: body.varint(), at: body.clock(), actor: body.varint() }
}

function readValue(body: ByteReader): Value {
  const offset = body.offset
  const tag = body.u8()
  switch (tag) {
    case 1:
      return { type: 'symbol', id: body.varint() }
    case 2:
      return { type: 'integer', value: body.zigzag() }
    case 3:
      return { type: 'float', ...body.f64() }
    case 4:
      return { type: 'boolean', value: body.u8() !== 0 }
    case 5:
      return { type: 'string', value: body.string() }
    case 6:
      return { type: 'timestamp', at: body.clock() }
    default:
      throw new DecodeFault({ code: 'UnknownValueTag', tag, offset })
  }
}

/** The count is only a promise: the list grows with the bytes that are there. */
function readSymbols(body: ByteReader): readonly U64[] {
  const count = body.varint()
  const symbols: U64[] = []
  for (let i = 0; i < count; i++) symbols.push(body.varint())
  return symbols
}

function readKind(body: ByteReader): SymbolKind {
  const offset = body.offset
  const ordinal = body.u8()
  const kind = SYMBOL_KINDS[ordinal]
  if (kind === undefined) throw new DecodeFault({ code: 'UnknownSymbolKind', ordinal, offset })
  return kind
}

function readFlagBits(body: ByteReader, allowedMask: number): number {
  const offset = body.offset
  const byte = body.u8()
  if ((byte & ~allowedMask) !== 0) throw new DecodeFault({ code: 'InvalidFlagBits', byte, allowedMask, offset })
  return byte
}

function readDiscriminant(body: ByteReader): boolean {
  const offset = body.offset
  const tag = body.u8()
  if (tag > 1) throw new DecodeFault({ code: 'InvalidDiscriminant', field: 'procedural precondition', tag, offset })
  return tag === 1
}
