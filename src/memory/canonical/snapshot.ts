import { createHash, sign, verify } from 'node:crypto'
import { errnoOf, type Files, readFully, writeNew } from './files.ts'
import type { SealKeys } from './seal.ts'

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
const digestAt = 8 + 4 + 4 + 8 + 32 + 8
const signatureAt = digestAt + 32
const headerBytes = signatureAt + 64
/** A state beyond this is not loaded; replaying needs no more memory than the log has bytes. */
const stateBytesMax = 2 ** 31 - 1

export function encodeSnapshot(
  { end, hash, state }: Snapshot,
  { privateKey }: SealKeys = {},
): { header: Buffer; state: Uint8Array } {
  const header = Buffer.alloc(headerBytes)
  magic.copy(header)
  header.writeUInt32LE(version, 8)
  header.writeBigUInt64LE(BigInt(end), 16)
  hash.copy(header, 24)
  header.writeBigUInt64LE(BigInt(state.length), 56)
  const digest = digestOf(header, state)
  digest.copy(header, digestAt)
  if (privateKey !== undefined) sign(null, digest, privateKey).copy(header, signatureAt)
  return { header, state }
}

export type SnapshotFault = 'unreadable' | 'version' | 'mismatch'

export function decodeSnapshot(bytes: Buffer, { publicKey }: SealKeys = {}): Snapshot | SnapshotFault {
  if (bytes.length < headerBytes || !bytes.subarray(0, 8).equals(magic)) return 'unreadable'
  if (bytes.readUInt32LE(8) !== version) return 'version'
  const state = bytes.subarray(headerBytes)
  if (bytes.readBigUInt64LE(56) !== BigInt(state.length)) return 'unreadable'
  const digest = bytes.subarray(digestAt, signatureAt)
  if (!digestOf(bytes, state).equals(digest)) return 'unreadable'
  // Else whoever cannot sign the log could still say what it amounts to.
  const signature = bytes.subarray(signatureAt, headerBytes)
  if (publicKey !== undefined && !verify(null, digest, publicKey, signature)) return 'mismatch'
  return { end: Number(bytes.readBigUInt64LE(16)), hash: bytes.subarray(24, 56), state }
}

/** The snapshot at `path`; undefined when there is none. */
export function readSnapshot(files: Files, path: string, keys: SealKeys = {}): Snapshot | SnapshotFault | undefined {
  try {
    const kind = files.kind(path)
    if (kind !== 'file') return kind === undefined ? undefined : 'unreadable'
    const file = files.open(path, 'read')
    try {
      const { size } = file.facts()
      return size > stateBytesMax ? 'unreadable' : decodeSnapshot(readFully(file, 0, size), keys)
    } finally {
      file.close()
    }
  } catch {
    return 'unreadable' // nothing is lost: the log is replayed
  }
}

/**
 * Replaces the snapshot in one step; only the holder of the lock may. Not synced: a torn one is told by its digest.
 * False when it could not be written.
 */
export function writeSnapshot(files: Files, path: string, snapshot: Snapshot, keys: SealKeys = {}): boolean {
  const fresh = `${path}.new`
  try {
    if (files.kind(fresh) !== undefined) files.remove(fresh) // of a writer that died over it
    const { header, state } = encodeSnapshot(snapshot, keys)
    writeNew(files, fresh, [header, state], { isSynced: false })
    files.rename(fresh, path)
    return true
  } catch (thrown) {
    if (errnoOf(thrown) === 'UNKNOWN') throw thrown
    return false
  }
}

/** Over the header up to the digest itself, and the state. */
function digestOf(header: Buffer, state: Uint8Array): Buffer {
  return createHash('sha256').update(header.subarray(0, digestAt)).update(state).digest()
}
