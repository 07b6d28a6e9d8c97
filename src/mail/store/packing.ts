import { freeBuffer } from '#base/free-memory.ts'

/** Fetched when it is first needed: a process that only searches need not pay for loading it. */
const zlib = () => process.getBuiltinModule('node:zlib')

/** Measured (docs/store.md): above 1 the gain is a fiftieth of the size for a sixth of the time and more. */
const level = 1

/** zstd in one call: a buffer that is large enough from the start saves a dozen copies per block. */
export function pack(bytes: Uint8Array): Uint8Array {
  const bound = bytes.length + (bytes.length >>> 7) + 512
  const { constants, zstdCompressSync } = zlib()
  const packed = zstdCompressSync(bytes, {
    chunkSize: bound,
    params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 0 },
  })
  // A copy of the exact size: the result is a view into a buffer as large as the bound.
  const kept = Uint8Array.prototype.slice.call(packed)
  if (packed.buffer.byteLength === bound) freeBuffer(packed.buffer)
  return kept
}

/** Throws when the bytes are damaged or unpack to another size than was written down beside them. */
export function unpack(packed: Uint8Array, sizeBytes: number): Uint8Array {
  const unpacked = zlib().zstdDecompressSync(packed, {
    chunkSize: Math.max(64, sizeBytes),
    maxOutputLength: sizeBytes + 1,
  })
  if (unpacked.length !== sizeBytes)
    throw new RangeError('a packed block unpacks to another size than is written beside it')
  return unpacked
}
