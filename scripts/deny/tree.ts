import type { Details } from '../gate/diagnostic.ts'
import type { Graph, Located } from '../gate/graph.ts'
import { identityOf } from '../gate/graph.ts'
import type { Lockfile } from '../gate/lockfile.ts'
import type { Exceptions } from './exceptions.ts'
import type { InstalledPackage } from './installed.ts'
import type { Policy } from './policy.ts'

/** Everything that the checks judge, read beforehand; the checks themselves touch nothing. */
export interface Tree {
  readonly policy: Policy
  readonly exceptions: Exceptions
  readonly manifest: RootManifest
  readonly lockfile: Lockfile
  readonly graph: Graph
  /** The packages to judge: those of the graph that the policy does not exclude and that fit a target. */
  readonly packages: readonly Located[]
  /** What is on disk, by path in the lockfile. */
  readonly installed: ReadonlyMap<string, InstalledPackage>
  /** Directories in node_modules that the lockfile does not know. */
  readonly extraneous: readonly string[]
  readonly machine: Machine
}

export interface Machine {
  readonly os: string
  readonly cpu: string
}

export interface RootManifest {
  readonly name: string
  readonly dependencies: ReadonlyMap<string, string>
  readonly devDependencies: ReadonlyMap<string, string>
  readonly optionalDependencies: ReadonlyMap<string, string>
  readonly peerDependencies: ReadonlyMap<string, string>
}

/** The direct dependencies of every kind, as name and range. */
export function directDependencies(manifest: RootManifest): [string, string][] {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest
  return [...dependencies, ...optionalDependencies, ...peerDependencies, ...devDependencies]
}

export function ships(located: Located): boolean {
  return located.scope === 'production'
}

/** Where a finding about a package belongs. */
export function about(located: Located): Details {
  return { package: identityOf(located.entry), cameInBy: located.cameInBy }
}

/** npm's rule for `os` and `cpu`: a list of allowed values, or of refused ones that start with `!`. */
export function fits(allowed: readonly string[], value: string): boolean {
  if (allowed.includes(`!${value}`)) return false
  const wanted = allowed.filter(name => !name.startsWith('!'))
  return wanted.length === 0 || wanted.includes(value) || wanted.includes('any')
}
