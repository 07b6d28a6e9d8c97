import { dirname } from 'node:path'
import { err, ok, type Result } from '#base/result.ts'
import { createWhole, errnoOf, type Files, type OpenFile, readFully, writeNew } from './files.ts'

/** `MIMR`, format version 1: what every log starts with. Offsets everywhere else count from behind it. */
export const logHeader: Uint8Array = Uint8Array.of(0x4d, 0x49, 0x4d, 0x52, 1, 0, 0, 0)

/** Read as one piece: some 15 million records. Also keeps a file that only claims a size from being reserved for. */
const logBytesMax = 2 ** 31 - 1

export type LogError =
  /** The system refused: `operation` says what, `errno` why. */
  | { readonly code: 'Io'; readonly operation: LogOperation; readonly errno: string }
  | { readonly code: 'IncompatibleFormat'; readonly reason: string }
  | { readonly code: 'Missing' }
  /** A directory, a link, a pipe, a device. */
  | { readonly code: 'NotAFile' }
  | { readonly code: 'TooLarge'; readonly bytes: number }
  /** It shrank or was replaced while it was open. */
  | { readonly code: 'Changed' }

export type LogOperation = 'open' | 'create' | 'read' | 'append' | 'sync' | 'truncate'

export function logErrorText(error: LogError): string {
  switch (error.code) {
    case 'Io':
      return `log I/O error: ${error.operation} failed (${error.errno})`
    case 'IncompatibleFormat':
      return `incompatible canonical-log format: ${error.reason}`
    case 'Missing':
      return 'there is no log'
    case 'NotAFile':
      return 'the log is not a regular file'
    case 'TooLarge':
      return `the log has ${error.bytes} bytes, more than ${logBytesMax}`
    case 'Changed':
      return 'the log was cut or replaced by something else'
  }
}

/** An open log. Its length counts from behind the header; what a failed append left behind it does not count. */
export class LogFile {
  readonly #files: Files
  readonly #path: string
  readonly #file: OpenFile
  readonly #identity: string
  #length: number

  private constructor(files: Files, path: string, file: OpenFile) {
    this.#files = files
    this.#path = path
    this.#file = file
    const { size, identity } = file.facts()
    this.#length = size - logHeader.length
    this.#identity = identity
  }

  /** Creates nothing and writes nothing. */
  static openForReading(files: Files, path: string): Result<LogFile, LogError> {
    return guarded('open', () => {
      const kind = files.kind(path)
      if (kind === undefined) return err({ code: 'Missing' })
      if (kind !== 'file') return err({ code: 'NotAFile' })
      return LogFile.#checked(files, path, files.open(path, 'read'))
    })
  }

  /**
   * For the holder of the lock. A missing or empty file becomes a log, and so does one that holds nothing but the
   * beginning of the header: a crash between creation and header left it. Anything else that is no log is not touched,
   * and nothing is begun where there was a log before (`isNew` false).
   */
  static openForWriting(files: Files, path: string, { isNew }: { readonly isNew: boolean }): Result<LogFile, LogError> {
    return guarded('open', () => {
      const kind = files.kind(path)
      if (kind !== undefined && kind !== 'file') return err({ code: 'NotAFile' })
      if (kind === undefined && !isNew) return err({ code: 'Missing' })
      const mustBegin = isNew && (kind === undefined || isBeginning(files, path))
      const begun = mustBegin ? begin(files, path, kind) : undefined
      return begun === undefined ? LogFile.#checked(files, path, files.open(path, 'write')) : err(begun)
    })
  }

  static #checked(files: Files, path: string, file: OpenFile): Result<LogFile, LogError> {
    const fault = formatFault(file)
    if (fault === undefined) return ok(new LogFile(files, path, file))
    file.close()
    return err(fault)
  }

  get length(): number {
    return this.#length
  }

  /** The length of the file as it is now, for whoever follows a writer. */
  currentLength(): Result<number, LogError> {
    return guarded('read', () => {
      const length = this.#file.facts().size - logHeader.length
      const isThere = this.#files.identity(this.#path) === this.#identity
      return isThere && length >= 0 ? ok(length) : err({ code: 'Changed' })
    })
  }

  read(from: number, to: number): Result<Buffer, LogError> {
    return guarded('read', () => {
      const bytes = readFully(this.#file, logHeader.length + from, to - from)
      return bytes.length < to - from ? err({ code: 'Changed' }) : ok(bytes)
    })
  }

  append(bytes: Uint8Array): Result<undefined, LogError> {
    return guarded('append', () => {
      const bytesAfter = logHeader.length + this.#length + bytes.length
      if (bytesAfter > logBytesMax) return err({ code: 'TooLarge', bytes: bytesAfter })
      this.#file.write(bytes, logHeader.length + this.#length)
      this.#length += bytes.length
      return ok(undefined)
    })
  }

  sync(): Result<undefined, LogError> {
    return guarded('sync', () => {
      this.#file.sync()
      return ok(undefined)
    })
  }

  /** Back to `length`, durably, whatever the file holds behind it. */
  truncate(length: number): Result<undefined, LogError> {
    return guarded('truncate', () => {
      this.#file.truncate(logHeader.length + length)
      this.#file.sync()
      this.#length = length
      return ok(undefined)
    })
  }

  close(): void {
    this.#file.close()
  }
}

/** Whether the file holds less than a header, and nothing that is not of one. */
function isBeginning(files: Files, path: string): boolean {
  const file = files.open(path, 'read')
  try {
    const { size, isFile } = file.facts()
    return isFile && size < logHeader.length && isHeaderStart(readFully(file, 0, size))
  } finally {
    file.close()
  }
}

/** The log appears with its header, or not at all. */
function begin(files: Files, path: string, kind: 'file' | undefined): LogError | undefined {
  const fresh = `${path}.new`
  try {
    if (files.kind(fresh) !== undefined) files.remove(fresh) // of a writer that died over it
    if (kind === undefined) createWhole(files, path, logHeader, fresh)
    else {
      writeNew(files, fresh, [logHeader])
      files.rename(fresh, path)
    }
    files.syncDirectory(dirname(path))
    return undefined
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === 'UNKNOWN') throw thrown
    return { code: 'Io', operation: 'create', errno }
  }
}

function formatFault(file: OpenFile): LogError | undefined {
  const { size, isFile } = file.facts()
  if (!isFile) return { code: 'NotAFile' }
  if (size > logBytesMax) return { code: 'TooLarge', bytes: size }
  const start = readFully(file, 0, logHeader.length)
  if (size < logHeader.length || start.length < logHeader.length) {
    return { code: 'IncompatibleFormat', reason: `file is ${size} bytes; expected at least 8-byte Mimir header` }
  }
  if (!isHeaderStart(start.subarray(0, 4))) {
    const got = [...start.subarray(0, 4)].join(', ')
    return { code: 'IncompatibleFormat', reason: `magic mismatch: got [${got}], expected [77, 73, 77, 82] ("MIMR")` }
  }
  const version = start.readUInt32LE(4)
  if (version === 1) return undefined
  const reason = `format version ${version} not supported (this build supports version 1)`
  return { code: 'IncompatibleFormat', reason }
}

function isHeaderStart(bytes: Uint8Array): boolean {
  return bytes.every((byte, at) => byte === logHeader[at])
}

function guarded<T>(operation: LogOperation, act: () => Result<T, LogError>): Result<T, LogError> {
  try {
    return act()
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === 'UNKNOWN') throw thrown
    if (errno === 'ELOOP') return err({ code: 'NotAFile' })
    return err({ code: 'Io', operation, errno })
  }
}
