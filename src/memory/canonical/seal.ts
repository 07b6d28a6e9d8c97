import { createHash, type KeyObject, sign, verify } from 'node:crypto'
import { dirname } from 'node:path'
import { err, ok, type Result } from '#base/result.ts'
import { createWhole, errnoOf, type Files, type OpenFile, readFully } from './files.ts'
import { logHeader } from './log-file.ts'

/**
 * The seal beside a log (docs/format.md): a chain of hashes, one entry for each checkpoint, because the log itself has
 * no checksum. Entry i binds every byte up to its offset: a changed bit, a cut, an inserted or exchanged batch shows.
 * What it cannot show is that log and seal were both set back to an earlier state of both.
 */
export interface SealEntry {
  /** Where the checkpoint ends, from behind the log's header. */
  readonly end: number
  readonly hash: Buffer
  /** Ed25519 over the hash; undefined when unsigned. */
  readonly signature: Buffer | undefined
}

export interface SealKeys {
  /** Signs new entries. */
  readonly privateKey?: KeyObject
  /** Checks signatures; without one they are only told to be there. */
  readonly publicKey?: KeyObject
}

export type SealError =
  | { readonly code: 'Io'; readonly operation: string; readonly errno: string }
  /** Another file, or another version. */
  | { readonly code: 'NotASeal' }
  /** The bytes of the log up to `offset` are not those that were sealed. */
  | { readonly code: 'Broken'; readonly entry: number; readonly offset: number }
  /** The log ends before what was sealed. */
  | { readonly code: 'LogShorter'; readonly sealed: number; readonly length: number }
  /** More than one batch is unsealed: entries were taken away, or another program has written. */
  | { readonly code: 'Behind'; readonly batches: number }
  | { readonly code: 'BadSignature'; readonly entry: number }
  /** The entry itself is damaged. */
  | { readonly code: 'Damaged'; readonly entry: number }
  /** The seal is signed, and there is no key here to go on with. */
  | { readonly code: 'NoKey' }
  /** There is a key, and no seal beside a log that holds something. */
  | { readonly code: 'Missing' }

const magic = Buffer.from('PSTNSEAL')
const version = 1
const headerBytes = 16
const checkedBytes = 8 + 32 + 64
export const entryBytes = checkedBytes + 8
const noSignature = Buffer.alloc(64)
/** The last byte of an entry that was written to its end: the power leaves zeros. */
const finished = 0xff
/** Some 19 million batches. */
const sealBytesMax = 2 ** 31 - 1

/** The hash before the first entry. */
export const sealStart: Buffer = createHash('sha256').update('postern seal 1\n').update(logHeader).digest()

/** Whether an entry is signed is part of what it binds: a signature cannot be added or taken away. */
function sealHash(
  previous: Uint8Array,
  { end, isSigned }: { end: number; isSigned: boolean },
  bytes: Uint8Array,
): Buffer {
  const facts = Buffer.concat([offsetBytes(end), Uint8Array.of(isSigned ? 1 : 0)])
  return createHash('sha256').update(previous).update(facts).update(bytes).digest()
}

export function encodeSealHeader(): Buffer {
  const header = Buffer.alloc(headerBytes)
  magic.copy(header)
  header.writeUInt32LE(version, 8)
  header.writeUInt32LE(entryBytes, 12)
  return header
}

export function encodeSealEntry({ end, hash, signature }: SealEntry): Buffer {
  const entry = Buffer.concat([offsetBytes(end), hash, signature ?? noSignature])
  return Buffer.concat([entry, checkOf(entry)])
}

/** Without the key a damaged signature shows by this alone. */
function checkOf(entry: Uint8Array): Buffer {
  const check = createHash('sha256')
    .update(entry)
    .digest()
    .subarray(0, entryBytes - checkedBytes)
  check[check.length - 1] = finished
  return check
}

export function newEntry(previous: Uint8Array, end: number, bytes: Uint8Array, keys: SealKeys = {}): SealEntry {
  const { privateKey } = keys
  const hash = sealHash(previous, { end, isSigned: privateKey !== undefined }, bytes)
  return { end, hash, signature: privateKey === undefined ? undefined : sign(null, hash, privateKey) }
}

/** The entries in the bytes of a seal. A last one that a crash left unfinished, short or with zeros, is left out. */
export function decodeSeal(bytes: Buffer): Result<readonly SealEntry[], SealError> {
  if (bytes.length < headerBytes || !bytes.subarray(0, headerBytes).equals(encodeSealHeader())) {
    return err({ code: 'NotASeal' })
  }
  const count = Math.floor((bytes.length - headerBytes) / entryBytes)
  const entries: SealEntry[] = []
  let before = 0
  for (let i = 0; i < count; i++) {
    const at = headerBytes + i * entryBytes
    const entry = bytes.subarray(at, at + checkedBytes)
    const check = bytes.subarray(at + checkedBytes, at + entryBytes)
    if (i === count - 1 && check.at(-1) === 0) break
    const end = Number(entry.readBigUInt64LE(0))
    if (!check.equals(checkOf(entry)) || !Number.isSafeInteger(end) || end <= before) {
      return err({ code: 'Damaged', entry: i })
    }
    const signature = entry.subarray(40)
    entries.push({ end, hash: entry.subarray(8, 40), signature: signature.equals(noSignature) ? undefined : signature })
    before = end
  }
  return ok(entries)
}

