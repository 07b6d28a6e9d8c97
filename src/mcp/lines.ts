/** One JSON-RPC message; a request that is larger is not an honest one. */
export const lineBytesMax = 8 * 1024 ** 2

export type Line = { readonly type: 'line'; readonly bytes: Uint8Array } | { readonly type: 'oversize' }

/** Cuts a stream of bytes into lines. What is too long is dropped up to the next line break, and said so once. */
export class LineSplitter {
  #parts: Uint8Array[] = []
  #length = 0
  #skipping = false

  push(chunk: Uint8Array): Line[] {
    const lines: Line[] = []
    let start = 0
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      this.#take(chunk.subarray(start, end), lines)
      this.#finish(lines)
      start = end + 1
    }
    this.#take(chunk.subarray(start), lines)
    return lines
  }

  /** What stands behind the last line break. */
  end(): Line[] {
    const lines: Line[] = []
    this.#finish(lines)
    return lines
  }

  #take(part: Uint8Array, lines: Line[]): void {
    if (this.#skipping) return
    this.#length += part.length
    if (this.#length > lineBytesMax) {
      this.#skipping = true
      this.#parts = []
      lines.push({ type: 'oversize' })
    } else if (part.length > 0) {
      this.#parts.push(part.slice())
    }
  }

  #finish(lines: Line[]): void {
    if (!this.#skipping && this.#length > 0) lines.push({ type: 'line', bytes: Buffer.concat(this.#parts) })
    this.#parts = []
    this.#length = 0
    this.#skipping = false
  }
}
