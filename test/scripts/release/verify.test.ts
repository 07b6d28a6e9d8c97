import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectory, write } from '../../fixtures/gates/tree.ts'

const script = resolve(import.meta.dirname, '../../../scripts/verify-release.ts')
const archive = 'postern-1.0.0-linux-x64.tar.gz'

interface Outcome {
  readonly status: number | null
  readonly lines: readonly string[]
}

/** Runs the command with only the given directory, and what the system has, to find programs in. */
function verify(args: readonly string[], path: string): Outcome {
  const { status, stdout } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', env: { PATH: path } })
  return { status, lines: stdout.trimEnd().split('\n') }
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex')
}

/** A directory as a stranger has it after downloading a release. */
function download({ content = 'archive', sums = `${sha256('archive')}  ${archive}\n` } = {}): string {
  const directory = temporaryDirectory()
  write(join(directory, archive), content)
  write(join(directory, 'SHA256SUMS'), sums)
  write(join(directory, 'SHA256SUMS.sigstore.json'), '{}')
  return directory
}

/** Stands in for the real verifiers, which need the network: notes what it was asked and answers as told. */
function verifiers(status: number): string {
  const directory = temporaryDirectory()
  for (const name of ['cosign', 'gh']) {
    const body = `#!/bin/sh\necho "$@" > ${join(directory, name)}.args\necho "${name} says no" >&2\nexit ${status}\n`
    write(join(directory, name), body)
    chmodSync(join(directory, name), 0o755)
  }
  return directory
}

test('without the verifiers, only what could be checked is called right', () => {
  const { status, lines } = verify([join(download(), archive), '--repo', 'a/b'], '/nowhere')
  expect(status).toBe(0)
  expect(lines).toEqual([
    `ok       SHA-256 of ${archive} is ${sha256('archive')}`,
    'skipped  signature over SHA256SUMS: cosign is not installed',
    `skipped  provenance of ${archive}: gh is not installed`,
    'ok       as far as it could be checked: see what was skipped',
  ])
})

test('when attestations are required, one that cannot be checked fails', () => {
  const { status, lines } = verify([join(download(), archive), '--repo', 'a/b', '--require-attestations'], '/nowhere')
  expect(status).toBe(1)
  expect(lines.at(-1)).toBe('failed   not verified')
})

test('a changed download is not run: exit 6, and nothing else is asked', () => {
  const path = verifiers(0)
  const { status, lines } = verify([join(download({ content: 'changed' }), archive), '--repo', 'a/b'], path)
  expect(status).toBe(6)
  expect(lines[0]).toMatch(/^differs {2}SHA-256/)
  expect(lines.at(-1)).toBe('differs  do not run it: it is not what it says it is')
  expect(existsSync(join(path, 'gh.args'))).toBe(false)
})

test.each([
  ['no line for the file', `${sha256('archive')}  other.tar.gz\n`],
  ['two lines for the file', `${sha256('archive')}  ${archive}\n${sha256('x')}  ${archive}\n`],
  ['a line that is no digest', `${'0'.repeat(63)}  ${archive}\n`],
])('checksums with %s verify nothing', (_, sums) => {
  expect(verify([join(download({ sums }), archive)], '/nowhere').status).toBe(1)
})

test('the verifiers are told who must have signed and where it must have been built', () => {
  const path = verifiers(0)
  const { status, lines } = verify([join(download(), archive), '--repo', 'a/b', '--require-attestations'], path)
  expect(lines.at(-1)).toBe('ok       verified')
  expect(status).toBe(0)
  const asked = readFileSync(join(path, 'cosign.args'), 'utf8')
  expect(asked).toContain('-regexp ^https://github\\.com/a/b/\\.github/workflows/build\\.yml@refs/tags/v[0-9]')
  expect(readFileSync(join(path, 'gh.args'), 'utf8')).toContain(
    '--repo a/b --signer-workflow a/b/.github/workflows/build.yml',
  )
})

test('a signature that does not fit is not run', () => {
  const { status, lines } = verify([join(download(), archive), '--repo', 'a/b'], verifiers(1))
  expect(status).toBe(6)
  expect(lines[1]).toBe('differs  signature over SHA256SUMS: cosign says: cosign says no')
})

test('a repository that is no repository is not handed to anyone', () => {
  const path = verifiers(0)
  expect(verify([join(download(), archive), '--repo', 'a/b --owner c'], path).status).toBe(1)
  expect(existsSync(join(path, 'gh.args'))).toBe(false)
})

test.each([
  [[]],
  [['one', 'two']],
  [['--rebuild', 'v1', '--sums', 'a', '--against', 'b']],
  [['--nonsense']],
  [['x', '--rebuild', 'v1']],
])('a command written wrongly is refused: %s', args => {
  expect(verify(args, '/nowhere').status).toBe(2)
})
