import { textAsset } from '#base/assets.ts'
import { build } from '#base/build.ts'
import type { Run } from '../../command.ts'
import { readManifest } from './manifest.ts'

export const run: Run = async (_invocation, { output }) => {
  const { version, commit } = build()
  const manifest = textAsset('manifest.json')
  const facts = {
    version,
    commit,
    node: process.versions.node,
    sqlite: process.versions.sqlite ?? null,
    platform: `${process.platform}-${process.arch}`,
    /** SHA-256 of the program's own code; null when run from source, where there is no bundle. */
    bundle_sha256: manifest === undefined ? null : (readManifest(manifest).parts['main.cjs']?.sha256 ?? null),
  }
  if (output.json) output.data(facts)
  else {
    output.write(
      `postern ${version} (${commit.slice(0, 12)})\nnode ${facts.node}, sqlite ${facts.sqlite}, ${facts.platform}\n` +
        `bundle ${facts.bundle_sha256 === null ? 'none, run from source' : `sha256:${facts.bundle_sha256}`}\n`,
    )
  }
  return 'done'
}
