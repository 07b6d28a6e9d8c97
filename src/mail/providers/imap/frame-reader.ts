import { LIMITS } from './limits.ts'
import type { RawResponse } from './response.ts'

/** The server does what the protocol does not allow, or more than is sensible; the connection is of no further use. */
export class ServerMisbehaved extends Error {
  override readonly name = 'ServerMisbehaved'
}

const LF = 0x0a
const literalMark = /(~?)\{(\d{1,19})\+?\}\r?\n$/

/**
 * Cuts what comes from the socket into responses. Lines and literals are bounded before memory is taken for them; a
 * literal that is too large to keep but still believable is read past without being kept.
 */
export class FrameReader {
  readonly #take: (response: RawResponse) => void
  readonly #messageBytesMax: number
  /** The response so far: what was read of its lines, with its literals. */
  #text = ''
  #literals: (Buffer | undefined)[] = []
  #sizes: number[] = []
  /** The line so far, when a chunk ended within it. */
  #partial = ''
  #literal: { readonly body: Buffer | undefined; readonly size: number; filled: number } | undefined

  constructor(take: (response: RawResponse) => void, messageBytesMax: number = LIMITS.messageBytesMax) {
    this.#take = take
    this.#messageBytesMax = messageBytesMax
  }

  /** Throws `ServerMisbehaved`. */
  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      at = this.#literal === undefined ? this.#readLine(chunk, at) : this.#readLiteral(chunk, at, this.#literal)
    }
  }

  #readLine(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(LF, from)
    const until = end < 0 ? chunk.length : end + 1
    if (this.#text.length + this.#partial.length + (until - from) > LIMITS.lineBytesMax) {
      throw new ServerMisbehaved('the server sent a line without end')
    }
    const line = this.#partial + chunk.toString('latin1', from, until)
    if (end < 0) {
      this.#partial = line
      return until
    }
    this.#partial = ''
    const mark = line.length > 3 && line.charCodeAt(line.length - (line.endsWith('\r\n') ? 3 : 2)) === 0x7d
    const found = mark ? literalMark.exec(line) : null
    if (found === null) this.#finish(line)
    else this.#begin(line, Number(found[2]))
    return until
  }

  #begin(line: string, size: number): void {
    if (size > LIMITS.skippedBytesMax) {
      throw new ServerMisbehaved(`the server announced ${size} bytes at once, more than any message has`)
    }
    if (this.#literals.length >= LIMITS.literalsPerResponseMax) {
      throw new ServerMisbehaved('the server put too many literals into one response')
    }
    // All literals of a response together may be as large as a message, not each of them.
    const kept = this.#literals.reduce((sum, body) => sum + (body?.length ?? 0), 0)
    const isKept = kept + size <= this.#messageBytesMax
    this.#text += line.trimEnd()
    // Memory of its own, so that it can be handed to a thread without its neighbours; not filled, so that a server which
    // announces much and sends little costs little.
    this.#literal = { body: isKept ? Buffer.allocUnsafeSlow(size) : undefined, size, filled: 0 }
    if (size === 0) this.#endLiteral(this.#literal)
  }

  #readLiteral(
    chunk: Buffer,
    from: number,
    literal: { body: Buffer | undefined; size: number; filled: number },
  ): number {
    const until = Math.min(chunk.length, from + literal.size - literal.filled)
    if (literal.body !== undefined) chunk.copy(literal.body, literal.filled, from, until)
    literal.filled += until - from
    if (literal.filled === literal.size) this.#endLiteral(literal)
    return until
  }

  #endLiteral({ body, size }: { body: Buffer | undefined; size: number }): void {
    this.#literals.push(body)
    this.#sizes.push(size)
    this.#literal = undefined
  }

  #finish(line: string): void {
    const response = { line: this.#text + line.replace(/\r?\n$/, ''), literals: this.#literals, sizes: this.#sizes }
    this.#text = ''
    this.#literals = []
    this.#sizes = []
    if (response.line !== '') this.#take(response)
  }
}
