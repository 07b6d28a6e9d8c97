import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { err, ok, type Result } from '#base/result.ts'
import { type Diagnostic, error } from '../gate/diagnostic.ts'
import { graphOf, type Located } from '../gate/graph.ts'
import { type Lockfile, parseLockfile } from '../gate/lockfile.ts'
import { Exceptions, isAbout } from './exceptions.ts'
import { readInstalled } from './installed.ts'
import type { FileDigests } from './licenses.ts'
import { type Policy, parsePolicy } from './policy.ts'
import { fits, type Machine, type RootManifest, type Tree } from './tree.ts'

const rangesSchema = v.optional(v.record(v.string(), v.string()), {})
const manifestSchema = v.object({
  name: v.optional(v.string(), 'root'),
  dependencies: rangesSchema,
  devDependencies: rangesSchema,
  optionalDependencies: rangesSchema,
  peerDependencies: rangesSchema,
})

/** Reads deny.json under `root`, or says what is wrong with it. */
export function readPolicy(root: string): Result<Policy, Diagnostic[]> {
  const text = readText(join(root, 'deny.json'))
  if (text === undefined) return err([error('policy-unreadable', 'there is none', { file: 'deny.json' })])
  const parsed = parsePolicy(text)
  if (parsed.ok) return parsed
  return err(parsed.error.map(({ code, message }) => error(code, message, { file: 'deny.json' })))
}

/** Reads everything that the checks judge. */
export function readTree(root: string, policy: Policy, machine: Machine): Result<Tree, Diagnostic[]> {
  const lockfile = readLockfile(root)
  if (!lockfile.ok) return lockfile
  const manifest = readManifest(root)
  if (!manifest.ok) return manifest
  const graph = graphOf(lockfile.value)
  const exceptions = new Exceptions()
  const digests = policy.build.files.some(file => file.sha256 !== undefined)
  const installed = readInstalled(root, lockfile.value, digests)
  const packages = graph.packages
    .filter(located => isForTarget(located, policy))
    .filter(({ entry }) => !exceptions.excuses(policy.graph.exclude, excluded => isAbout(excluded.package, entry)))
  for (const { entry, scope } of graph.packages) {
    if (scope !== 'optional-peer') continue
    exceptions.excuses(policy.graph.optionalPeers, peer => isAbout(peer.package, entry))
  }
  const { packages: onDisk, extraneous } = installed
  return ok({
    policy,
    exceptions,
    manifest: manifest.value,
    lockfile: lockfile.value,
    graph,
    packages,
    installed: onDisk,
    extraneous,
    machine,
  })
}

export function readLockfile(root: string): Result<Lockfile, Diagnostic[]> {
  const file = 'package-lock.json'
  const text = readText(join(root, file))
  if (text === undefined) return err([error('lockfile-unreadable', 'there is none', { file })])
  const parsed = parseLockfile(text)
  return parsed.ok ? parsed : err([error('lockfile-unreadable', parsed.error, { file })])
}

/** The digests of the files that the policy's clarifications rest on. */
export function readClarified(root: string, tree: Tree): FileDigests {
  const digests = new Map<string, string | undefined>()
  for (const { entry } of tree.packages) {
    for (const clarification of tree.policy.licenses.clarify) {
      if (!isAbout(clarification.package, entry)) continue
      for (const { path } of clarification.files) {
        const inside = `${entry.path}/${path}`
        const file = join(root, inside)
        digests.set(
          inside,
          existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : undefined,
        )
      }
    }
  }
  return digests
}

export function readText(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

function readManifest(root: string): Result<RootManifest, Diagnostic[]> {
  const file = 'package.json'
  const text = readText(join(root, file))
  if (text === undefined) return err([error('lockfile-stale', 'there is no package.json', { file })])
  const { name, ...kinds } = v.parse(manifestSchema, JSON.parse(text))
  return ok({
    name,
    dependencies: new Map(Object.entries(kinds.dependencies)),
    devDependencies: new Map(Object.entries(kinds.devDependencies)),
    optionalDependencies: new Map(Object.entries(kinds.optionalDependencies)),
    peerDependencies: new Map(Object.entries(kinds.peerDependencies)),
  })
}

function isForTarget({ entry }: Located, policy: Policy): boolean {
  return policy.graph.targets.some(({ os, cpu }) => fits(entry.os, os) && fits(entry.cpu, cpu))
}
