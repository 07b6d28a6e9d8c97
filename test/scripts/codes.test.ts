import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { codes } from '../../scripts/gate/codes.ts'

const root = resolve(import.meta.dirname, '../..')

test('every code is explained in docs/supply-chain.md, and nothing else is', () => {
  const text = readFileSync(join(root, 'docs/supply-chain.md'), 'utf8')
  const [, list = ''] = text.split('\n## Codes\n')
  const explained = [...list.matchAll(/^\| `([a-z-]+)` \| (.+) \|$/gm)].map(([, code, meaning]) => [code, meaning])
  expect(explained).toEqual(Object.entries(codes))
})

test('every code has a test that provokes it', () => {
  const tests = readdirSync(join(root, 'test/scripts'), { withFileTypes: true, recursive: true })
    .filter(item => item.isFile() && item.name !== 'codes.test.ts')
    .map(item => readFileSync(join(item.parentPath, item.name), 'utf8'))
    .join('\n')
  expect(Object.keys(codes).filter(code => !new RegExp(`\\b${code}\\b`).test(tests))).toEqual([])
})

test('no code is left that nothing reports', () => {
  const scripts = readdirSync(join(root, 'scripts'), { withFileTypes: true, recursive: true })
    .filter(item => item.isFile() && item.name.endsWith('.ts') && item.name !== 'codes.ts')
    .map(item => readFileSync(join(item.parentPath, item.name), 'utf8'))
    .join('\n')
  expect(Object.keys(codes).filter(code => !new RegExp(`['"]${code}['"]`).test(scripts))).toEqual([])
})
