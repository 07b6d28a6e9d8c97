import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { durable, syncDirectory, syncFileData, truncateDurably } from '#base/durable.ts'

/**
 * The little of a file system that a log needs, so that tests can let each step fail. Every method throws what the
 * system refuses, with its `code`.
 */
export interface Files {
  /** What lies at `path` itself; a link is `other`. */
  kind(path: string): 'file' | 'directory' | 'other' | undefined
  /** What tells it from any other file; undefined when there is none. */
  identity(path: string): string | undefined
  /** Never waits (a pipe without a writer), never follows a link in the last component. */
  open(path: string, mode: OpenMode): OpenFile
  rename(from: string, to: string): void
  /** A second name for a file; there must be none of that name. */
  link(from: string, to: string): void
  remove(path: string): void
  /** 0700, with all that is missing above it. */
  makeDirectory(path: string): void
  /** Makes names durable: a file that was created or renamed in it. */
  syncDirectory(path: string): void
}

/** `create`: for writing, and there must be none. `write`: there must be one. */
export type OpenMode = 'read' | 'write' | 'create'

export interface OpenFile {
  /** `isFile` is false for a pipe, a device, a directory. */
  facts(): { readonly size: number; readonly isFile: boolean; readonly identity: string }
  /** Bytes read, 0 at the end. */
  read(target: Uint8Array, position: number): number
  /** All of `bytes`, or it throws; then any part may have been written. */
  write(bytes: Uint8Array, position: number): void
  /** Durable when it returns. */
  truncate(size: number): void
  sync(): void
  close(): void
}

const flags: Readonly<Record<OpenMode, number>> = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
}

export const systemFiles: Files = {
  kind(path) {
    const entry = lstatSync(path, { throwIfNoEntry: false })
    if (entry === undefined) return undefined
    return entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : 'other'
  },
  identity(path) {
    const entry = lstatSync(path, { throwIfNoEntry: false })
    return entry === undefined ? undefined : identityOf(entry)
  },
  open(path, mode) {
    return new SystemFile(openGuarded(path, flags[mode] | (mode === 'read' ? 0 : durable())))
  },
  rename: renameSync,
  link: linkSync,
  remove: unlinkSync,
  makeDirectory(path) {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  },
  syncDirectory,
}

/** For a store that is thrown away with its directory: nothing waits for the disk. */
export const temporaryFiles: Files = {
  ...systemFiles,
  open: (path, mode) => new TemporaryFile(openGuarded(path, flags[mode])),
  syncDirectory: () => undefined,
}

function openGuarded(path: string, mode: number): number {
  return openSync(path, mode | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0), 0o600)
}

class SystemFile implements OpenFile {
  readonly #descriptor: number

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  facts() {
    const entry = fstatSync(this.#descriptor)
    return { size: entry.size, isFile: entry.isFile(), identity: identityOf(entry) }
  }

  read(target: Uint8Array, position: number): number {
    return readSync(this.#descriptor, target, 0, target.length, position)
  }

  write(bytes: Uint8Array, position: number): void {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#descriptor, bytes, done, bytes.length - done, position + done)
    }
  }

  truncate(size: number): void {
    truncateDurably(this.#descriptor, size)
  }

  sync(): void {
    syncFileData(this.#descriptor)
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

function identityOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`
}

class TemporaryFile extends SystemFile {
  override sync(): void {
    // nobody will look for it after a crash
  }
}

/** Bytes from `position` on, at most `length`; fewer where the file ends. */
export function readFully(file: OpenFile, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let done = 0
  while (done < length) {
    const count = file.read(bytes.subarray(done), position + done)
    if (count === 0) break
    done += count
  }
  return bytes.subarray(0, done)
}

/**
 * Makes a file that is there with all its bytes or not at all, and durable but for its name; false when there is one.
 * A file that is made first and filled then may be found empty, or full of zeros, after a crash in between. `fresh` is
 * the name it has meanwhile.
 */
export function createWhole(files: Files, path: string, bytes: Uint8Array, fresh: string): boolean {
  writeNew(files, fresh, [bytes])
  try {
    files.link(fresh, path)
    return true
  } catch (thrown) {
    if (errnoOf(thrown) === 'EEXIST') return false
    if (!withoutLinks.has(errnoOf(thrown))) throw thrown
    return createInPlace(files, path, bytes)
  } finally {
    files.remove(fresh)
  }
}

/** What file systems say that have no second names for a file. */
const withoutLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

function createInPlace(files: Files, path: string, bytes: Uint8Array): boolean {
  try {
    writeNew(files, path, [bytes])
    return true
  } catch (thrown) {
    if (errnoOf(thrown) === 'EEXIST') return false
    throw thrown
  }
}

/** A new file; one that could not be written whole is not left behind. */
export function writeNew(
  files: Files,
  path: string,
  parts: readonly Uint8Array[],
  { isSynced }: { readonly isSynced: boolean } = { isSynced: true },
): void {
  const file = files.open(path, 'create')
  try {
    let at = 0
    for (const part of parts) {
      file.write(part, at)
      at += part.length
    }
    if (isSynced) file.sync()
  } catch (thrown) {
    files.remove(path)
    throw thrown
  } finally {
    file.close()
  }
}

/** The system's word for why: `ENOSPC`. Never a path. */
export function errnoOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'UNKNOWN'
}