/** Holds `log` against its seal. The number of bytes that are sealed. */
export function checkSeal(log: Buffer, entries: readonly SealEntry[], keys: SealKeys = {}): Result<number, SealError> {
  let previous = sealStart
  let start = 0
  let mustBeSigned = false
  for (const [entry, { end, hash, signature }] of entries.entries()) {
    if (end > log.length) return err({ code: 'LogShorter', sealed: end, length: log.length })
    const isSigned = signature !== undefined
    if (!sealHash(previous, { end, isSigned }, log.subarray(start, end)).equals(hash)) {
      return err({ code: 'Broken', entry, offset: start })
    }
    // Once entries are signed, an unsigned one was not written by the holder of the key.
    if (signature === undefined ? mustBeSigned : !isGenuine(hash, signature, keys))
      return err({ code: 'BadSignature', entry })
    mustBeSigned ||= isSigned
    previous = hash
    start = end
  }
  // Who cannot sign could still write a new seal, without signatures, over a changed log.
  if (keys.publicKey !== undefined && entries.length > 0 && !mustBeSigned) {
    return err({ code: 'BadSignature', entry: entries.length - 1 })
  }
  return ok(start)
}

function isGenuine(hash: Buffer, signature: Buffer, { publicKey }: SealKeys): boolean {
  return publicKey === undefined || verify(null, hash, publicKey, signature)
}

/** The seal of a log that is open for writing. */
export class SealFile {
  readonly #file: OpenFile
  readonly #keys: SealKeys
  #size: number
  #last: SealEntry | undefined
  #isSynced = true
  #hasFailed = false

  private constructor(file: OpenFile, keys: SealKeys, entries: readonly SealEntry[]) {
    this.#file = file
    this.#keys = keys
    this.#last = entries.at(-1)
    this.#size = headerBytes + entries.length * entryBytes
  }

  /** Opens or makes the seal; what a crash cut short at its end is written over. */
  static open(files: Files, path: string, keys: SealKeys): Result<SealFile, SealError> {
    try {
      if (files.kind(path) === undefined) createSeal(files, path)
      const file = files.open(path, 'write')
      const entries = decodeSealFile(file)
      if (entries.ok && (keys.privateKey !== undefined || entries.value.at(-1)?.signature === undefined)) {
        return ok(new SealFile(file, keys, entries.value))
      }
      file.close()
      return entries.ok ? err({ code: 'NoKey' }) : entries
    } catch (thrown) {
      return err(ioError('open', thrown))
    }
  }

  /** Where the last entry ends. */
  get end(): number {
    return this.#last?.end ?? 0
  }

  get hash(): Buffer {
    return this.#last?.hash ?? sealStart
  }

  /** Makes the last entry durable. Must be done before the next batch is appended to the log. */
  sync(): Result<undefined, SealError> {
    if (this.#isSynced) return ok(undefined)
    try {
      // After a failed sync the system may believe that it has written what it has dropped: written again, it is asked again.
      if (this.#hasFailed && this.#last !== undefined) {
        this.#file.write(encodeSealEntry(this.#last), this.#size - entryBytes)
      }
      this.#hasFailed = true
      this.#file.sync()
      this.#hasFailed = false
      this.#isSynced = true
      return ok(undefined)
    } catch (thrown) {
      return err(ioError('sync', thrown))
    }
  }

  /** Seals the bytes between the last entry and `end`. */
  append(end: number, bytes: Uint8Array): Result<undefined, SealError> {
    const entry = newEntry(this.hash, end, bytes, this.#keys)
    try {
      this.#file.write(encodeSealEntry(entry), this.#size)
      this.#size += entryBytes
      this.#last = entry
      this.#isSynced = false
      return ok(undefined)
    } catch (thrown) {
      return err(ioError('append', thrown))
    }
  }

  close(): void {
    this.#file.close()
  }
}

/** The entries beside a log that is only read; undefined when it is unsealed. */
export function readSeal(files: Files, path: string): Result<readonly SealEntry[] | undefined, SealError> {
  try {
    const kind = files.kind(path)
    if (kind === undefined) return ok(undefined)
    if (kind !== 'file') return err({ code: 'NotASeal' })
    const file = files.open(path, 'read')
    try {
      return decodeSealFile(file)
    } finally {
      file.close()
    }
  } catch (thrown) {
    return err(ioError('read', thrown))
  }
}

function createSeal(files: Files, path: string): void {
  const fresh = `${path}.new`
  if (files.kind(fresh) !== undefined) files.remove(fresh) // of a writer that died over it
  createWhole(files, path, encodeSealHeader(), fresh)
  files.syncDirectory(dirname(path))
}

function decodeSealFile(file: OpenFile): Result<readonly SealEntry[], SealError> {
  const { size, isFile } = file.facts()
  return isFile && size <= sealBytesMax ? decodeSeal(readFully(file, 0, size)) : err({ code: 'NotASeal' })
}

function ioError(operation: string, thrown: unknown): SealError {
  const errno = errnoOf(thrown)
  if (errno === 'UNKNOWN') throw thrown
  return { code: 'Io', operation, errno }
}

function offsetBytes(end: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(end))
  return bytes
}

export function sealErrorText(error: SealError): string {
  switch (error.code) {
    case 'Io':
      return `seal I/O error: ${error.operation} failed (${error.errno})`
    case 'NotASeal':
      return 'the file beside the log is no seal'
    case 'Broken':
      return `the log differs from what was sealed, from offset ${error.offset} on (entry ${error.entry})`
    case 'LogShorter':
      return `the log has ${error.length} bytes, ${error.sealed} were sealed`
    case 'Behind':
      return `${error.batches} batches are not sealed; a crash explains one`
    case 'BadSignature':
      return `entry ${error.entry} of the seal is not signed by the key`
    case 'Damaged':
      return `entry ${error.entry} of the seal is damaged`
    case 'NoKey':
      return 'the seal is signed, and the key that signs it is not here'
    case 'Missing':
      return 'there is a key to check the seal with, and no seal'
  }
}
