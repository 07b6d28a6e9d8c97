import { freeBytes } from '#base/free-memory.ts'
import { type BaseSubject, baseSubject } from '../thread/index.ts'
import { type LineEnd, notBase64, type Unwrapped, unwrapBase64 } from './base64-lines.ts'
import { type Segment, type SegmentBuilder, segmentBuffers } from './fts/index.ts'
import type { MessageId } from './ids.ts'
import type { IncomingMessage } from './incoming.ts'
import { columnsOf, type IndexTerms, indexTerms, TextSlabs } from './index-terms.ts'
import { pack } from './packing.ts'
import { freeId, secondOf } from './place-in-time.ts'
import { sha256 } from './sha256.ts'

/**
 * A batch made ready by a worker: hashed, packed, its index words prepared. Plain data; `transferables` names the
 * buffers that can be handed over without a copy.
 */
export interface SealedBatch {
  readonly messages: readonly SealedMessage[]
  readonly blocks: readonly SealedBlock[]
  readonly parts: readonly SealedPart[]
  /** What the messages' `terms` are views of. */
  readonly texts: readonly ArrayBufferLike[]
  /** Their index, if all of them are new and get the ids that they probably get. */
  readonly segment: Segment | undefined
}

export interface SealedMessage {
  /** Without `raw` and without the body text, which `terms` holds in the form that is indexed. */
  readonly incoming: IncomingMessage
  readonly terms: IndexTerms
  readonly subject: BaseSubject
  readonly raw: SealedRaw | undefined
}

export interface SealedRaw {
  readonly sha256: Uint8Array
  readonly sizeBytes: number
  /** Index into `blocks`; undefined when the store is known to have these bytes. */
  readonly block: number | undefined
  readonly start: number
  /** What stands in the block: the message without the parts that were taken out. */
  readonly length: number
  readonly cuts: readonly SealedCut[]
}

export interface SealedCut {
  /** Offset in the message where the part belongs. */
  readonly start: number
  /** Index into `parts`. */
  readonly part: number
}

export interface SealedBlock {
  readonly packed: Uint8Array
  readonly sizeBytes: number
}

export interface SealedPart {
  readonly sha256: Uint8Array
  readonly body: Uint8Array
  readonly isPacked: boolean
  /** Of `body` once unpacked. */
  readonly sizeBytes: number
  readonly lineLength: number
  readonly lineEnd: LineEnd
}

/** Measured (docs/store.md): larger blocks gain little and cost a reader of one message more. */
const blockBytes = 128 * 1024
const partBytesMin = 16 * 1024
const partsPerMessageMax = 256

export interface SealOptions {
  /** True for raw bytes that the store has: they are not packed again. */
  readonly isStored?: (sha256: Uint8Array) => boolean
  /** Makes the index of the batch too. The builder is used again for the next batch; now is in ms since the epoch. */
  readonly indexing?: { readonly builder: SegmentBuilder; readonly now: number }
}

export function seal(messages: Iterable<IncomingMessage>, options: SealOptions = {}): SealedBatch {
  const sealer = new Sealer(options)
  for (const message of messages) sealer.add(message)
  return sealer.finish()
}

/** Seals one message after the other, so that the text of each can be forgotten before the next is read. */
export class Sealer {
  readonly #messages: SealedMessage[] = []
  readonly #sealing: Sealing
  readonly #indexing: SealOptions['indexing']

  constructor({ isStored, indexing }: SealOptions = {}) {
    this.#indexing = indexing
    this.#sealing = { writer: new BlockWriter(), parts: new PartCollector(), texts: new TextSlabs(), isStored }
  }

  /** @param digest SHA-256 of the raw bytes, for whoever knows it already */
  add(message: IncomingMessage, digest?: Uint8Array): void {
    this.#messages.push(sealMessage(message, digest, this.#sealing))
  }

