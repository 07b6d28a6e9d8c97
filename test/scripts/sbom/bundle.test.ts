import { expect, test } from 'vitest'
import { packagesInBundle } from '../../../scripts/sbom/bundle.ts'

function packagesOf(files: Record<string, number>): string[] {
  const inputs = Object.fromEntries(Object.entries(files).map(([file, bytesInOutput]) => [file, { bytesInOutput }]))
  return [...packagesInBundle([{ outputs: { 'out.cjs': { inputs } } }])]
}

test('our own files are of no package', () => {
  expect(packagesOf({ 'src/main.ts': 10, 'src/not_node_modules/x.ts': 10, 'my-node_modules/a/x.js': 1 })).toEqual([])
})

test('a file that was shaken off whole does not ship', () => {
  expect(packagesOf({ 'node_modules/a/index.js': 0, 'node_modules/b/index.js': 1 })).toEqual(['node_modules/b'])
})

test('scoped, nested and linked packages are found where the lockfile has them', () => {
  const files = {
    'node_modules/@moat/eel/lib/x.js': 5,
    'node_modules/a/node_modules/b/x.js': 5,
    '../../elsewhere/node_modules/c/x.js': 5,
    'D:\\work\\node_modules\\d\\x.js': 5,
    'css:node_modules/e/x.css': 5,
  }
  expect(packagesOf(files)).toEqual([
    'node_modules/@moat/eel',
    'node_modules/a/node_modules/b',
    'node_modules/c',
    'node_modules/d',
    'node_modules/e',
  ])
})
