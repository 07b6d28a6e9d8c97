import { expect, test } from 'vitest'
import { codesAfter, type Refusal } from '../../fixtures/gates/judge.ts'
import { changeLock } from '../../fixtures/gates/tree.ts'

const refusals: Refusal[] = [
  ['a deprecated package', 'deprecated-version', tree => changeLock(tree, 'winch', { deprecated: 'it snaps' })],
  [
    'an undocumented dependency',
    'undocumented-dependency',
    tree => {
      tree.files['docs/dependencies.md'] = '| `portcullis` | closes the gate |\n| `ballista` | |\n'
    },
  ],
  [
    'a documented dependency that is none',
    'documented-but-absent',
    tree => {
      tree.files['docs/dependencies.md'] += '| `trebuchet` | throws stones |\n'
    },
  ],
  [
    'an expired ignore',
    'advisory-ignore-expired',
    tree => {
      tree.policy.advisories.ignore.push({ id: 'GHSA-x', reason: 'We never call that.', expires: '2026-05-31' })
    },
  ],
  [
    'an ignore for ever',
    'advisory-ignore-too-long',
    tree => {
      tree.policy.advisories.ignore.push({ id: 'GHSA-x', reason: 'We never call that.', expires: '2099-01-01' })
    },
  ],
]

test.each(refusals)('%s is refused as %s', async (_, code, change) => {
  expect(await codesAfter(change)).toEqual([code])
})
