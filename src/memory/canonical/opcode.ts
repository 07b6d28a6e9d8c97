import type { LogRecord } from './record.ts'

/** The first byte of a record, and its name in errors. */
export const OPCODES = {
  1: 'Sem',
  2: 'Epi',
  3: 'Pro',
  4: 'Inf',
  16: 'Supersedes',
  17: 'Corrects',
  18: 'StaleParent',
  19: 'Reconfirms',
  32: 'Checkpoint',
  33: 'EpisodeMeta',
  48: 'SymbolAlloc',
  49: 'SymbolRename',
  50: 'SymbolAlias',
  51: 'SymbolRetire',
  52: 'SymbolUnretire',
  53: 'Pin',
  54: 'Unpin',
  55: 'AuthoritativeSet',
  56: 'AuthoritativeClear',
} as const satisfies Readonly<Record<number, string>>

export type Opcode = keyof typeof OPCODES

export const opcodeOf: Readonly<Record<LogRecord['type'], Opcode>> = {
  sem: 0x01,
  epi: 0x02,
  pro: 0x03,
  inf: 0x04,
  supersedes: 0x10,
  corrects: 0x11,
  stale_parent: 0x12,
  reconfirms: 0x13,
  checkpoint: 0x20,
  episode_meta: 0x21,
  symbol_alloc: 0x30,
  symbol_rename: 0x31,
  symbol_alias: 0x32,
  symbol_retire: 0x33,
  symbol_unretire: 0x34,
  pin: 0x35,
  unpin: 0x36,
  authoritative_set: 0x37,
  authoritative_clear: 0x38,
}

/** Bits of the flags byte. */
export const PROJECTED = 1
export const STALE = 2
