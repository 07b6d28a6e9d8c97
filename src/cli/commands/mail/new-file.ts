import {
  closeSync,
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { Failure } from '#base/failure.ts'

/**
 * Opens a file that was not there, for its owner alone; undefined when something of that name is. Created exclusively:
 * neither a file nor a link that waits there is written through.
 */
export function createNewFile(path: string): number | undefined {
  try {
    return openSync(
      path,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0),
      0o600,
    )
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return undefined
    throw notWritten(path, cause)
  }
}

export function writeFully(descriptor: number, bytes: Uint8Array, path: string): void {
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done)
  } catch (cause) {
    throw notWritten(path, cause)
  }
}

/**
 * A whole file or none: written under `part`, then given its name, which must be free. A file that is there with the
 * same bytes is what an earlier run left; with other bytes it is somebody's, and is refused.
 */
export function keepFile(path: string, bytes: Uint8Array, part: string): 'written' | 'there' {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return sameOrRefuse(path, bytes)
  rmSync(part, { force: true })
  const descriptor = createNewFile(part)
  if (descriptor === undefined) throw new Failure('failed', 'file_not_written', `cannot write ${part}: it is in use`)
  try {
    try {
      writeFully(descriptor, bytes, part)
    } finally {
      closeSync(descriptor)
    }
    giveName(part, path)
    return 'written'
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return sameOrRefuse(path, bytes)
    throw cause instanceof Failure ? cause : notWritten(path, cause)
  } finally {
    rmSync(part, { force: true })
  }
}

/** Both ways refuse a name that is taken; file systems without hard links need the second. */
function giveName(part: string, path: string): void {
  try {
    linkSync(part, path)
  } catch (cause) {
    const code = codeOf(cause)
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP') throw cause
    copyFileSync(part, path, constants.COPYFILE_EXCL)
  }
}

function sameOrRefuse(path: string, bytes: Uint8Array): 'there' {
  const entry = lstatSync(path)
  if (entry.isFile() && entry.size === bytes.length && readFileSync(path).equals(bytes)) return 'there'
  throw new Failure('failed', 'file_exists', `${path} is there already, with something else in it`, {
    next: 'choose another place with --output',
  })
}

function notWritten(path: string, cause: unknown): Failure {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new Failure('failed', 'file_not_written', `cannot write ${path}: ${reason}`, { cause })
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
}
