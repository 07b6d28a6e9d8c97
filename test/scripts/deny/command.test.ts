import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { deny } from '../../../scripts/deny.ts'
import { addShipped, cleanTree, plant } from '../../fixtures/gates/tree.ts'

const root = join(import.meta.dirname, '../../..')

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(root, 'scripts/deny.ts'), ...args], { encoding: 'utf8' })
}

test('the tree of this repository is allowed by its own policy', async () => {
  const { diagnostics } = await deny(root, { online: false, registry: undefined, now: Date.now() })
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
})

test('a finding is printed with its code and path, and the command fails', () => {
  const tree = cleanTree()
  addShipped(tree, 'lodahs', {}, 'winch')
  const { status, stdout, stderr } = run(plant(tree))
  expect(stderr).toBe('')
  expect(status).toBe(1)
  expect(stdout).toBe(
    [
      'error[look-alike-name]  lodahs@1.0.0  resembles lodash by one letter',
      '      came in by: castle > portcullis@1.2.3 > winch@2.0.1 > lodahs@1.0.0',
      'note[registry-not-asked]  release age and withdrawal were not checked; deprecation only as far as the lockfile tells',
      '      next: node scripts/deny.ts --online',
      'deny: 1 error; 3 packages that ship, 1 that build and test; 0 for other platforms judged by the lockfile alone',
      '',
    ].join('\n'),
  )
})

test('--json prints the same for a program', () => {
  const { status, stdout } = run('--json', plant(cleanTree()))
  expect(status).toBe(0)
  const shape = v.object({
    version: v.literal(1),
    gate: v.literal('deny'),
    ok: v.literal(true),
    diagnostics: v.array(v.object({ code: v.string() })),
  })
  expect(v.parse(shape, JSON.parse(stdout)).diagnostics).toEqual([{ code: 'registry-not-asked' }])
})

test('--help tells how to use it', () => {
  const { status, stdout } = run('--help')
  expect(status).toBe(0)
  expect(stdout).toContain('node scripts/deny.ts [--online]')
})

test.each([['--jsno'], ['one', 'two']])('a command written wrongly is refused: %s', (...args) => {
  const { status, stdout, stderr } = run(...args)
  expect(status).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain('next: node scripts/deny.ts --help')
})
