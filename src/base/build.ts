import { readFileSync } from 'node:fs'

/** What this program is. `commit` is `source` when it runs from a working tree, where it can be anything. */
export interface Build {
  readonly version: string
  readonly commit: string
}

/** Put in place by the bundler (scripts/package/bundle.ts); absent when run from source. */
declare const POSTERN_BUILD: Build | undefined

export function build(): Build {
  if (typeof POSTERN_BUILD !== 'undefined') return POSTERN_BUILD
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) throw new Error('no version')
  return { version: String(manifest.version), commit: 'source' }
}
