import { createHash, type Hash } from 'node:crypto'
import { readSync } from 'node:fs'
import type { Manifest, Range } from './manifest.ts'

const chunkBytesMax = 1 << 20

export interface PartDigest {
  readonly name: string
  readonly expected: string
  readonly actual: string
}

/** SHA-256 of everything in the executable, piece by piece, in the order of a reader's interest. Reads about 120 MB. */
export function digestParts(file: number, fileSize: number, manifest: Manifest): PartDigest[] {
  const { blob, signature } = manifest
  const inBlob = [manifest.manifest, ...Object.values(manifest.parts)]
  const outside = [blob, ...(signature === null ? [] : [signature])]
  return [
    {
      name: 'node',
      expected: manifest.node.sha256,
      actual: digest(file, complement({ offset: 0, length: fileSize }, outside)),
    },
    { name: 'options and code cache', expected: manifest.frame.sha256, actual: digest(file, complement(blob, inBlob)) },
    ...Object.entries(manifest.parts).map(([name, part]) => ({
      name,
      expected: part.sha256,
      actual: digest(file, [part]),
    })),
  ]
}

/** What remains of `whole` without `holes` (which may come in any order and lie outside). */
export function complement(whole: Range, holes: readonly Range[]): Range[] {
  const ranges: Range[] = []
  const end = whole.offset + whole.length
  let at = whole.offset
  for (const hole of [...holes].sort((a, b) => a.offset - b.offset)) {
    if (hole.offset > at) ranges.push({ offset: at, length: Math.min(hole.offset, end) - at })
    at = Math.max(at, hole.offset + hole.length)
    if (at >= end) return ranges.filter(({ length }) => length > 0)
  }
  return [...ranges, { offset: at, length: end - at }].filter(({ length }) => length > 0)
}

function digest(file: number, ranges: readonly Range[]): string {
  const hash = createHash('sha256')
  for (const range of ranges) update(hash, file, range)
  return hash.digest('hex')
}

/** A range that reaches beyond the end (a truncated file) hashes what there is: the digest then differs, as it should. */
function update(hash: Hash, file: number, { offset, length }: Range): void {
  const buffer = Buffer.allocUnsafe(Math.min(chunkBytesMax, length))
  for (let done = 0; done < length; ) {
    const read = readSync(file, buffer, 0, Math.min(buffer.length, length - done), offset + done)
    if (read === 0) return
    hash.update(buffer.subarray(0, read))
    done += read
  }
}
