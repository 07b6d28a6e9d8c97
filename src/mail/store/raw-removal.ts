import { bytes, integer, type Statements } from './database.ts'
import { pack, unpack } from './packing.ts'

/**
 * Drops raw bytes that no message refers to any more, with the parts that only they had. Blocks that still hold others
 * are written anew without them: what was removed is not kept in a neighbour's block.
 */
export function removeRaws(statements: Statements, raws: readonly number[]): void {
  const blocks = new Set<number>()
  for (const raw of raws) {
    if (statements.one('SELECT 1 FROM messages WHERE raw_id = ?', raw) !== undefined) continue
    blocks.add(integer(statements.one('SELECT block_id FROM raws WHERE id = ?', raw), 0))
    const parts = statements.all('SELECT part_id FROM raw_parts WHERE raw_id = ?', raw).map(row => integer(row, 0))
    statements.run('DELETE FROM raws WHERE id = ?', raw)
    for (const part of parts) {
      statements.run(
        'DELETE FROM parts WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM raw_parts WHERE part_id = ?1)',
        part,
      )
    }
  }
  for (const block of blocks) {
    const { pieces, moves } = piecesOf(statements, block)
    if (moves.length > 0) {
      const body = Buffer.concat(pieces)
      statements.run('UPDATE blocks SET size_bytes = ?, body = ? WHERE id = ?', body.length, pack(body), block)
      for (const { raw, start } of moves) statements.run('UPDATE raws SET start = ? WHERE id = ?', start, raw)
    } else statements.run('DELETE FROM blocks WHERE id = ?', block)
  }
}

export interface BlockPieces {
  readonly pieces: Uint8Array[]
  /** Where each raw stands once the pieces are put together from `offset` on. */
  readonly moves: { raw: number; start: number }[]
}

/** What of a block is still in use. */
export function piecesOf(statements: Statements, block: number, offset = 0): BlockPieces {
  const row = statements.one('SELECT size_bytes, body FROM blocks WHERE id = ?', block)
  const body = unpack(bytes(row, 1), integer(row, 0))
  const pieces: Uint8Array[] = []
  const moves: { raw: number; start: number }[] = []
  let start = offset
  for (const raw of statements.all('SELECT id, start, length FROM raws WHERE block_id = ? ORDER BY start', block)) {
    const piece = body.subarray(integer(raw, 1), integer(raw, 1) + integer(raw, 2))
    moves.push({ raw: integer(raw, 0), start })
    pieces.push(piece)
    start += piece.length
  }
  return { pieces, moves }
}
