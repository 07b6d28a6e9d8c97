import { Failure } from '#base/failure.ts'

/**
 * What the build wrote down about the executable that it made, embedded in it as `manifest.json`.
 *
 * `parts` are byte ranges of the file (offset, length) with their SHA-256; `node` covers everything outside of the
 * injected blob, `frame` everything inside of the blob that is no part: Node's options for the program and its code
 * cache. Only the manifest itself and a code signature are covered by nothing. Source: scripts/package/manifest.ts.
 */
export interface Manifest {
  readonly format: 1
  readonly target: string
  readonly blob: Range
  readonly manifest: Range
  /** The code signature's place, where the platform has one inside of the file. */
  readonly signature: Range | null
  readonly node: { readonly sha256: string }
  readonly frame: { readonly sha256: string }
  readonly parts: Readonly<Record<string, Range & { readonly sha256: string }>>
}

export interface Range {
  readonly offset: number
  readonly length: number
}

/** The manifest is padded with spaces to a constant length, so that writing it does not move what it describes. */
export function readManifest(text: string): Manifest {
  try {
    const manifest: Manifest = JSON.parse(text)
    if (manifest.format === 1) return manifest
  } catch {
    // fall through: a manifest that is no JSON and one of another format are the same news
  }
  throw new Failure('integrity', 'manifest_unreadable', 'the list of digests inside this executable is damaged', {
    next: 'download or build it again, see docs/supply-chain.md',
  })
}
