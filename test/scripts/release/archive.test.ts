import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { temporaryDirectory, write } from '../../fixtures/gates/tree.ts'

const root = resolve(import.meta.dirname, '../../..')
const { version } = v.parse(
  v.object({ version: v.string() }),
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
)
const name = `postern-${version}-linux-x64`

/** A program that answers each question with the question. */
function program(body = 'echo "$@"'): string {
  const file = join(temporaryDirectory(), 'postern')
  write(file, `#!/bin/sh\n${body}\n`)
  chmodSync(file, 0o755)
  return file
}

function pack(binary: string): { status: number | null; out: string; stderr: string } {
  const out = temporaryDirectory()
  const args = [join(root, 'scripts/archive.ts'), '--target', 'linux-x64', '--binary', binary, '--out', out]
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  return { status, out, stderr }
}

test('an archive has the program and what the program says of itself', () => {
  const { status, out } = pack(program())
  expect(status).toBe(0)
  execFileSync('tar', ['-xzf', `${name}.tar.gz`], { cwd: out })
  const read = (path: string): string => readFileSync(join(out, name, path), 'utf8')
  expect(read('completions/_postern')).toBe('completions zsh\n')
  expect(read('man/postern.1')).toBe('man\n')
  expect(read('THIRD-PARTY-LICENSES.txt')).toBe('licenses\n')
  expect(read('sbom.cdx.json')).toBe('sbom\n')
  expect(readFileSync(join(out, 'postern-linux-x64.cdx.json'), 'utf8')).toBe('sbom\n')
  expect(execFileSync(join(out, name, 'postern'), ['version'], { encoding: 'utf8' })).toBe('version\n')
})

test('the same program packs to the same bytes', () => {
  const [first, second] = [pack(program()), pack(program())].map(({ out }) => readFileSync(join(out, `${name}.tar.gz`)))
  expect(first !== undefined && second !== undefined && first.equals(second)).toBe(true)
})

test('a program that does not run here is not packed', () => {
  const { status, stderr } = pack(program('exit 3'))
  expect(status).toBe(1)
  expect(stderr).toMatch(/^archive: Command failed/)
})
