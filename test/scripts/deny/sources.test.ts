import { rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codesAfter, judge, type Refusal } from '../../fixtures/gates/judge.ts'
import {
  addShipped,
  changeInstalled,
  changeLock,
  cleanTree,
  type FakeTree,
  plant,
  someIntegrity,
  write,
} from '../../fixtures/gates/tree.ts'

test('a tree in which nothing is wrong passes', async () => {
  expect(await codesAfter(() => {})).toEqual([])
})

test('a finding says by which path the package came in', async () => {
  const tree = cleanTree()
  addShipped(tree, 'rope', { lock: { license: 'GPL-3.0-only' }, manifest: { license: 'GPL-3.0-only' } }, 'winch')
  const [finding, ...others] = await judge(plant(tree))
  expect(others).toEqual([])
  expect(finding?.code).toBe('license-denied')
  expect(finding?.package).toBe('rope@1.0.0')
  expect(finding?.cameInBy).toEqual(['castle', 'portcullis@1.2.3', 'winch@2.0.1', 'rope@1.0.0'])
})

const refusals: Refusal[] = [
  [
    'a git source',
    'source-git',
    tree => changeLock(tree, 'winch', { resolved: 'git+ssh://git@host/a/winch.git#c0ffee' }),
  ],
  ['a git source without a prefix', 'source-git', tree => changeLock(tree, 'winch', { resolved: 'github:a/winch' })],
  [
    'a git source in place of a version',
    'source-git',
    tree => changeLock(tree, 'winch', { resolved: 'git@host:a/winch.git' }),
  ],
  ['a remote tarball', 'source-remote', tree => changeLock(tree, 'winch', { resolved: 'https://host.example/w.tgz' })],
  [
    'a registry other than the default',
    'source-registry',
    tree => changeLock(tree, 'winch', { resolved: 'https://npm.example/winch/-/winch-2.0.1.tgz' }),
  ],
  ['a tarball from this machine', 'source-file', tree => changeLock(tree, 'winch', { resolved: 'file:../winch.tgz' })],
  ['no integrity', 'integrity-missing', tree => changeLock(tree, 'winch', { integrity: undefined })],
  [
    'a SHA-1 integrity',
    'integrity-weak',
    tree => changeLock(tree, 'winch', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }),
  ],
  [
    'a second digest',
    'integrity-weak',
    tree => changeLock(tree, 'winch', { integrity: `${someIntegrity} ${someIntegrity}` }),
  ],
  ['an integrity that is no text', 'integrity-weak', tree => changeLock(tree, 'winch', { integrity: { sha512: 'x' } })],
  ['bundled dependencies', 'bundled-dependency', tree => changeLock(tree, 'winch', { bundleDependencies: ['rope'] })],
  [
    'a package inside a package',
    'bundled-dependency',
    tree => {
      changeInstalled(tree, 'winch', { files: { 'vendor/node_modules/rope/package.json': '{}' } })
    },
  ],
  [
    'a lockfile of version 2',
    'lockfile-version',
    tree => {
      tree.lockfileVersion = 2
    },
  ],
  [
    'a lockfile entry that nothing asks for',
    'lockfile-orphan',
    tree => {
      tree.packages['node_modules/stowaway'] = { lock: { version: '1.0.0', license: 'MIT' }, installed: false }
    },
  ],
  [
    'a package that is not installed',
    'installed-missing',
    tree => changeInstalled(tree, 'winch', { installed: false }),
  ],
  [
    'another version installed',
    'installed-mismatch',
    tree => changeInstalled(tree, 'winch', { manifest: { version: '2.0.2' } }),
  ],
  [
    'another package installed',
    'installed-mismatch',
    tree => changeInstalled(tree, 'winch', { manifest: { name: 'pulley' } }),
  ],
  [
    'a directory that the lockfile does not know',
    'installed-extraneous',
    tree => {
      tree.files['node_modules/stowaway/package.json'] = '{"name":"stowaway"}'
    },
  ],
  [
    'a scoped directory that the lockfile does not know',
    'installed-extraneous',
    tree => {
      tree.files['node_modules/@moat/eel/package.json'] = '{"name":"@moat/eel"}'
    },
  ],
  [
    'a lockfile that is no JSON',
    'lockfile-unreadable',
    tree => {
      tree.files['package-lock.json'] = '{'
    },
  ],
  [
    'a lockfile of another shape',
    'lockfile-unreadable',
    tree => {
      tree.files['package-lock.json'] = '{"packages":[]}'
    },
  ],
  [
    'a policy that is no JSON',
    'policy-unreadable',
    tree => {
      tree.files['deny.json'] = '{'
    },
  ],
]

