import { err, ok, type Result } from '#base/result.ts'
import { type RequestError, requestError } from './errors.ts'

/** Four bytes of length, then so many bytes of JSON. */
export const frameBytesMax = 4 * 1024 * 1024
/** Before anybody has said who they are. */
export const helloBytesMax = 4 * 1024
const headerBytes = 4
const depthMax = 32

export function encodeFrame(value: unknown): Result<Buffer, RequestError> {
  const json = Buffer.from(JSON.stringify(value))
  if (json.length > frameBytesMax) return err(tooLarge(json.length, frameBytesMax))
  const frame = Buffer.allocUnsafe(headerBytes + json.length)
  frame.writeUInt32BE(json.length)
  json.copy(frame, headerBytes)
  return ok(frame)
}

/**
 * Bytes as they come, frames as they are complete. Never holds more than one frame's worth: a length that is too large
 * is refused before any of its bytes are kept.
 */
export class FrameReader {
  readonly #chunks: Buffer[] = []
  #held = 0
  #bytesMax: number

  constructor(bytesMax: number = helloBytesMax) {
    this.#bytesMax = bytesMax
  }

  /** From the next frame on. */
  admit(bytesMax: number): void {
    this.#bytesMax = bytesMax
  }

  /** A frame has begun and is not complete. */
  get isWithin(): boolean {
    return this.#held > 0
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#held += chunk.length
  }

  /** The next frame's object; undefined until all of it is here. After an error nothing that follows can be read. */
  next(): Result<Readonly<Record<string, unknown>>, RequestError> | undefined {
    if (this.#held < headerBytes) return undefined
    const length = this.#peek(headerBytes).readUInt32BE()
    if (length > this.#bytesMax) return err(tooLarge(length, this.#bytesMax))
    if (length < 2) return err(requestError('malformed', 'a frame holds a JSON object'))
    if (this.#held < headerBytes + length) return undefined
    return parseFrame(this.#take(headerBytes + length).subarray(headerBytes))
  }

  /** What came after the frames that were taken. */
  rest(): Buffer {
    return this.#take(this.#held)
  }

  #peek(bytes: number): Buffer {
    const [first] = this.#chunks
    if (first !== undefined && first.length >= bytes) return first
    const joined = Buffer.concat(this.#chunks)
    this.#chunks.splice(0, this.#chunks.length, joined)
    return joined
  }

  #take(bytes: number): Buffer {
    const all =
      this.#chunks.length === 1 && this.#chunks[0] !== undefined ? this.#chunks[0] : Buffer.concat(this.#chunks)
    this.#chunks.length = 0
    if (all.length > bytes) this.#chunks.push(all.subarray(bytes))
    this.#held -= bytes
    return all.subarray(0, bytes)
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** One JSON object, of bounded depth: what reads it afterwards may recurse. */
export function parseFrame(bytes: Uint8Array): Result<Readonly<Record<string, unknown>>, RequestError> {
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    return err(requestError('malformed', 'a frame is not UTF-8'))
  }
  if (isTooDeep(text)) return err(requestError('malformed', `a frame is nested deeper than ${depthMax}`))
  try {
    const value: unknown = JSON.parse(text)
    if (isRecord(value)) return ok(value)
    return err(requestError('malformed', 'a frame holds a JSON object'))
  } catch {
    return err(requestError('malformed', 'a frame is not JSON'))
  }
}

/** Before parsing: ten thousand brackets are cheap to send. Brackets inside of texts do not count. */
function isTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at)
    if (sign === 0x22) {
      at = endOfText(text, at)
    } else if (sign === 0x7b || sign === 0x5b) {
      if (++depth > depthMax) return true
    } else if (sign === 0x7d || sign === 0x5d) depth--
  }
  return false
}

/** The place of the quote that ends the text which begins at `start`. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const sign = text.charCodeAt(at)
    if (sign === 0x5c) at++
    else if (sign === 0x22) return at
  }
  return text.length
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function tooLarge(length: number, most: number): RequestError {
  return requestError('frame_too_large', `a frame of ${length} bytes; at most ${most} are taken`)
}
