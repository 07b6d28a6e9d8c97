import { collectNotices, noticesText } from '../notices.ts'
import { buildSbom } from '../sbom/build.ts'
import { bundle } from './bundle.ts'
import { hostTarget, type TargetName, targets } from './targets.ts'

/**
 * Everything that travels inside the executable of `target`, by name, in a fixed order. What is said about the parts
 * is made from the bundle's own list of inputs, so that nothing ships unlisted.
 */
export async function embeddedFiles(root: string, target: TargetName): Promise<Map<string, Uint8Array>> {
  const { files, metafile, commit } = await bundle(root)
  const sbom = await buildSbom({
    root,
    metafiles: [metafile],
    nodeVersions: process.versions,
    runtimePackage: targets[target].runtime,
    commit,
  })
  const notices = collectNotices({ root, metafiles: [metafile], runtimePackage: installedRuntime() })
  return new Map([
    ...files,
    ['sbom.cdx.json', text(JSON.stringify(sbom, null, 2))],
    ['notices.json', text(JSON.stringify(notices, null, 2))],
    ['notices.txt', text(noticesText(notices))],
  ])
}

/** Node's licence is the same on every platform: it is read from the runtime that npm installed here. */
function installedRuntime(): string {
  const host = hostTarget(process.platform, process.arch)
  if (host === undefined) throw new Error(`no Node is pinned for ${process.platform}-${process.arch}`)
  return targets[host].runtime
}

function text(content: string): Uint8Array {
  return Buffer.from(`${content}\n`)
}