test.each(refusals)('%s is refused as %s', async (_, code, change) => {
  expect(await codesAfter(change)).toEqual([code])
})
test('a lockfile that knows other direct dependencies than package.json is stale', async () => {
  const root = plant(cleanTree())
  write(
    join(root, 'package.json'),
    JSON.stringify({ name: 'castle', dependencies: { portcullis: '1.2.4' }, devDependencies: { ballista: '4.5.6' } }),
  )
  expect((await judge(root)).map(({ code }) => code)).toEqual(['lockfile-stale'])
})

test('a tree without a lockfile is not judged', async () => {
  const root = plant(cleanTree())
  rmSync(join(root, 'package-lock.json'))
  expect((await judge(root)).map(({ code }) => code)).toEqual(['lockfile-unreadable'])
})

test('a link is refused unless the policy names it and where it leads', async () => {
  const linked = (tree: FakeTree): void => {
    tree.manifest.devDependencies = { ballista: '4.5.6', quarry: 'file:tools/quarry' }
    tree.files['docs/dependencies.md'] += '| `quarry` | has the stones |\n'
    tree.files['tools/quarry/package.json'] = '{"name":"quarry","version":"1.0.0","license":"MIT"}'
    tree.packages['node_modules/quarry'] = { lock: { resolved: 'tools/quarry', link: true, integrity: undefined } }
    tree.packages['tools/quarry'] = {
      lock: { name: 'quarry', version: '1.0.0', license: 'MIT', integrity: undefined },
      manifest: { license: 'MIT' },
    }
  }
  const link = { package: 'quarry', reason: 'A directory of this repository.' }
  expect(await codesAfter(linked)).toEqual(['source-link'])
  const excused = await codesAfter(tree => {
    linked(tree)
    tree.policy.sources.links.push({ ...link, path: 'tools/quarry' })
  })
  expect(excused).toEqual([])
  const elsewhere = await codesAfter(tree => {
    linked(tree)
    tree.policy.sources.links.push({ ...link, path: 'tools/mine' })
  })
  expect(elsewhere).toEqual(['source-link', 'unused-exception'])
})

test('a symbolic link in place of a package is not followed into the rest of the machine', async () => {
  const root = plant(cleanTree())
  const elsewhere = plant(cleanTree())
  symlinkSync(elsewhere, join(root, 'node_modules/portcullis/outside'))
  expect(await judge(root)).toEqual([])
})

test('a link in place of a locked package is refused: no integrity covers where it leads', async () => {
  const root = plant(cleanTree())
  const elsewhere = plant(cleanTree())
  rmSync(join(root, 'node_modules/winch'), { recursive: true })
  symlinkSync(join(elsewhere, 'node_modules/winch'), join(root, 'node_modules/winch'))
  expect((await judge(root)).map(({ code }) => code)).toEqual(['installed-missing', 'installed-extraneous'])
})

test('a package whose package.json cannot be read is not the one that was locked', async () => {
  const root = plant(cleanTree())
  write(join(root, 'node_modules/ballista/package.json'), '{')
  expect((await judge(root)).map(({ code }) => code)).toContain('installed-mismatch')
})
