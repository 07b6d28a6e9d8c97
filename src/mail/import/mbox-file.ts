import { Buffer } from 'node:buffer'
import { readSync } from 'node:fs'
import type { OpenFile } from './open-file.ts'

const chunkBytes = 1 << 20
const sliceBytesMax = 1 << 16

/** An mbox of any size, looked at through one piece of it at a time. */
export class MboxFile {
  readonly size: number
  readonly #descriptor: number
  readonly #chunk = Buffer.allocUnsafe(chunkBytes)
  #start = 0
  #end = 0

  constructor({ descriptor, size }: OpenFile) {
    this.#descriptor = descriptor
    this.size = size
  }

  /** Where `pattern` next stands, before `until`; -1 if nowhere. */
  indexOf(pattern: string, from: number, until = this.size): number {
    for (let at = from; at < until; ) {
      if (at < this.#start || at >= this.#end) this.#move(at)
      const found = this.#chunk.subarray(0, this.#end - this.#start).indexOf(pattern, at - this.#start, 'latin1')
      if (found >= 0) return this.#start + found < until ? this.#start + found : -1
      if (this.#end >= this.size) return -1
      at = Math.max(at, this.#end - pattern.length + 1)
      this.#move(at)
      if (this.#end <= at) return -1 // it became shorter while it was read
    }
    return -1
  }

  /** A short stretch of it as one-byte characters, shorter at the end of the file. */
  text(from: number, to: number): string {
    const start = Math.max(0, from)
    const end = Math.min(to, this.size, start + sliceBytesMax)
    if (start >= end) return ''
    if (start >= this.#start && end <= this.#end)
      return this.#chunk.toString('latin1', start - this.#start, end - this.#start)
    const bytes = Buffer.allocUnsafe(end - start)
    return bytes.toString('latin1', 0, readSync(this.#descriptor, bytes, 0, bytes.length, start))
  }

  #move(to: number): void {
    this.#start = to
    this.#end = to + readSync(this.#descriptor, this.#chunk, 0, chunkBytes, to)
  }
}
