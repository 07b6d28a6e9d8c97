import { deserialize, serialize } from 'node:v8'
import type { SealedBatch } from './seal.ts'

/**
 * A sealed batch in one buffer. Between the thread that reads mail and the one that writes it stands a third, which
 * only hands it on: it would copy thousands of small objects twice.
 */
export interface PackedBatch {
  readonly packed: Uint8Array<ArrayBuffer>
}

export function packBatch(batch: SealedBatch): PackedBatch {
  // The messages' own parts of the texts are written; the buffers that they are views of are larger.
  const { buffer, byteOffset, byteLength } = serialize({ ...batch, texts: [] })
  if (!(buffer instanceof ArrayBuffer)) throw new TypeError('V8 wrote into memory that is shared')
  return { packed: new Uint8Array(buffer, byteOffset, byteLength) }
}

/** What it holds are views of the packed bytes. */
export function unpackBatch({ packed }: PackedBatch): SealedBatch {
  return deserialize(packed)
}
