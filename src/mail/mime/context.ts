import type { Buffer } from 'node:buffer'
import { DefectLog } from './defect.ts'
import { type MimeLimits, mimeLimits } from './limits.ts'

/** What the reading of one message shares: its bytes, its limits, what was spent of them, and what was wrong. */
export interface Context {
  /** The message, cut to `limits.messageBytesMax`. */
  readonly bytes: Buffer
  /** The same bytes as a one-byte string: position n is byte n. Searching and slicing it copies nothing. */
  readonly text: string
  readonly limits: MimeLimits
  readonly defects: DefectLog
  readonly spent: { addresses: number; encodedWords: number; parts: number; textBytes: number; recoveries: number }
  /** The charset for header bytes that are neither ASCII nor UTF-8: the one that the message declares for its body. */
  headerCharset: string | null
}

export function newContext(bytes: Buffer, text: string, limits: MimeLimits): Context {
  return {
    bytes,
    text,
    limits,
    defects: new DefectLog(limits.defectsMax),
    spent: { addresses: 0, encodedWords: 0, parts: 0, textBytes: 0, recoveries: 0 },
    headerCharset: null,
  }
}

export function limitsWith(changes: Partial<MimeLimits> | undefined): MimeLimits {
  return changes === undefined ? mimeLimits : { ...mimeLimits, ...changes }
}
