import type { LockEntry, Lockfile, Ranges } from './lockfile.ts'

/**
 * Who asks for whom in a lockfile. What ships is everything that the root's own dependencies reach
 * through dependencies, optional dependencies and peers they insist on. What they would merely accept
 * as a peer (`optional-peer`) is loaded only if something else installs it, so it is told apart.
 */
export type Scope = 'production' | 'optional-peer' | 'development'

export interface Located {
  readonly entry: LockEntry
  readonly scope: Scope
  /** The project, then each package that asked for the next one, ending with this one. */
  readonly cameInBy: readonly string[]
}

export interface Graph {
  readonly packages: readonly Located[]
  readonly orphans: readonly LockEntry[]
}

export function graphOf(lockfile: Lockfile): Graph {
  const { root } = lockfile
  const found = new Map<string, Located>()
  const start = [root.name]
  const shipped = [...keys(root.dependencies), ...keys(root.optionalDependencies), ...insistedPeers(root)]
  walk({ lockfile, found, scope: 'production', seeds: shipped.map(name => ({ from: root, name, trail: start })) })

  const accepted: Seed[] = []
  for (const { entry, cameInBy } of found.values()) {
    for (const name of entry.optionalPeers) accepted.push({ from: entry, name, trail: cameInBy })
  }
  walk({ lockfile, found, scope: 'optional-peer', seeds: accepted })
  walk({
    lockfile,
    found,
    scope: 'development',
    seeds: keys(root.devDependencies).map(name => ({ from: root, name, trail: start })),
  })

  const packages = [...found.values()].sort((a, b) => (a.entry.path < b.entry.path ? -1 : 1))
  return { packages, orphans: [...lockfile.entries.values()].filter(entry => !found.has(entry.path)) }
}

/** `name@version`; the name is the published one. A link has no version of its own. */
export function identityOf(entry: LockEntry): string {
  const name = entry.publishedAs ?? entry.name
  return entry.version === '' ? name : `${name}@${entry.version}`
}

/** The entry that `name` leads to when the package at `from` asks for it: Node's own lookup, upwards. */
export function resolveEntry(lockfile: Lockfile, from: LockEntry, name: string): LockEntry | undefined {
  for (let directory = from.path; ; directory = parentOf(directory)) {
    const candidate = directory === '' ? `node_modules/${name}` : `${directory}/node_modules/${name}`
    const entry = lockfile.entries.get(candidate)
    if (entry !== undefined) return entry
    if (directory === '') return undefined
  }
}

interface Seed {
  readonly from: LockEntry
  readonly name: string
  readonly trail: readonly string[]
}

interface Walk {
  readonly lockfile: Lockfile
  readonly found: Map<string, Located>
  readonly scope: Scope
  readonly seeds: readonly Seed[]
}

/** Breadth first, so that the trail of each package is a shortest one. */
function walk({ lockfile, found, scope, seeds }: Walk): void {
  const queue: Seed[] = [...seeds]
  for (let seed = queue.shift(); seed !== undefined; seed = queue.shift()) {
    const entry = resolveEntry(lockfile, seed.from, seed.name)
    if (entry === undefined || found.has(entry.path)) continue
    const cameInBy = [...seed.trail, labelOf(lockfile, entry)]
    found.set(entry.path, { entry, scope, cameInBy })
    const target = entry.link ? lockfile.entries.get(entry.resolved ?? '') : entry
    if (target === undefined) continue
    if (entry.link) found.set(target.path, { entry: target, scope, cameInBy })
    for (const name of wants(target, scope)) queue.push({ from: target, name, trail: cameInBy })
  }
}

/** In a development tree a merely accepted peer counts too: it is installed and may be loaded. */
function wants(entry: LockEntry, scope: Scope): string[] {
  const peers = scope === 'production' ? insistedPeers(entry) : keys(entry.peerDependencies)
  return [...keys(entry.dependencies), ...keys(entry.optionalDependencies), ...peers]
}

function insistedPeers(entry: LockEntry): string[] {
  return keys(entry.peerDependencies).filter(name => !entry.optionalPeers.has(name))
}

function labelOf(lockfile: Lockfile, entry: LockEntry): string {
  const target = entry.link ? lockfile.entries.get(entry.resolved ?? '') : entry
  return identityOf(target ?? entry)
}

function keys(ranges: Ranges): string[] {
  return [...ranges.keys()]
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}
