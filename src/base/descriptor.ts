import { readSync, writeSync } from 'node:fs'

const waitMs = 2
const readBytes = 64 * 1024

/**
 * Writes all of `data` to an open file descriptor, however long the reader takes.
 *
 * Commands write through this rather than through `process.stdout`, whose streams cost a fifth of the start of a
 * short command. Returns false when the other end has closed (`postern … | head -1`).
 */
export function writeAll(descriptor: number, data: string | Uint8Array): boolean {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(descriptor, bytes, done, bytes.length - done)
    } catch (error) {
      if (!isNodeError(error)) throw error
      if (error.code === 'EPIPE') return false
      if (error.code !== 'EAGAIN') throw error
      pause() // the descriptor is non-blocking, by someone else's choice, and its reader is slow
    }
  }
  return true
}

/** Reads a descriptor to its end, or gives undefined when that lies beyond `bytesMax`. */
export function readToEnd(descriptor: number, bytesMax: number): Uint8Array | undefined {
  const chunks: Uint8Array[] = []
  for (let total = 0; ; ) {
    const chunk = Buffer.allocUnsafe(readBytes)
    const read = readSome(descriptor, chunk)
    if (read === 0) return Buffer.concat(chunks)
    total += read
    if (total > bytesMax) return undefined
    chunks.push(chunk.subarray(0, read))
  }
}

/** A terminal hands over a line at a time; what exceeds `bytesMax` is cut off. Undefined at the end of the input. */
export function readLine(descriptor: number, bytesMax: number): string | undefined {
  const chunk = Buffer.alloc(bytesMax)
  const read = readSome(descriptor, chunk)
  return read === 0 ? undefined : chunk.toString('utf8', 0, read).replace(/[\r\n]+$/, '')
}

function readSome(descriptor: number, into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(descriptor, into)
    } catch (error) {
      if (!isNodeError(error)) throw error
      if (error.code === 'EOF') return 0 // Windows: the end of a closed pipe
      if (error.code !== 'EAGAIN') throw error
      pause()
    }
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs)
}

function isNodeError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error
}
