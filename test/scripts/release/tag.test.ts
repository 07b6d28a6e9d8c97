import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkTag, notesFor } from '../../../scripts/tag.ts'
import { temporaryDirectory, write } from '../../fixtures/gates/tree.ts'

function findings(tag: string, version: string, lockVersion: string, changelog: string): string[] {
  const root = temporaryDirectory()
  write(join(root, 'package.json'), JSON.stringify({ version }))
  write(join(root, 'package-lock.json'), JSON.stringify({ version: lockVersion }))
  write(join(root, 'CHANGELOG.md'), changelog)
  return checkTag(root, tag).map(({ code, file }) => `${code} ${file}`)
}

test('a tag that is the version, with its section, may release', () => {
  expect(findings('v1.2.3', '1.2.3', '1.2.3', '# Changes\n\n## 1.2.3 — 2026-01-01\n')).toEqual([])
  expect(findings('v1.2.3-rc.1', '1.2.3-rc.1', '1.2.3-rc.1', '## [1.2.3-rc.1]\n')).toEqual([])
})

test.each([
  [
    'another version',
    'v1.2.4',
    '1.2.3',
    '1.2.3',
    '## 1.2.4\n',
    ['tag-differs package.json', 'tag-differs package-lock.json'],
  ],
  ['a lockfile left behind', 'v1.2.3', '1.2.3', '1.2.2', '## 1.2.3\n', ['tag-differs package-lock.json']],
  ['no section', 'v1.2.3', '1.2.3', '1.2.3', '## 1.2.30\n', ['changelog-missing CHANGELOG.md']],
  ['the section of a candidate', 'v1.2.3', '1.2.3', '1.2.3', '## 1.2.3-rc.1\n', ['changelog-missing CHANGELOG.md']],
])('a tag with %s may not', (_, tag, version, lockVersion, changelog, expected) => {
  expect(findings(tag, version, lockVersion, changelog)).toEqual(expected)
})

test('the notes of a release are its section of the changelog, and no more', () => {
  const root = temporaryDirectory()
  write(
    join(root, 'CHANGELOG.md'),
    '# Changes\n\n## 1.3.0\n\nA moat.\n\n## 1.2.3 — 2026-01-01\n\nA wall.\n\n### More\n\nA tower.\n\n## 1.2.2\n',
  )
  expect(notesFor(root, 'v1.2.3')).toBe('A wall.\n\n### More\n\nA tower.\n')
  expect(notesFor(root, 'v1.2')).toBeUndefined()
})
