import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type RebuildRequest, rebuild } from '../../../scripts/release/rebuild.ts'
import { temporaryDirectory, write } from '../../fixtures/gates/tree.ts'

const archive = 'postern-1.0.0-linux-x64.tar.gz'

/** A small project with the two commands that a release has; what it builds depends on its one source file. */
function repository(source: string): string {
  const root = temporaryDirectory()
  const scripts = { package: 'node package.cjs', archive: 'node archive.cjs' }
  const manifest = { name: 'tiny', version: '1.0.0', private: true, scripts }
  write(join(root, 'package.json'), JSON.stringify(manifest))
  const lock = { name: 'tiny', version: '1.0.0', lockfileVersion: 3, packages: { '': manifest } }
  write(join(root, 'package-lock.json'), JSON.stringify(lock))
  const flag = "const flag = name => process.argv[process.argv.indexOf('--' + name) + 1]\nconst fs = require('fs')\n"
  write(join(root, 'package.cjs'), `${flag}fs.writeFileSync(flag('out'), fs.readFileSync('source'))\n`)
  const pack =
    "fs.mkdirSync(flag('out'))\nfs.copyFileSync(flag('binary'), flag('out') + '/postern-1.0.0-' + flag('target') + '.tar.gz')\n"
  write(join(root, 'archive.cjs'), flag + pack)
  write(join(root, 'source'), source)
  const git = (...args: string[]): void => {
    const who = ['-c', 'user.name=A Builder', '-c', 'user.email=builder@castle.example', '-c', 'tag.gpgSign=false']
    execFileSync('git', [...who, '-c', 'commit.gpgSign=false', ...args], { cwd: root, stdio: 'ignore' })
  }
  git('init', '--quiet')
  git('add', '.')
  git('commit', '--quiet', '-m', 'Build the wall')
  git('tag', 'v1.0.0')
  write(join(root, 'source'), 'what came after the release')
  git('commit', '--quiet', '-am', 'Build it higher')
  return root
}

async function outcomes(request: Partial<RebuildRequest>, source = 'stone'): Promise<string[]> {
  const directory = temporaryDirectory()
  const sums = join(directory, 'SHA256SUMS')
  write(sums, `${createHash('sha256').update('stone').digest('hex')}  ${archive}\n`)
  const printed: string[] = []
  const steps = await rebuild({
    tag: 'v1.0.0',
    target: 'linux-x64',
    from: repository(source),
    sums,
    against: undefined,
    say: step => printed.push(step.what),
    ...request,
  })
  expect(printed).toEqual(steps.map(({ what }) => what))
  return steps.map(({ outcome, what }) => `${outcome} ${what.slice(0, 40)}`)
}

test('a tag that builds to what was released is told so, step by step', async () => {
  expect(await outcomes({})).toEqual([
    'ok clone v1.0.0',
    'ok npm ci',
    'ok package',
    'ok archive',
    'ok postern-1.0.0-linux-x64.tar.gz comes out',
  ])
})

test('a release that was not built from its tag is found out', async () => {
  expect((await outcomes({}, 'sand')).at(-1)).toMatch(/^differs postern-1\.0\.0/)
})

test('a download can be compared without its checksums', async () => {
  const file = join(temporaryDirectory(), 'mine.tar.gz')
  write(file, 'stone')
  expect((await outcomes({ sums: undefined, against: file })).at(-1)).toMatch(/^ok /)
})

test('with nothing to compare with, the digest is told and the comparison is skipped', async () => {
  expect((await outcomes({ sums: undefined })).at(-1)).toMatch(/^skipped postern-1\.0\.0/)
})

test('checksums that are not there verify nothing', async () => {
  expect((await outcomes({ sums: '/nowhere/SHA256SUMS' })).at(-1)).toMatch(/^failed /)
})

test('a tag that is not there ends it', async () => {
  expect(await outcomes({ tag: 'v9.9.9' })).toEqual([expect.stringMatching(/^failed clone v9\.9\.9/)])
})

test.each([
  ['--upload-pack=touch x', 'linux-x64'],
  ['v1.0.0', '$(touch x)'],
])('%s and %s are not handed to git or npm', async (tag, target) => {
  expect(await outcomes({ tag, target })).toEqual([expect.stringMatching(/^failed .*no release tag/)])
})
