import { dirname } from 'node:path'
import { err, ok, type Result } from '#base/result.ts'
import { errnoOf, type Files, type OpenFile, readFully } from './files.ts'

/** `MIMR`, format version 1: what every log starts with. Offsets everywhere else count from behind it. */
export const logHeader: Uint8Array = Uint8Array.of(0x4d, 0x49, 0x4d, 0x52, 1, 0, 0, 0)

export type LogError =
  /** The system refused: `operation` says what, `errno` why. */
  | { readonly code: 'Io'; readonly operation: LogOperation; readonly errno: string }
  | { readonly code: 'IncompatibleFormat'; readonly reason: string }
  | { readonly code: 'Missing' }
  /** A directory, a link, a pipe, a device. */
  | { readonly code: 'NotAFile' }
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
   * beginning of the header: a crash between creation and header left it. Anything else that is no log is not touched.
   */
  static openForWriting(files: Files, path: string): Result<LogFile, LogError> {
    return guarded('open', () => {
      const kind = files.kind(path)
      if (kind !== undefined && kind !== 'file') return err({ code: 'NotAFile' })
      const file = files.open(path, kind === undefined ? 'create' : 'write')
      const { size, isFile } = file.facts()
      if (isFile && size < logHeader.length && isHeaderStart(readFully(file, 0, size))) {
        const begun = begin(files, path, file)
        if (begun !== undefined) return err(begun)
      }
      return LogFile.#checked(files, path, file)
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

function begin(files: Files, path: string, file: OpenFile): LogError | undefined {
  try {
    file.write(logHeader, 0)
    file.sync()
    files.syncDirectory(dirname(path))
    return undefined
  } catch (thrown) {
    file.close()
    return { code: 'Io', operation: 'create', errno: errnoOf(thrown) }
  }
}

function formatFault(file: OpenFile): LogError | undefined {
  const { size, isFile } = file.facts()
  if (!isFile) return { code: 'NotAFile' }
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
