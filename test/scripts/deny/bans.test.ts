import { expect, test } from 'vitest'
import { codesAfter, machineCode, type Refusal } from '../../fixtures/gates/judge.ts'
import { addShipped, changeLock } from '../../fixtures/gates/tree.ts'

const windowsProgram = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(100)])
const tar = Buffer.alloc(512)
tar.write('ustar\0', 257, 'latin1')

const refusals: Refusal[] = [
  [
    'a banned package',
    'banned-package',
    tree => {
      tree.policy.bans.deny.push({ package: 'winch', reason: 'It has hurt people before.' })
    },
  ],
  [
    'a package that Node replaces',
    'builtin-replaces',
    tree => {
      tree.policy.bans.builtins.push({ package: 'portcullis', useInstead: 'node:gate' })
    },
  ],
  [
    'two versions of what ships',
    'duplicate-version',
    tree => {
      tree.packages['node_modules/portcullis/node_modules/winch'] = {
        ...tree.packages['node_modules/winch'],
        lock: { version: '3.0.0', license: 'ISC' },
      }
      addShipped(tree, 'drawbridge', { lock: { dependencies: { winch: '^2.0.0' } } })
    },
  ],
  [
    'a dependency on any version',
    'wildcard-range',
    tree => changeLock(tree, 'portcullis', { dependencies: { winch: '*' } }),
  ],
  [
    'a direct dependency on any version',
    'wildcard-range',
    tree => {
      tree.manifest.devDependencies = { ballista: 'latest' }
    },
  ],
  [
    'a direct dependency on a range',
    'inexact-version',
    tree => {
      tree.manifest.devDependencies = { ballista: '^4.5.6' }
    },
  ],
  [
    'an install script',
    'install-script',
    tree => addShipped(tree, 'rope', { manifest: { scripts: { postinstall: 'node x.js' } } }),
  ],
  [
    'an install script that only the lockfile tells of',
    'install-script',
    tree => {
      addShipped(tree, 'rope', { lock: { hasInstallScript: true, os: ['plan9'], optional: true }, installed: false })
      tree.policy.graph.targets.push({ os: 'plan9', cpu: 'x64' })
    },
  ],
  [
    'a binding.gyp, which npm builds unasked',
    'install-script',
    tree => addShipped(tree, 'rope', { files: { 'binding.gyp': '{}' } }),
  ],
  ['a native add-on', 'native-addon', tree => addShipped(tree, 'rope', { files: { 'build/rope.node': machineCode } })],
  [
    'an executable under a harmless name',
    'executable-file',
    tree => addShipped(tree, 'rope', { files: { 'README.txt': machineCode } }),
  ],
  [
    'a Windows program',
    'executable-file',
    tree => addShipped(tree, 'rope', { files: { 'bin/x.dat': windowsProgram } }),
  ],
  [
    'a zip archive',
    'archive-file',
    tree => addShipped(tree, 'rope', { files: { 'data.bin': Buffer.from('504b0304aa', 'hex') } }),
  ],
  ['a tar archive', 'archive-file', tree => addShipped(tree, 'rope', { files: { 'data.txt': tar } })],
]

test.each(refusals)('%s is refused as %s', async (_, code, change) => {
  expect(await codesAfter(change)).toEqual([code])
})

test('what Node has built in is nothing to hold against the author of a dependency', async () => {
  const codes = await codesAfter(tree => {
    tree.policy.bans.builtins.push({ package: 'winch', useInstead: 'node:winch' })
  })
  expect(codes).toEqual([])
})
