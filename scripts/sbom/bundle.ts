import type { Lockfile } from '../gate/lockfile.ts'

/** The part of an esbuild metafile that tells which source files have bytes in which output. */
export interface Metafile {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, { bytesInOutput: number }>> }>>
}

/**
 * The packages of which at least one byte is in a bundle, as paths in the lockfile. A file that was read
 * and then shaken off whole does not ship. Paths may lead through a link, so only what follows the
 * first `node_modules/` counts.
 */
export function packagesInBundle(metafiles: readonly Metafile[]): ReadonlySet<string> {
  const paths = new Set<string>()
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
        const path = bytesInOutput > 0 ? packagePathOf(file) : undefined
        if (path !== undefined) paths.add(path)
      }
    }
  }
  return paths
}

/** The packages of a bundle that the lockfile does not know at that place. */
export function unlocked(paths: ReadonlySet<string>, lockfile: Lockfile): string[] {
  return [...paths].filter(path => !lockfile.entries.has(path)).sort()
}

/** `…/node_modules/@a/b/lib/x.js` is a file of `node_modules/@a/b`; our own files are of no package. */
function packagePathOf(file: string): string | undefined {
  const path = file.replaceAll('\\', '/')
  const start = path.search(/(?:^|[/:])node_modules\//)
  if (start < 0) return undefined
  const inside = path.slice(path.indexOf('node_modules/', start))
  const last = inside.lastIndexOf('node_modules/') + 'node_modules/'.length
  const [first, second] = inside.slice(last).split('/')
  if (first === undefined) return undefined
  return inside.slice(0, last) + (first.startsWith('@') ? `${first}/${second}` : first)
}
