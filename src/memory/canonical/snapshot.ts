import { createHash, randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { type Files, readFully } from './files.ts'

/**
 * What a log amounts to, kept beside it so that opening is quick. Derived, never the truth: it bears the hash of the
 * seal's chain at its offset and a digest of itself, and whatever does not fit is dropped and the log replayed.
 */
export interface Snapshot {
  /** The offset of the log up to which it counts. */
  readonly end: number
  /** The seal's hash there. */
  readonly hash: Buffer
  readonly state: Uint8Array
}

const magic = Buffer.from('PSTNSNAP')
const version = 1
const headerBytes = 8 + 4 + 4 + 8 + 32 + 8 + 32
/** A state beyond this is not loaded; replaying needs no more memory than the log has bytes. */
const stateBytesMax = 2 ** 31 - 1

export function encodeSnapshot({ end, hash, state }: Snapshot): { header: Buffer; state: Uint8Array } {
  const header = Buffer.alloc(headerBytes)
  magic.copy(header)
  header.writeUInt32LE(version, 8)
  header.writeBigUInt64LE(BigInt(end), 16)
  hash.copy(header, 24)
  header.writeBigUInt64LE(BigInt(state.length), 56)
  digest(header, state).copy(header, 64)
  return { header, state }
}

export type SnapshotFault = 'unreadable' | 'version' | 'mismatch'

export function decodeSnapshot(bytes: Buffer): Snapshot | SnapshotFault {
  if (bytes.length < headerBytes || !bytes.subarray(0, 8).equals(magic)) return 'unreadable'
  if (bytes.readUInt32LE(8) !== version) return 'version'
  const state = bytes.subarray(headerBytes)
  if (bytes.readBigUInt64LE(56) !== BigInt(state.length)) return 'unreadable'
  if (!digest(bytes.subarray(0, headerBytes), state).equals(bytes.subarray(64, 96))) return 'unreadable'
  return { end: Number(bytes.readBigUInt64LE(16)), hash: bytes.subarray(24, 56), state }
}

/** The snapshot at `path`; undefined when there is none. */
export function readSnapshot(files: Files, path: string): Snapshot | SnapshotFault | undefined {
  try {
    const kind = files.kind(path)
    if (kind !== 'file') return kind === undefined ? undefined : 'unreadable'
    const file = files.open(path, 'read')
    try {
      const { size } = file.facts()
      return size > stateBytesMax ? 'unreadable' : decodeSnapshot(readFully(file, 0, size))
    } finally {
      file.close()
    }
  } catch {
    return 'unreadable' // nothing is lost: the log is replayed
  }
}

/** Replaces the snapshot in one step. Not synced: a torn one is told by its digest. False when it could not be written. */
export function writeSnapshot(files: Files, path: string, snapshot: Snapshot): boolean {
  const temporary = join(dirname(path), `.snapshot-${randomBytes(8).toString('hex')}`)
  try {
    const file = files.open(temporary, 'create')
    try {
      const { header, state } = encodeSnapshot(snapshot)
      file.write(header, 0)
      file.write(state, header.length)
    } finally {
      file.close()
    }
    files.rename(temporary, path)
    return true
  } catch {
    removeQuietly(files, temporary)
    return false
  }
}

function removeQuietly(files: Files, path: string): void {
  try {
    files.remove(path)
  } catch {
    // It was never made.
  }
}

/** Over the header without the digest itself, and the state. */
function digest(header: Buffer, state: Uint8Array): Buffer {
  return createHash('sha256').update(header.subarray(0, 64)).update(state).digest()
}
