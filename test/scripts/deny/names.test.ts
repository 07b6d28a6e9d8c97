import { expect, test } from 'vitest'
import { codesAfter, type Refusal } from '../../fixtures/gates/judge.ts'
import { addShipped, changeLock } from '../../fixtures/gates/tree.ts'

const refusals: Refusal[] = [
  ['a name one letter from a popular one', 'look-alike-name', tree => addShipped(tree, 'lodahs', {})],
  ['a popular name with swapped separators', 'look-alike-name', tree => addShipped(tree, 'cross_env', {})],
  ['a popular name without its scope’s marks', 'look-alike-name', tree => addShipped(tree, 'babel-core', {})],
  ['a popular name with a digit for a letter', 'look-alike-name', tree => addShipped(tree, 'l0da5h', {})],
  ['a popular name with a Cyrillic letter', 'look-alike-name', tree => addShipped(tree, 'ехрrеss', {})],
  ['a name with letters outside of ASCII', 'look-alike-name', tree => addShipped(tree, 'ŵïnch', {})],
  [
    'a look-alike that only tests',
    'look-alike-name',
    tree => {
      tree.manifest.devDependencies = { ballista: '4.5.6', raect: '1.0.0' }
      tree.files['docs/dependencies.md'] += '| `raect` | is under test |\n'
      tree.packages['node_modules/raect'] = {
        lock: { version: '1.0.0', license: 'MIT', dev: true },
        manifest: { license: 'MIT' },
      }
    },
  ],
  ['a package under another name', 'renamed-package', tree => changeLock(tree, 'winch', { name: 'pulley' })],
]

test.each(refusals)('%s is refused as %s', async (_, code, change) => {
  expect(await codesAfter(change)).toEqual([code])
})
