import { err, ok, type Result } from '#base/result.ts'
import { type LineEnd, notBase64, wrapBase64 } from './base64-lines.ts'
import { bytes, integer, type Statements } from './database.ts'
import { type StoreError, storeError } from './errors.ts'
import type { MessageId } from './ids.ts'
import { unpack } from './packing.ts'
import { sha256 } from './sha256.ts'

const blocksKept = 4

/** Reads raw bytes back. Neighbours in a block are usually read together, so the last few blocks stay unpacked. */
export class RawReader {
  readonly #statements: Statements
  readonly #blocks = new Map<number, Uint8Array>()

  constructor(statements: Statements) {
    this.#statements = statements
  }

  /** The message byte for byte as it came; what cannot be given exactly is not given. */
  read(message: MessageId): Result<Uint8Array, StoreError> {
    const row = this.#statements.one('SELECT raw_id FROM messages WHERE id = ?', message)
    if (row === undefined) return err(storeError('message_unknown', 'there is no such message'))
    if (row[0] === null) return err(storeError('raw_missing', 'only the header of this message has arrived so far'))
    return this.readRaw(integer(row, 0))
  }

  readRaw(rawId: number): Result<Uint8Array, StoreError> {
    const row = this.#statements.one('SELECT sha256, block_id, start, length FROM raws WHERE id = ?', rawId)
    let raw: Uint8Array
    try {
      raw = this.#assemble(
        rawId,
        this.#block(integer(row, 1)).subarray(integer(row, 2), integer(row, 2) + integer(row, 3)),
      )
    } catch (thrown) {
      return err(storeError('raw_corrupt', 'the kept bytes of this message are damaged', thrown))
    }
    const isWhole = sha256(raw).equals(bytes(row, 0))
    return isWhole ? ok(raw) : err(storeError('raw_corrupt', 'the kept bytes of this message do not match their hash'))
  }

  #assemble(rawId: number, skeleton: Uint8Array): Uint8Array {
    const cuts = this.#statements.all(
      `SELECT r.start, p.size_bytes, p.line_length, p.line_end, p.is_packed, p.body
       FROM raw_parts r JOIN parts p ON p.id = r.part_id WHERE r.raw_id = ? ORDER BY r.start`,
      rawId,
    )
    // A copy: the block is kept for others, and a caller may do with its message what it likes.
    if (cuts.length === 0) return Uint8Array.prototype.slice.call(skeleton)
    const pieces: Uint8Array[] = []
    let fromSkeleton = 0
    let written = 0
    for (const cut of cuts) {
      const own = skeleton.subarray(fromSkeleton, fromSkeleton + integer(cut, 0) - written)
      const part = partBody(cut)
      pieces.push(own, part)
      fromSkeleton += own.length
      written += own.length + part.length
    }
    pieces.push(skeleton.subarray(fromSkeleton))
    return Buffer.concat(pieces)
  }

  #block(id: number): Uint8Array {
    const kept = this.#blocks.get(id)
    if (kept !== undefined) return kept
    const row = this.#statements.one('SELECT size_bytes, body FROM blocks WHERE id = ?', id)
    const block = unpack(bytes(row, 1), integer(row, 0))
    const [oldest] = this.#blocks.keys()
    if (this.#blocks.size >= blocksKept && oldest !== undefined) this.#blocks.delete(oldest)
    this.#blocks.set(id, block)
    return block
  }
}

function partBody(row: readonly unknown[]): Uint8Array {
  const decoded = integer(row, 4) === 1 ? unpack(bytes(row, 5), integer(row, 1)) : bytes(row, 5)
  const lineLength = integer(row, 2)
  return lineLength === notBase64 ? decoded : wrapBase64(decoded, lineLength, lineEnd(integer(row, 3)))
}

function lineEnd(value: number): LineEnd {
  if (value === 0 || value === 1 || value === 2) return value
  throw new RangeError('a part with unknown line ends')
}
