import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { trimElf } from '../../scripts/package/elf.ts'
import { reserveSignature, sign } from '../../scripts/package/macho.ts'
import { withoutCertificate } from '../../scripts/package/pe.ts'
import { newDirectory } from '../postern.ts'

describe('an ELF file', () => {
  test.runIf(process.platform === 'linux')('without its symbols is smaller, runs, and keeps every loaded byte', () => {
    const node = readFileSync(process.execPath)
    const trimmed = trimElf(node)
    expect(trimmed.length).toBeLessThan(node.length * 0.9)
    const loadedEnd = 0x1000
    expect(Buffer.compare(trimmed.subarray(64, loadedEnd), node.subarray(64, loadedEnd))).toBe(0)
    const file = join(newDirectory('elf'), 'node')
    writeFileSync(file, trimmed, { mode: 0o755 })
    expect(execFileSync(file, ['-p', '6*7'], { encoding: 'utf8' })).toBe('42\n')
    expect(Buffer.compare(trimElf(trimmed), trimmed)).toBe(0)
  })

  test('is refused when it is something else', () => {
    expect(() => trimElf(Buffer.alloc(100))).toThrow(/not a 64-bit/)
  })
})

/** The least Mach-O file that has what signing looks at. */
function machO({ room = 100 } = {}): Buffer {
  const commands = 72 + 80 + 72
  const textBytes = 9000
  const file = Buffer.alloc(32 + commands + room + textBytes + 500, 7)
  file.fill(0, 0, 32 + commands + room)
  file.writeUInt32LE(0xfeedfacf, 0)
  file.writeUInt32LE(2, 16)
  file.writeUInt32LE(commands, 20)
  const segment = (at: number, name: string, offset: number, bytes: number, sections: number) => {
    file.writeUInt32LE(0x19, at)
    file.writeUInt32LE(72 + 80 * sections, at + 4)
    file.write(name, at + 8, 'latin1')
    file.writeBigUInt64LE(BigInt(offset), at + 40)
    file.writeBigUInt64LE(BigInt(bytes), at + 48)
    file.writeUInt32LE(sections, at + 64)
  }
  const firstSection = 32 + commands + room
  segment(32, '__TEXT', 0, firstSection + textBytes, 1)
  file.writeUInt32LE(firstSection, 32 + 72 + 48)
  segment(32 + 72 + 80, '__LINKEDIT', firstSection + textBytes, 500, 0)
  return file
}

describe('a Mach-O file', () => {
  test('gets a signature over every page, in its last bytes', () => {
    const { signed, signature } = reserveSignature(machO(), 'postern')
    sign(signed, 'postern', signature)
    const blob = Buffer.from(signed.subarray(signature.offset))
    expect(signature.offset % 16).toBe(0)
    expect(signature.offset + signature.length).toBe(signed.length)
    expect(blob.readUInt32BE(0)).toBe(0xfade0cc0)
    const directory = blob.subarray(blob.readUInt32BE(16))
    expect(directory.readUInt32BE(0)).toBe(0xfade0c02)
    expect(directory.readUInt32BE(32)).toBe(signature.offset)
    const identifierAt = directory.readUInt32BE(20)
    expect(directory.subarray(identifierAt, identifierAt + 8).toString()).toBe('postern\0')
    const [hashesAt, pages] = [directory.readUInt32BE(16), directory.readUInt32BE(28)]
    expect(pages).toBe(Math.ceil(signature.offset / 4096))
    for (let page = 0; page < pages; page++) {
      const bytes = signed.subarray(page * 4096, Math.min((page + 1) * 4096, signature.offset))
      const expected = createHash('sha256').update(bytes).digest('hex')
      expect(directory.subarray(hashesAt + page * 32, hashesAt + page * 32 + 32).toString('hex')).toBe(expected)
    }
  })

  test('tells the loader where the signature is', () => {
    const { signed, signature } = reserveSignature(machO(), 'postern')
    const view = new DataView(signed.buffer)
    expect(view.getUint32(16, true)).toBe(3)
    const command = 32 + 72 + 80 + 72
    expect([0, 4, 8, 12].map(at => view.getUint32(command + at, true))).toEqual([
      0x1d,
      16,
      signature.offset,
      signature.length,
    ])
    const linkEdit = 32 + 72 + 80
    const end = view.getBigUint64(linkEdit + 40, true) + view.getBigUint64(linkEdit + 48, true)
    expect(end).toBe(BigInt(signed.length))
  })

  test('without room for the load command is refused rather than overwritten', () => {
    expect(() => reserveSignature(machO({ room: 8 }), 'postern')).toThrow(/no room/)
  })

  test('is refused when it is something else', () => {
    expect(() => reserveSignature(Buffer.alloc(100), 'postern')).toThrow(/not a 64-bit Mach-O/)
  })
})

describe('a Windows executable', () => {
  const header = 0x80
  function portable(certificateBytes: number): Buffer {
    const file = Buffer.alloc(1000 + certificateBytes, 5)
    file.writeUInt32LE(header, 0x3c)
    file.writeUInt32LE(0x4550, header)
    file.writeUInt16LE(0x20b, header + 24)
    file.writeUInt32LE(certificateBytes === 0 ? 0 : 1000, header + 24 + 112 + 32)
    file.writeUInt32LE(certificateBytes, header + 24 + 112 + 36)
    return file
  }

  test('loses a signature that would no longer be true', () => {
    const bare = withoutCertificate(portable(64))
    expect(bare.length).toBe(1000)
    expect(Buffer.from(bare).readBigUInt64LE(header + 24 + 112 + 32)).toBe(0n)
  })

  test('without a signature stays as it is', () => {
    const file = portable(0)
    expect(withoutCertificate(file)).toBe(file)
  })

  test('with data after its signature is refused', () => {
    expect(() => withoutCertificate(Buffer.concat([portable(64), Buffer.alloc(8)]))).toThrow(/not at the end/)
  })
})
