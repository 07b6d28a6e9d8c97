import { expect, test } from 'vitest'
import { codesAfter, type Refusal, reason } from '../../fixtures/gates/judge.ts'
import { addShipped, changeInstalled, changeLock } from '../../fixtures/gates/tree.ts'

const refusals: Refusal[] = [
  [
    'a GPL package',
    'license-denied',
    tree => addShipped(tree, 'rope', { lock: { license: 'GPL-3.0-only' }, manifest: { license: 'GPL-3.0-only' } }),
  ],
  [
    'a GPL package that only tests',
    'license-denied',
    tree => {
      changeLock(tree, 'ballista', { license: 'GPL-3.0-or-later' })
      changeInstalled(tree, 'ballista', { manifest: { license: 'GPL-3.0-or-later' } })
    },
  ],
  [
    'no licence',
    'license-missing',
    tree => addShipped(tree, 'rope', { lock: { license: undefined }, manifest: { license: undefined } }),
  ],
  [
    'a package that nobody may use',
    'license-missing',
    tree => addShipped(tree, 'rope', { lock: { license: 'UNLICENSED' }, manifest: { license: 'UNLICENSED' } }),
  ],
  [
    'a licence in prose',
    'license-unparsable',
    tree =>
      addShipped(tree, 'rope', { lock: { license: 'do what you like' }, manifest: { license: 'do what you like' } }),
  ],
  [
    'a lockfile that flatters a licence',
    'license-disagrees',
    tree => addShipped(tree, 'rope', { lock: { license: 'MIT' }, manifest: { license: 'ISC' } }),
  ],
  [
    'no licence text',
    'license-text-missing',
    tree => {
      const fake = tree.packages['node_modules/winch']
      tree.packages['node_modules/winch'] = { ...fake, files: { 'index.js': '' } }
    },
  ],
]

test.each(refusals)('%s is refused as %s', async (_, code, change) => {
  expect(await codesAfter(change)).toEqual([code])
})
test('a clarification no longer holds when the text that it rests on changed', async () => {
  const codes = await codesAfter(tree => {
    addShipped(tree, 'rope', { files: { LICENSE: 'All rights reserved\n' } })
    tree.policy.licenses.clarify.push({
      package: 'rope',
      expression: 'MIT',
      files: [{ path: 'LICENSE', sha256: '0'.repeat(64) }],
      reason,
    })
  })
  expect(codes).toEqual(['clarification-stale'])
})

test('a package for a platform that nobody builds for is not judged by its licence', async () => {
  const codes = await codesAfter(tree => {
    addShipped(tree, 'rope', { lock: { license: 'GPL-3.0-only', os: ['plan9'], optional: true }, installed: false })
  })
  expect(codes).toEqual([])
})
