import { ok, type Result } from '#base/result.ts'
import { integer } from './database.ts'
import type { StoreError } from './errors.ts'
import { pack } from './packing.ts'
import { piecesOf } from './raw-removal.ts'
import type { Writing } from './writing.ts'

/** Mail that arrives one by one is packed one by one; together it takes two thirds of that. */
const smallBlockBytes = 48 * 1024
const fullBlockBytes = 128 * 1024
const blocksPerStepMax = 64
const blocksPerStepMin = 8

/** Puts the messages of some small blocks into one new block. */
export function repackOnce(writing: Writing): Result<{ isDone: boolean }, StoreError> {
  return writing.transaction<{ isDone: boolean }>(() => {
    const { statements } = writing
    const small = smallBlocks(writing)
    if (small.length < blocksPerStepMin) return ok({ isDone: true })
    const pieces: Uint8Array[] = []
    const moves: { raw: number; start: number }[] = []
    let sizeBytes = 0
    for (const block of small) {
      const found = piecesOf(statements, block, sizeBytes)
      pieces.push(...found.pieces)
      moves.push(...found.moves)
      sizeBytes += found.pieces.reduce((sum, { length }) => sum + length, 0)
    }
    const packed = pack(Buffer.concat(pieces))
    const block = statements.insert('INSERT INTO blocks(size_bytes, body) VALUES (?, ?)', sizeBytes, packed)
    for (const { raw, start } of moves) {
      statements.run('UPDATE raws SET block_id = ?, start = ? WHERE id = ?', block, start, raw)
    }
    for (const id of small) statements.run('DELETE FROM blocks WHERE id = ?', id)
    return ok({ isDone: false })
  })
}

function smallBlocks({ statements }: Writing): number[] {
  const found: number[] = []
  let sizeBytes = 0
  const rows = statements.all(
    `SELECT id, size_bytes FROM blocks WHERE size_bytes < ${smallBlockBytes} ORDER BY id LIMIT ${blocksPerStepMax}`,
  )
  for (const row of rows) {
    if (sizeBytes >= fullBlockBytes) break
    found.push(integer(row, 0))
    sizeBytes += integer(row, 1)
  }
  return found
}
