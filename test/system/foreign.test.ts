import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { programs } from '../memory/vectors.ts'
import { has } from '../needs.ts'
import { newDirectory, postern } from '../postern.ts'

const script = resolve(import.meta.dirname, '../../scripts/package.ts')
const directory = newDirectory('foreign')

function build(target: string): string {
  const out = join(directory, `postern-${target}`)
  execFileSync(process.execPath, [script, '--target', target, '--out', out], { stdio: ['ignore', 'ignore', 'inherit'] })
  return out
}

const hasEmulator = process.arch === 'x64' && process.platform === 'linux' && has('qemu-aarch64-static')

describe.runIf(hasEmulator)('for Linux on arm64, under emulation, the executable', () => {
  const run = (args: readonly string[]) =>
    postern(args, {
      program: ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu', join(directory, 'postern-linux-arm64')],
    })

  beforeAll(() => {
    build('linux-arm64')
  })

  test('starts and knows what it is', () => {
    const { stdout, stderr, exit } = run(['version', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ platform: 'linux-arm64', node: process.versions.node })
    expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 })
  })

  test('finds itself sound', () => {
    expect(run(['self', 'verify'])).toMatchObject({ stderr: '', exit: 0 })
  })

  test.each(['random-forward-1.json.gz', 'random-general-1.json.gz'])('writes the same memory log: %s', name => {
    const { stdout, stderr, exit } = run(['memory', 'replay', resolve(import.meta.dirname, '../vectors/memory', name)])
    expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 })
    const { len, sha256 } = programs().find(program => program.name === name)?.log ?? {}
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({ len, sha256 })
  })
})

interface Manifest {
  readonly blob: { readonly offset: number; readonly length: number }
  readonly signature: { readonly offset: number; readonly length: number } | null
  readonly node: { readonly sha256: string }
  readonly parts: Readonly<
    Record<string, { readonly offset: number; readonly length: number; readonly sha256: string }>
  >
}

/** What cannot be started here is at least read: the digests that it carries must be those of its bytes. */
describe.each(['macos-x64', 'macos-arm64', 'windows-x64'])('for %s the executable', target => {
  let bytes: Buffer
  let manifest: Manifest

  beforeAll(() => {
    bytes = readFileSync(build(target))
    const at = bytes.indexOf('{"format":1,"target":')
    manifest = JSON.parse(bytes.subarray(at, bytes.indexOf('}}}', at) + 3).toString())
  })

  const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')

  test('is of its platform', () => {
    const magic = bytes.readUInt32LE(0)
    expect(magic === 0xfeedfacf || (magic & 0xffff) === 0x5a4d).toBe(true)
    expect(bytes.includes(Buffer.from('NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1'))).toBe(true)
  })

  test('carries the digests of its parts', () => {
    expect(Object.keys(manifest.parts)).toContain('main.cjs')
    for (const { offset, length, sha256: expected } of Object.values(manifest.parts)) {
      expect(sha256(bytes.subarray(offset, offset + length))).toBe(expected)
    }
  })

  test('carries the digest of its Node, and a signature where the platform wants one', () => {
    const { blob, signature, node } = manifest
    const end = signature?.offset ?? bytes.length
    expect(
      sha256(Buffer.concat([bytes.subarray(0, blob.offset), bytes.subarray(blob.offset + blob.length, end)])),
    ).toBe(node.sha256)
    expect(signature !== null).toBe(target.startsWith('macos'))
    if (signature !== null) expect(bytes.readUInt32BE(signature.offset)).toBe(0xfade0cc0)
  })
})
