import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { codesAfter, machineCode, reason } from '../../fixtures/gates/judge.ts'
import { addShipped, changeInstalled, changeLock, type FakeTree } from '../../fixtures/gates/tree.ts'

const exceptions: [string, (tree: FakeTree) => void, (tree: FakeTree) => void][] = [
  [
    'licenses.exceptions',
    tree => addShipped(tree, 'rope', { lock: { license: 'Zlib' }, manifest: { license: 'Zlib' } }),
    tree => tree.policy.licenses.exceptions.push({ package: 'rope', license: 'Zlib', reason }),
  ],
  [
    'licenses.allowDevelopment',
    tree => {
      changeLock(tree, 'ballista', { license: 'MPL-2.0' })
      changeInstalled(tree, 'ballista', { manifest: { license: 'MPL-2.0' } })
    },
    tree => tree.policy.licenses.allowDevelopment.push({ license: 'MPL-2.0', reason }),
  ],
  [
    'licenses.clarify',
    tree => addShipped(tree, 'rope', { lock: { license: 'see inside' }, manifest: { license: 'see inside' } }),
    tree =>
      tree.policy.licenses.clarify.push({
        package: 'rope@1.0.0',
        expression: 'MIT',
        files: [{ path: 'LICENSE', sha256: createHash('sha256').update('MIT License\n').digest('hex') }],
        reason,
      }),
  ],
  [
    'licenses.texts',
    tree => {
      const fake = tree.packages['node_modules/winch']
      tree.packages['node_modules/winch'] = { ...fake, files: {} }
    },
    tree => tree.policy.licenses.texts.push({ package: 'winch', file: 'docs/licenses/winch.txt', reason }),
  ],
  [
    'bans.builtinExceptions',
    tree => tree.policy.bans.builtins.push({ package: 'portcullis', useInstead: 'node:gate' }),
    tree => tree.policy.bans.builtinExceptions.push({ package: 'portcullis', reason }),
  ],
  [
    'bans.duplicates.skip',
    tree => {
      const winch = tree.packages['node_modules/winch']
      tree.packages['node_modules/portcullis/node_modules/winch'] = {
        ...winch,
        lock: { version: '3.0.0', license: 'ISC' },
      }
      addShipped(tree, 'drawbridge', { lock: { dependencies: { winch: '^2.0.0' } } })
    },
    tree => tree.policy.bans.duplicates.skip.push({ package: 'winch@3.0.0', reason }),
  ],
  [
    'bans.wildcards',
    tree => changeLock(tree, 'portcullis', { dependencies: { winch: '*' } }),
    tree => tree.policy.bans.wildcards.push({ package: 'portcullis', reason }),
  ],
  [
    'build.installScripts',
    tree => changeLock(tree, 'winch', { hasInstallScript: true }),
    tree => tree.policy.build.installScripts.push({ package: 'winch', reason }),
  ],
  [
    'build.files',
    tree => changeInstalled(tree, 'winch', { files: { 'bin/winch': machineCode } }),
    tree => tree.policy.build.files.push({ package: 'winch', kind: 'executable-file', path: 'bin/*', reason }),
  ],
  [
    'build.files by digest',
    tree => changeInstalled(tree, 'winch', { files: { 'bin/winch': machineCode } }),
    tree =>
      tree.policy.build.files.push({
        package: 'winch',
        kind: 'executable-file',
        path: 'bin/winch',
        sha256: createHash('sha256').update(machineCode).digest('hex'),
        reason,
      }),
  ],
  [
    'sources.bundled',
    tree => changeLock(tree, 'winch', { bundleDependencies: ['rope'] }),
    tree => tree.policy.sources.bundled.push({ package: 'winch', reason }),
  ],
  [
    'names.exceptions',
    tree => addShipped(tree, 'lodahs', {}),
    tree => tree.policy.names.exceptions.push({ package: 'lodahs', resembles: 'lodash', reason }),
  ],
  [
    'names.renamed',
    tree => changeLock(tree, 'winch', { name: 'pulley' }),
    tree => tree.policy.names.renamed.push({ package: 'pulley', reason }),
  ],
  [
    'graph.exclude',
    tree => addShipped(tree, 'rope', { lock: { license: 'Zlib' }, manifest: { license: 'Zlib' } }),
    tree => tree.policy.graph.exclude.push({ package: 'rope', reason }),
  ],
]

test.each(exceptions)(
  '%s excuses what it names, and fails when there is nothing to excuse',
  async (_, offend, excuse) => {
    expect(await codesAfter(offend)).toHaveLength(1)
    expect(
      await codesAfter(tree => {
        offend(tree)
        excuse(tree)
      }),
    ).toEqual([])
    expect(await codesAfter(excuse)).toEqual(['unused-exception'])
  },
)

test('an exception for one version does not excuse the next', async () => {
  const codes = await codesAfter(tree => {
    changeLock(tree, 'winch', { hasInstallScript: true })
    tree.policy.build.installScripts.push({ package: 'winch@2.0.0', reason })
  })
  expect(codes).toEqual(['install-script', 'unused-exception'])
})

test('a file that is not the one whose digest was excused is refused', async () => {
  const codes = await codesAfter(tree => {
    changeInstalled(tree, 'winch', { files: { 'bin/winch': Buffer.concat([machineCode, machineCode]) } })
    const sha256 = createHash('sha256').update(machineCode).digest('hex')
    tree.policy.build.files.push({ package: 'winch', kind: 'executable-file', path: 'bin/winch', sha256, reason })
  })
  expect(codes).toEqual(['executable-file', 'unused-exception'])
})
