import { createHash } from 'node:crypto'
import type { Range } from '../../src/cli/commands/self/manifest.ts'

/**
 * An ad hoc code signature for a Mach-O executable, the least that macOS on arm64 starts.
 *
 * Made here, because `codesign` exists on a Mac only, and an artefact that has to pass through one cannot be rebuilt
 * anywhere else. It identifies nobody; it is what a linker puts there: hashes of the file's pages.
 * Two steps, because the pages hold the manifest, which is written in between: {@link reserveSignature} gives the
 * signature its place and length, {@link sign} fills it.
 *
 * Source: XNU, osfmk/kern/cs_blobs.h (CS_CodeDirectory, version 0x20400) and mach-o/loader.h.
 */
export function reserveSignature(file: Uint8Array, identifier: string): { signed: Uint8Array; signature: Range } {
  const { commandsEnd, linkEdit, firstSection, count, size } = layout(file)
  if (commandsEnd + commandBytes > firstSection) throw new Error('no room for a load command')
  const offset = align(file.length, 16)
  const length = align(superBlobBytes(identifier, offset), 16)
  const signed = new Uint8Array(offset + length)
  signed.set(file)
  const view = new DataView(signed.buffer)
  view.setUint32(commandsEnd, commandCodeSignature, true)
  view.setUint32(commandsEnd + 4, commandBytes, true)
  view.setUint32(commandsEnd + 8, offset, true)
  view.setUint32(commandsEnd + 12, length, true)
  view.setUint32(16, count + 1, true)
  view.setUint32(20, size + commandBytes, true)
  const linkEditStart = view.getBigUint64(linkEdit + 40, true)
  const linkEditSize = BigInt(signed.length) - linkEditStart
  view.setBigUint64(linkEdit + 48, linkEditSize, true)
  view.setBigUint64(linkEdit + 32, BigInt(align(Number(linkEditSize), segmentPageBytes)), true)
  return { signed, signature: { offset, length } }
}

/** Fills the reserved place, in `file` itself. Nothing before it may change afterwards. */
export function sign(file: Uint8Array, identifier: string, { offset, length }: Range): void {
  const { text } = layout(file)
  const source = new DataView(file.buffer, file.byteOffset)
  const name = Buffer.from(`${identifier}\0`, 'latin1')
  const pages = Math.ceil(offset / hashPageBytes)
  const hashesAt = directoryHeaderBytes + name.length
  const blob = Buffer.alloc(length)
  const directory = blob.subarray(superBlobHeaderBytes)

  blob.writeUInt32BE(magicEmbeddedSignature, 0)
  blob.writeUInt32BE(superBlobBytes(identifier, offset), 4)
  blob.writeUInt32BE(1, 8) // one blob: the code directory, slot 0
  blob.writeUInt32BE(superBlobHeaderBytes, 16)

  directory.writeUInt32BE(magicCodeDirectory, 0)
  directory.writeUInt32BE(hashesAt + pages * hashBytes, 4)
  directory.writeUInt32BE(0x20400, 8)
  directory.writeUInt32BE(flagAdHoc | flagLinkerSigned, 12)
  directory.writeUInt32BE(hashesAt, 16)
  directory.writeUInt32BE(directoryHeaderBytes, 20)
  directory.writeUInt32BE(pages, 28)
  directory.writeUInt32BE(offset, 32)
  directory.writeUInt8(hashBytes, 36)
  directory.writeUInt8(hashTypeSha256, 37)
  directory.writeUInt8(Math.log2(hashPageBytes), 39)
  directory.writeBigUInt64BE(source.getBigUint64(text + 40, true), 64)
  directory.writeBigUInt64BE(source.getBigUint64(text + 48, true), 72)
  directory.writeBigUInt64BE(execSegmentMainBinary, 80)
  name.copy(directory, directoryHeaderBytes)
  for (let page = 0; page < pages; page++) {
    const bytes = file.subarray(page * hashPageBytes, Math.min((page + 1) * hashPageBytes, offset))
    createHash('sha256')
      .update(bytes)
      .digest()
      .copy(directory, hashesAt + page * hashBytes)
  }
  file.set(blob, offset)
}

const commandSegment64 = 0x19
const commandCodeSignature = 0x1d
const commandBytes = 16
const headerBytes = 32
const segmentPageBytes = 0x4000
const hashPageBytes = 4096
const hashBytes = 32
const hashTypeSha256 = 2
const magicEmbeddedSignature = 0xfade0cc0
const magicCodeDirectory = 0xfade0c02
const superBlobHeaderBytes = 20
const directoryHeaderBytes = 88
const flagAdHoc = 0x2
const flagLinkerSigned = 0x20000
const execSegmentMainBinary = 1n
const commandsMax = 1000

interface Layout {
  readonly count: number
  readonly size: number
  readonly commandsEnd: number
  /** Where the load commands of the two segments stand. */
  readonly text: number
  readonly linkEdit: number
  /** The file offset of the first section: load commands must end before it. */
  readonly firstSection: number
}

function layout(file: Uint8Array): Layout {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  if (view.getUint32(0, true) !== 0xfeedfacf) throw new Error('not a 64-bit Mach-O file')
  const count = view.getUint32(16, true)
  const segments = new Map<string, number>()
  let firstSection = Number.POSITIVE_INFINITY
  let at = headerBytes
  for (let index = 0; index < Math.min(count, commandsMax); index++) {
    if (view.getUint32(at, true) === commandSegment64) {
      segments.set(
        Buffer.from(file.subarray(at + 8, at + 24))
          .toString('latin1')
          .replace(/\0+$/, ''),
        at,
      )
      for (let section = 0; section < view.getUint32(at + 64, true); section++) {
        const offset = view.getUint32(at + 72 + section * 80 + 48, true)
        if (offset !== 0) firstSection = Math.min(firstSection, offset)
      }
    }
    at += view.getUint32(at + 4, true)
  }
  const text = segments.get('__TEXT')
  const linkEdit = segments.get('__LINKEDIT')
  if (text === undefined || linkEdit === undefined) throw new Error('Mach-O file without __TEXT or __LINKEDIT')
  return { count, size: view.getUint32(20, true), commandsEnd: at, text, linkEdit, firstSection }
}

function superBlobBytes(identifier: string, codeBytes: number): number {
  return (
    superBlobHeaderBytes +
    directoryHeaderBytes +
    identifier.length +
    1 +
    Math.ceil(codeBytes / hashPageBytes) * hashBytes
  )
}

function align(value: number, to: number): number {
  return Math.ceil(value / to) * to
}
