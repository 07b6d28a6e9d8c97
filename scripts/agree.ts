import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Policy } from './deny/policy.ts'
import { readLockfile, readPolicy } from './deny/read.ts'
import type { Code } from './gate/codes.ts'
import { type Gate, runGate, type Verdict } from './gate/command.ts'
import { type Diagnostic, error } from './gate/diagnostic.ts'
import { graphOf, identityOf, type Located } from './gate/graph.ts'
import type { Lockfile } from './gate/lockfile.ts'
import { type Metafile, packagesInBundle } from './sbom/bundle.ts'
import { nameAndVersion, runCyclonedx } from './sbom/cyclonedx.ts'
import { runLicenseChecker } from './sbom/license-checker.ts'
import { parseMetafile } from './sbom/metafile.ts'

/**
 * Three tools say what ships: the lockfile read by us, license-checker read from node_modules, and
 * cyclonedx-npm asked of npm. A package on which they differ is one that an audit of any one of
 * them would miss. With a bundle, its content must be among what they agree on.
 */
export const agreeGate: Gate = {
  name: 'agree',
  help: `node scripts/agree.ts [--metafile FILE] [--json] [DIR]

Compares the licence list, the SBOM and the lockfile: all three must name the same packages as shipping.

  --metafile FILE  esbuild's metafile of the bundle, whose packages must be among them
  --json           findings as JSON
`,
  options: { metafile: { type: 'string' } },
  run: async ({ root, flags }) => {
    const file = flags.metafile
    const metafile = typeof file === 'string' ? parseMetafile(readFileSync(file, 'utf8')) : undefined
    return agree(resolve(root), metafile)
  },
}

export async function agree(root: string, metafile: Metafile | undefined): Promise<Verdict> {
  const lockfile = readLockfile(root)
  if (!lockfile.ok) return { diagnostics: lockfile.error, summary: 'nothing was compared' }
  const policy = readPolicy(root)
  if (!policy.ok) return { diagnostics: policy.error, summary: 'nothing was compared' }
  const licenses = new Set((await runLicenseChecker(root)).keys())
  const sbom = new Set((await runCyclonedx(root)).components.map(nameAndVersion))
  const bundle = metafile === undefined ? undefined : packagesInBundle([metafile])
  const diagnostics = compare({ lockfile: lockfile.value, policy: policy.value, licenses, sbom, bundle })
  return { diagnostics, summary: `${licenses.size} packages by licence list, ${sbom.size} by SBOM` }
}

export interface Lists {
  readonly lockfile: Lockfile
  readonly policy: Policy
  /** `name@version` of each. */
  readonly licenses: ReadonlySet<string>
  readonly sbom: ReadonlySet<string>
  /** Paths in the lockfile. */
  readonly bundle: ReadonlySet<string> | undefined
}

export function compare({ lockfile, policy, licenses, sbom, bundle }: Lists): Diagnostic[] {
  const packages = graphOf(lockfile).packages.filter(({ entry }) => !entry.link)
  const shipped = packages.filter(({ scope }) => scope === 'production')
  // The other tools count a peer that is merely accepted as shipping; the policy says which those are.
  const accepted = packages.filter(located => located.scope === 'optional-peer' && isAccepted(policy, located))
  const mayBe = new Set([...shipped, ...accepted].map(({ entry }) => identityOf(entry)))
  const mustBe = new Set(shipped.map(({ entry }) => identityOf(entry)))
  // license-checker sees only what is installed here, so a package for another platform may be missing.
  const installed = new Set(shipped.filter(({ entry }) => !entry.optional).map(({ entry }) => identityOf(entry)))
  const trails = new Map(packages.map(({ entry, cameInBy }) => [identityOf(entry), cameInBy]))
  const difference = (code: Code, list: string, has: ReadonlySet<string>, must: ReadonlySet<string>): Diagnostic[] => {
    const surplus = [...has].filter(name => !mayBe.has(name))
    const missing = [...must].filter(name => !has.has(name))
    return [
      ...surplus.map(name => finding(code, `is in the ${list}, but does not ship by the lockfile`, name, trails)),
      ...missing.map(name => finding(code, `ships by the lockfile, but is not in the ${list}`, name, trails)),
    ]
  }
  return [
    ...difference('license-list-differs', 'licence list', licenses, installed),
    ...difference('sbom-differs', 'SBOM', sbom, mustBe),
    ...strangers(bundle ?? new Set(), shipped),
  ]
}

function strangers(bundle: ReadonlySet<string>, shipped: readonly Located[]): Diagnostic[] {
  const paths = new Set(shipped.map(({ entry }) => entry.path))
  const surprises = [...bundle].filter(path => !paths.has(path))
  return surprises.map(path =>
    error('bundle-differs', 'is in the bundle, but does not ship by the lockfile', { file: path }),
  )
}

/** An accepted peer is named by the policy itself or was brought by one that is. */
function isAccepted(policy: Policy, { cameInBy }: Located): boolean {
  const names = cameInBy.map(label => label.slice(0, Math.max(label.lastIndexOf('@'), 1)))
  return policy.graph.optionalPeers.some(peer => names.includes(peer.package) || cameInBy.includes(peer.package))
}

function finding(code: Code, what: string, name: string, trails: ReadonlyMap<string, readonly string[]>): Diagnostic {
  const cameInBy = trails.get(name)
  return error(code, what, cameInBy === undefined ? { package: name } : { package: name, cameInBy })
}

if (import.meta.main) await runGate(agreeGate, process.argv.slice(2))
