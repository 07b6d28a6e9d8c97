import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tarball } from '../../../scripts/release/tar.ts'
import { temporaryDirectory, write } from '../../fixtures/gates/tree.ts'

const members = [
  { path: 'postern-1.0.0/postern', content: Buffer.alloc(1500, 1), executable: true },
  { path: 'postern-1.0.0/LICENSE', content: Buffer.from('Apache\n'), executable: false },
  { path: 'postern-1.0.0/empty', content: Buffer.alloc(0), executable: false },
  { path: 'postern-1.0.0/whole-block', content: Buffer.alloc(512, 2), executable: false },
]

test('what is packed comes out of tar as it was', () => {
  const directory = temporaryDirectory()
  write(join(directory, 'a.tar.gz'), tarball(members))
  execFileSync('tar', ['-xzf', 'a.tar.gz'], { cwd: directory })
  for (const { path, content, executable } of members) {
    expect(readFileSync(join(directory, path)).equals(content)).toBe(true)
    expect((statSync(join(directory, path)).mode & 0o100) !== 0).toBe(executable)
  }
})

test('the order in which files are given does not show', () => {
  expect(tarball([...members].reverse()).equals(tarball(members))).toBe(true)
})

test('no date, owner or system shows', () => {
  const packed = tarball(members)
  expect([...packed.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255])
  const directory = temporaryDirectory()
  write(join(directory, 'a.tar.gz'), packed)
  const listed = execFileSync('tar', ['--utc', '-tvzf', 'a.tar.gz'], { cwd: directory, encoding: 'utf8' })
  for (const line of listed.trim().split('\n')) expect(line).toMatch(/ 0\/0 .* 1970-01-01 00:00 /)
})

test('a path that the format cannot hold is refused', () => {
  expect(() => tarball([{ path: 'x'.repeat(101), content: Buffer.alloc(0), executable: false }])).toThrow(RangeError)
})
