import { type Diagnostic, error } from '../gate/diagnostic.ts'
import type { Located } from '../gate/graph.ts'
import { identityOf } from '../gate/graph.ts'
import type { LockEntry } from '../gate/lockfile.ts'
import { isAbout } from './exceptions.ts'
import { about, fits, type RootManifest, type Tree } from './tree.ts'

/**
 * Where packages come from, and whether what is installed is what was locked. The lockfile is written
 * without addresses, so an address in it is by itself a source other than the default registry.
 */
export function checkSources(tree: Tree): Diagnostic[] {
  const { lockfile, graph } = tree
  const findings: Diagnostic[] = []
  if (lockfile.version !== 3) {
    findings.push(error('lockfile-version', `version ${lockfile.version}, not 3`, { file: 'package-lock.json' }))
  }
  findings.push(...staleness(tree))
  for (const entry of graph.orphans) {
    findings.push(error('lockfile-orphan', `nothing depends on it`, { package: identityOf(entry), file: entry.path }))
  }
  for (const located of graph.packages) findings.push(...judgeSource(tree, located), ...judgeInstalled(tree, located))
  findings.push(...judgeStrangers(tree))
  return findings
}

function staleness({ manifest, lockfile }: Tree): Diagnostic[] {
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const
  return kinds
    .filter(kind => !sameRanges(manifest[kind], lockfile.root[kind]))
    .map(kind =>
      error('lockfile-stale', `${kind} differ between package.json and package-lock.json`, {
        file: 'package-lock.json',
        next: 'npm install --package-lock-only, with the pinned Node first in PATH',
      }),
    )
}

function sameRanges(a: RootManifest['dependencies'], b: RootManifest['dependencies']): boolean {
  return a.size === b.size && [...a].every(([name, range]) => b.get(name) === range)
}

function judgeSource(tree: Tree, located: Located): Diagnostic[] {
  const { entry } = located
  const { links, bundled } = tree.policy.sources
  const where = { ...about(located), file: entry.path }
  // The directory that a link leads to is judged with the link.
  if (!entry.link && !entry.path.includes('node_modules/')) return []
  if (entry.link) {
    const directory = entry.resolved ?? ''
    const excused = tree.exceptions.excuses(links, link => link.package === entry.name && link.path === directory)
    return excused ? [] : [error('source-link', `a link to ${directory}`, where)]
  }
  const findings: Diagnostic[] = []
  const source = sourceProblem(entry, where)
  if (source !== undefined) findings.push(source)
  if (entry.inBundle || entry.bundles) {
    const excused = tree.exceptions.excuses(bundled, exception => isAbout(exception.package, entry))
    const what = entry.inBundle ? 'is bundled inside another package' : 'bundles its dependencies'
    if (!excused) findings.push(error('bundled-dependency', what, where))
  }
  if (entry.inBundle) return findings
  if (entry.integrity === undefined) findings.push(error('integrity-missing', 'no integrity', where))
  else if (!isSha512(entry.integrity)) findings.push(error('integrity-weak', entry.integrity.slice(0, 80), where))
  return findings
}

function sourceProblem(entry: LockEntry, where: object): Diagnostic | undefined {
  const address = entry.resolved ?? addressInVersion(entry.version)
  if (address === undefined) return undefined
  const shown = address.slice(0, 120)
  if (/^(?:git\b|git[+:@]|github:|gitlab:|bitbucket:|gist:)|^[^:]+@[^:]+:|\.git(?:#|$)/i.test(address)) {
    return error('source-git', shown, where)
  }
  if (/^(?:file:|\.{0,2}\/|[a-z]:\\)/i.test(address)) return error('source-file', shown, where)
  const looksLikeRegistry = new RegExp(`^https?://[^/]+/(?:.*/)?${RegExp.escape(baseName(entry))}-[^/]+\\.tgz$`)
  if (looksLikeRegistry.test(address)) return error('source-registry', `resolved to ${shown}`, where)
  return error('source-remote', shown, where)
}

function addressInVersion(version: string): string | undefined {
  return /[:/]/.test(version) ? version : undefined
}

function baseName(entry: LockEntry): string {
  const name = entry.publishedAs ?? entry.name
  return name.slice(name.lastIndexOf('/') + 1)
}

/** Exactly one digest, of 64 bytes: with several, npm is content when any one of the strongest kind fits. */
function isSha512(integrity: string): boolean {
  return /^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity)
}

function judgeInstalled(tree: Tree, located: Located): Diagnostic[] {
  const { entry } = located
  if (entry.link) return []
  const installed = tree.installed.get(entry.path)
  const where = { ...about(located), file: entry.path }
  if (installed === undefined) {
    const needed = !entry.optional && fits(entry.os, tree.machine.os) && fits(entry.cpu, tree.machine.cpu)
    return needed ? [error('installed-missing', 'not installed', { ...where, next: 'npm ci' })] : []
  }
  const name = entry.publishedAs ?? entry.name
  if (installed.name === name && installed.version === entry.version) return []
  const found = `${installed.name}@${installed.version} is installed`
  return [error('installed-mismatch', found, { ...where, next: 'rm -rf node_modules && npm ci' })]
}

/** A directory inside a package that the lockfile does not list was carried in by that package. */
function judgeStrangers({ graph, extraneous, policy, exceptions }: Tree): Diagnostic[] {
  const carrierOf = (path: string): Located | undefined => {
    const owner = path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/')))
    return graph.packages.find(({ entry }) => owner === entry.path || owner.startsWith(`${entry.path}/`))
  }
  return [...Map.groupBy(extraneous, carrierOf)].flatMap(([carrier, paths]) => {
    if (carrier === undefined) {
      const next = 'rm -rf node_modules && npm ci'
      return paths.map(file => error('installed-extraneous', 'not in the lockfile', { file, next }))
    }
    if (exceptions.excuses(policy.sources.bundled, exception => isAbout(exception.package, carrier.entry))) return []
    const inside = paths.map(path => path.slice(carrier.entry.path.length + 1))
    const more = inside.length > 3 ? ` and ${inside.length - 3} more` : ''
    const what = `carries ${inside.slice(0, 3).join(', ')}${more}`
    return [error('bundled-dependency', what, { ...about(carrier), file: carrier.entry.path })]
  })
}
