import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { durable, syncFile } from '#base/durable.ts'

/** The whole of a regular file, or nothing: links, pipes and devices are not opened. */
export function readPlainFile(path: string, bytesMax: number): Uint8Array | undefined {
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ELOOP') return undefined
    throw cause
  }
  try {
    const { size } = fstatSync(descriptor)
    if (!fstatSync(descriptor).isFile()) return undefined
    return size > bytesMax ? new Uint8Array(bytesMax + 1) : readFileSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Refuses what is there already; on the disk when it returns. */
export function writeNew(path: string, content: string | Uint8Array): void {
  const descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | durable(), 0o600)
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written)
    syncFile(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Of a directory; of one that is not there, none. */
export function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return []
    throw cause
  }
}

export function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
}