  finish(): SealedBatch {
    const { writer, parts, texts } = this.#sealing
    const segment = this.#indexing === undefined ? undefined : indexed(this.#messages, this.#indexing)
    return { messages: this.#messages, blocks: writer.finish(), parts: parts.sealed, texts: texts.buffers, segment }
  }
}

function indexed(
  messages: readonly SealedMessage[],
  { builder, now }: NonNullable<SealOptions['indexing']>,
): Segment | undefined {
  if (messages.length === 0) return undefined
  const placed = new Map<MessageId, SealedMessage>()
  for (const message of messages) {
    placed.set(
      freeId(message, secondOf(message, now), id => placed.has(id)),
      message,
    )
  }
  const inOrder = [...placed].sort(([one], [other]) => one - other)
  for (const [id, { incoming, terms }] of inOrder) builder.add(id, columnsOf(incoming.document, terms))
  return builder.finish()
}

/** For `postMessage(batch, transferables(batch))`. */
export function transferables(batch: SealedBatch): ArrayBuffer[] {
  const buffers = [
    ...batch.blocks.map(({ packed }) => packed.buffer),
    ...batch.parts.map(({ body }) => body.buffer),
    ...batch.texts,
    ...(batch.segment === undefined ? [] : segmentBuffers(batch.segment)),
  ]
  return buffers.filter(buffer => buffer instanceof ArrayBuffer)
}

interface Sealing {
  readonly writer: BlockWriter
  readonly parts: PartCollector
  readonly texts: TextSlabs
  readonly isStored: SealOptions['isStored']
}

function sealMessage(message: IncomingMessage, digest: Uint8Array | undefined, sealing: Sealing): SealedMessage {
  const { raw, ...rest } = message
  const terms = indexTerms(message.document, raw?.length ?? 0, sealing.texts)
  const incoming = { ...rest, document: { ...message.document, text: '' } }
  const subject = baseSubject(message.document.subject)
  return {
    incoming,
    terms,
    subject,
    raw: raw === undefined ? undefined : sealRaw({ raw, digest: digest ?? sha256(raw) }, message, sealing),
  }
}

function sealRaw(
  { raw, digest }: { readonly raw: Uint8Array; readonly digest: Uint8Array },
  message: IncomingMessage,
  { writer, parts, isStored }: Sealing,
): SealedRaw {
  const facts = { sha256: digest, sizeBytes: raw.length }
  if (isStored?.(digest) === true) return { ...facts, block: undefined, start: 0, length: 0, cuts: [] }
  const pieces: Uint8Array[] = []
  const cuts: SealedCut[] = []
  let from = 0
  for (const { start, end } of cuttable(raw, message)) {
    pieces.push(raw.subarray(from, start))
    cuts.push({ start, part: parts.add(raw.subarray(start, end)) })
    from = end
  }
  pieces.push(raw.subarray(from))
  return { ...facts, ...writer.add(pieces), cuts }
}

/** The large attachment bodies, in order and apart, without the line break that ends each. */
function cuttable(raw: Uint8Array, { document }: IncomingMessage): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = []
  const claimed = document.attachments.flatMap(({ range }) => (range === undefined ? [] : [range]))
  claimed.sort((one, other) => one.start - other.start)
  let free = 0
  for (const { start, end: claimedEnd } of claimed) {
    if (ranges.length >= partsPerMessageMax) break
    if (!Number.isInteger(start) || !Number.isInteger(claimedEnd) || start < free || claimedEnd > raw.length) continue
    let end = claimedEnd
    while (end > start && (raw[end - 1] === 0x0a || raw[end - 1] === 0x0d)) end--
    if (end - start < partBytesMin) continue
    ranges.push({ start, end })
    free = end
  }
  return ranges
}

class BlockWriter {
  readonly #blocks: SealedBlock[] = []
  #pieces: Uint8Array[] = []
  #sizeBytes = 0

  add(pieces: readonly Uint8Array[]): { block: number; start: number; length: number } {
    const start = this.#sizeBytes
    for (const piece of pieces) {
      this.#pieces.push(piece)
      this.#sizeBytes += piece.length
    }
    const place = { block: this.#blocks.length, start, length: this.#sizeBytes - start }
    if (this.#sizeBytes >= blockBytes) this.#close()
    return place
  }

  finish(): readonly SealedBlock[] {
    if (this.#pieces.length > 0) this.#close()
    return this.#blocks
  }

  #close(): void {
    const block = Buffer.concat(this.#pieces)
    this.#blocks.push({ packed: pack(block), sizeBytes: this.#sizeBytes })
    freeBytes(block)
    this.#pieces = []
    this.#sizeBytes = 0
  }
}

/** Parts of one batch, each kept once. */
class PartCollector {
  readonly sealed: SealedPart[] = []
  readonly #indexes = new Map<string, number>()

  add(body: Uint8Array): number {
    const digest = sha256(body)
    const key = digest.toString('latin1')
    const known = this.#indexes.get(key)
    if (known !== undefined) return known
    this.#indexes.set(key, this.sealed.length)
    return this.sealed.push(sealPart(digest, unwrapBase64(body) ?? asItStands(body))) - 1
  }
}

function asItStands(body: Uint8Array): Unwrapped {
  return { decoded: body, lineLength: notBase64, lineEnd: 0 }
}

function sealPart(digest: Uint8Array, { decoded, lineLength, lineEnd }: Unwrapped): SealedPart {
  const packed = pack(decoded)
  const isPacked = packed.length < decoded.length
  // A copy of its own: what stands in the message's buffer cannot be handed over without it.
  const body = isPacked ? packed : Uint8Array.prototype.slice.call(decoded)
  return { sha256: digest, body, isPacked, sizeBytes: decoded.length, lineLength, lineEnd }
}
