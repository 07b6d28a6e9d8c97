import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { complement } from '../../src/cli/commands/self/digest.ts'
import type { Manifest, Range } from '../../src/cli/commands/self/manifest.ts'
import type { TargetName } from './targets.ts'

const manifestBytes = 16 * 1024

/** Stands in the manifest's place while the executable is made: as long as the real one, and found by its beginning. */
export function placeholder(): Uint8Array {
  return Buffer.from(marker.padEnd(manifestBytes), 'latin1')
}

const marker = 'POSTERN-MANIFEST-PLACEHOLDER'

export interface Finished {
  readonly target: TargetName
  /** The injected blob, exactly as it lies in the file. */
  readonly blob: Uint8Array
  /** Name → bytes of everything embedded, the manifest excepted. */
  readonly parts: ReadonlyMap<string, Uint8Array>
  readonly signature: Range | null
}

/** Writes into a finished executable what it consists of, in the placeholder's place: nothing moves by it. */
export function writeManifest(file: string, finished: Finished): Manifest {
  const bytes = readFileSync(file)
  const blob = find(bytes, finished.blob, 'the blob')
  const inside = bytes.subarray(blob.offset, blob.offset + blob.length)
  const locate = (content: Uint8Array, name: string): Range => {
    const { offset, length } = find(inside, content, name)
    return { offset: blob.offset + offset, length }
  }
  const here = locate(placeholder(), 'the manifest')
  const parts = [...finished.parts].map(
    ([name, content]) => [name, { ...locate(content, name), sha256: sha256([content]) }] as const,
  )
  const digestOf = (ranges: readonly Range[]) =>
    sha256(ranges.map(({ offset, length }) => bytes.subarray(offset, offset + length)))
  const outside = [blob, ...(finished.signature === null ? [] : [finished.signature])]
  const manifest: Manifest = {
    format: 1,
    target: finished.target,
    blob,
    manifest: here,
    signature: finished.signature,
    node: { sha256: digestOf(complement({ offset: 0, length: bytes.length }, outside)) },
    frame: { sha256: digestOf(complement(blob, [here, ...parts.map(([, range]) => range)])) },
    parts: Object.fromEntries(parts),
  }
  overwrite(file, here, JSON.stringify(manifest))
  return manifest
}

function overwrite(file: string, { offset, length }: Range, text: string): void {
  const bytes = Buffer.from(text)
  if (bytes.length > length) throw new Error(`the manifest needs ${bytes.length} bytes, ${length} are reserved`)
  const descriptor = openSync(file, 'r+')
  try {
    writeSync(descriptor, Buffer.concat([bytes, Buffer.alloc(length - bytes.length, ' ')]), 0, length, offset)
  } finally {
    closeSync(descriptor)
  }
}

/** Where `needle` lies first. Equal contents may share a place: their digests are equal too. */
function find(haystack: Buffer, needle: Uint8Array, name: string): Range {
  const offset = haystack.indexOf(needle)
  if (offset < 0) throw new Error(`${name} is not in the executable`)
  return { offset, length: needle.length }
}

function sha256(pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}
