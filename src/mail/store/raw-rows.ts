import { integer, type Statements } from './database.ts'
import type { SealedBatch, SealedPart, SealedRaw } from './seal.ts'
import type { Writing } from './writing.ts'

export interface RawIds {
  readonly id: number
  /** No message can refer to it yet. */
  readonly isNew: boolean
}

/**
 * Writes the raw bytes that are not here yet, and says for each message where its own are; undefined where a message
 * has none, or relied on bytes that are gone.
 */
export function storeRaws({ statements }: Writing, batch: SealedBatch): (RawIds | undefined)[] {
  const blockIds = new Map<number, number>()
  const partIds = new Map<number, number>()
  return batch.messages.map(({ raw }) => {
    if (raw === undefined) return undefined
    const known = statements.one('SELECT id FROM raws WHERE sha256 = ?', raw.sha256)
    if (known !== undefined) return { id: integer(known, 0), isNew: false }
    if (raw.block === undefined) return undefined
    const block = blockIds.get(raw.block) ?? insertBlock(statements, batch, raw.block)
    blockIds.set(raw.block, block)
    const id = insertRaw(statements, raw, block)
    for (const { start, part } of raw.cuts) {
      const partId = partIds.get(part) ?? ensurePart(statements, batch, part)
      partIds.set(part, partId)
      statements.run('INSERT INTO raw_parts(raw_id, start, part_id) VALUES (?, ?, ?)', id, start, partId)
    }
    return { id, isNew: true }
  })
}

function insertBlock(statements: Statements, { blocks }: SealedBatch, index: number): number {
  const block = blocks[index]
  if (block === undefined) throw new RangeError('a sealed message names a block that its batch does not hold')
  return statements.insert('INSERT INTO blocks(size_bytes, body) VALUES (?, ?)', block.sizeBytes, block.packed)
}

function insertRaw(statements: Statements, { sha256, start, length, sizeBytes }: SealedRaw, block: number): number {
  return statements.insert(
    'INSERT INTO raws(sha256, block_id, start, length, size_bytes) VALUES (?, ?, ?, ?, ?)',
    sha256,
    block,
    start,
    length,
    sizeBytes,
  )
}

function ensurePart(statements: Statements, { parts }: SealedBatch, index: number): number {
  const part: SealedPart | undefined = parts[index]
  if (part === undefined) throw new RangeError('a sealed message names a part that its batch does not hold')
  const known = statements.one('SELECT id FROM parts WHERE sha256 = ?', part.sha256)
  if (known !== undefined) return integer(known, 0)
  return statements.insert(
    'INSERT INTO parts(sha256, size_bytes, line_length, line_end, is_packed, body) VALUES (?, ?, ?, ?, ?, ?)',
    part.sha256,
    part.sizeBytes,
    part.lineLength,
    part.lineEnd,
    part.isPacked ? 1 : 0,
    part.body,
  )
}
