import { type Files, type OpenFile, systemFiles } from '#memory/canonical/files.ts'

/** The real file system, with faults where a test wants them. */
export interface Faults {
  /** Writes to files whose path ends so stop after that many bytes, and fail. */
  writeAfter?: { readonly suffix: string; bytes: number }
  /** The next so many syncs of such a file fail. */
  sync?: { readonly suffix: string; times: number }
  truncate?: { readonly suffix: string; times: number }
  rename?: boolean
}

export function faultyFiles(faults: Faults): Files {
  return {
    ...systemFiles,
    open: (path, mode) => new FaultyFile(systemFiles.open(path, mode), path, faults),
    rename(from, to) {
      if (faults.rename === true) throw failure('EIO')
      systemFiles.rename(from, to)
    },
  }
}

class FaultyFile implements OpenFile {
  readonly #file: OpenFile
  readonly #path: string
  readonly #faults: Faults

  constructor(file: OpenFile, path: string, faults: Faults) {
    this.#file = file
    this.#path = path
    this.#faults = faults
  }

  facts() {
    return this.#file.facts()
  }

  read(target: Uint8Array, position: number): number {
    return this.#file.read(target, position)
  }

  write(bytes: Uint8Array, position: number): void {
    const fault = this.#faults.writeAfter
    if (fault === undefined || !this.#path.endsWith(fault.suffix)) {
      this.#file.write(bytes, position)
      return
    }
    const count = Math.min(fault.bytes, bytes.length)
    this.#file.write(bytes.subarray(0, count), position)
    fault.bytes -= count
    if (count < bytes.length) throw failure('ENOSPC')
  }

  truncate(size: number): void {
    this.#fail('truncate')
    this.#file.truncate(size)
  }

  sync(): void {
    this.#fail('sync')
    this.#file.sync()
  }

  close(): void {
    this.#file.close()
  }

  #fail(operation: 'sync' | 'truncate'): void {
    const fault = this.#faults[operation]
    if (fault === undefined || fault.times === 0 || !this.#path.endsWith(fault.suffix)) return
    fault.times--
    throw failure('EIO')
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code })
}
