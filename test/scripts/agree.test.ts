import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { agree, compare } from '../../scripts/agree.ts'
import { readLockfile, readPolicy } from '../../scripts/deny/read.ts'
import { licensesGate } from '../../scripts/licenses.ts'
import { reason } from '../fixtures/gates/judge.ts'
import { addShipped, changeInstalled, changeLock, cleanTree, type FakeTree, plant } from '../fixtures/gates/tree.ts'

const root = resolve(import.meta.dirname, '../..')

async function disagreements(change: (tree: FakeTree) => void, bundled: readonly string[] = []): Promise<string[]> {
  const tree = cleanTree()
  change(tree)
  const inputs = Object.fromEntries(bundled.map(path => [`${path}/index.js`, { bytesInOutput: 1 }]))
  const { diagnostics } = await agree(plant(tree), { outputs: { out: { inputs } } })
  return diagnostics.map(({ code, package: name, file }) => `${code} ${name ?? file}`)
}

test('on this repository the licence list, the SBOM and the lockfile agree', async () => {
  expect((await agree(root, undefined)).diagnostics).toEqual([])
})

test('on a clean tree they agree, also with what is bundled', async () => {
  expect(await disagreements(() => {}, ['node_modules/portcullis', 'node_modules/winch'])).toEqual([])
})

test('a package that is installed in another version than locked is noticed', async () => {
  const found = await disagreements(tree => changeInstalled(tree, 'winch', { manifest: { version: '2.0.9' } }))
  expect(found).toEqual(['license-list-differs winch@2.0.9', 'license-list-differs winch@2.0.1'])
})

test('an SBOM that leaves out what ships, or adds what does not, is noticed', async () => {
  const rootOfTree = plant(cleanTree())
  const lockfile = readLockfile(rootOfTree)
  const policy = readPolicy(rootOfTree)
  if (!lockfile.ok || !policy.ok) throw new Error('the clean tree cannot be read')
  const licenses = new Set(['portcullis@1.2.3', 'winch@2.0.1'])
  const sbom = new Set(['portcullis@1.2.3', 'ballista@4.5.6'])
  const found = compare({ lockfile: lockfile.value, policy: policy.value, licenses, sbom, bundle: undefined })
  expect(found.map(({ code, package: name, cameInBy }) => `${code} ${name} by ${cameInBy?.join(' > ')}`)).toEqual([
    'sbom-differs ballista@4.5.6 by castle > ballista@4.5.6',
    'sbom-differs winch@2.0.1 by castle > portcullis@1.2.3 > winch@2.0.1',
  ])
})

test('a package in the bundle that does not ship by the lockfile is noticed', async () => {
  expect(await disagreements(() => {}, ['node_modules/ballista'])).toEqual(['bundle-differs node_modules/ballista'])
})

test('a peer that is merely accepted must be named by the policy', async () => {
  const withPeer = (tree: FakeTree): void => {
    const peer = { peerDependencies: { ballista: '*' }, peerDependenciesMeta: { ballista: { optional: true } } }
    changeLock(tree, 'winch', peer)
    changeLock(tree, 'ballista', { dev: undefined, devOptional: true })
  }
  expect(await disagreements(withPeer)).toContain('sbom-differs ballista@4.5.6')
  const named = await disagreements(tree => {
    withPeer(tree)
    tree.policy.graph.optionalPeers.push({ package: 'ballista', reason })
  })
  expect(named).toEqual([])
})

async function licenseFindings(change: (tree: FakeTree) => void): Promise<string[]> {
  const tree = cleanTree()
  change(tree)
  const { diagnostics } = await licensesGate.run({ root: plant(tree), flags: {} })
  return diagnostics.map(({ code, package: name, cameInBy }) => `${code} ${name} ${cameInBy?.join(' > ')}`)
}

test('license-checker’s own reading must be allowed too', async () => {
  expect(await licenseFindings(() => {})).toEqual([])
  const copyleft = await licenseFindings(tree => {
    addShipped(tree, 'rope', { lock: { license: 'MIT' }, manifest: { license: 'GPL-3.0-only' } }, 'winch')
  })
  expect(copyleft).toEqual(['license-denied rope@1.0.0 castle > portcullis@1.2.3 > winch@2.0.1 > rope@1.0.0'])
  const unknown = await licenseFindings(tree => {
    addShipped(tree, 'rope', { manifest: { license: 'as you like' }, files: { LICENSE: 'As you like.\n' } })
  })
  expect(unknown).toEqual(['license-denied rope@1.0.0 castle > rope@1.0.0'])
})

test('what the policy excuses or clarifies is not asked twice', async () => {
  const excused = await licenseFindings(tree => {
    addShipped(tree, 'rope', { manifest: { license: 'Zlib' } })
    tree.policy.licenses.exceptions.push({ package: 'rope', license: 'Zlib', reason })
  })
  const clarified = await licenseFindings(tree => {
    addShipped(tree, 'rope', { manifest: { license: 'as you like' } })
    const files = [{ path: 'LICENSE', sha256: '0'.repeat(64) }]
    tree.policy.licenses.clarify.push({ package: 'rope', expression: 'MIT', files, reason })
  })
  expect([...excused, ...clarified]).toEqual([])
})

test('a tool that fails is told as a finding, not passed over', () => {
  const tree = cleanTree()
  changeLock(tree, 'portcullis', { dependencies: { winch: '^9.0.0' } })
  const script = resolve(root, 'scripts/agree.ts')
  const { status, stdout } = spawnSync(process.execPath, [script, plant(tree)], { encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stdout).toMatch(/^error\[tool-failed\] {2}cyclonedx-npm: .*\n(?:.*\n)*agree: 1 error; nothing was judged\n$/)
})
