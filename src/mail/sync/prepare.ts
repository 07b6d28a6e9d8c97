import { freeBuffer, freeBytes } from '#base/free-memory.ts'
import { readDocument } from '../document.ts'
import {
  type IncomingMessage,
  type PackedBatch,
  packBatch,
  Sealer,
  type SealOptions,
  transferables,
} from '../store/index.ts'

/** A message as it came from a provider, before anybody has read it. */
export type Unread = Omit<IncomingMessage, 'document' | 'raw'> & { readonly raw: Uint8Array }

/** Reads, seals and packs: what costs time, and meets what strangers wrote. */
export function prepare(messages: readonly Unread[], options: SealOptions = {}): PackedBatch {
  const sealer = new Sealer(options)
  for (const message of messages) {
    const { document, receivedAt } = readDocument(message.raw)
    sealer.add({ ...(receivedAt === undefined ? {} : { receivedAt }), ...message, document })
  }
  const batch = sealer.finish()
  const packed = packBatch(batch)
  // It was copied.
  for (const buffer of transferables(batch)) freeBuffer(buffer)
  return packed
}

/** Who prepares: threads, or this one. */
export type Prepare = (messages: readonly Unread[]) => Promise<PackedBatch>

export const prepareHere: Prepare = async messages => prepare(messages)

/**
 * Gives back the memory of messages that have been read: at the rate at which a mailbox comes in, waiting for the
 * garbage collector costs hundreds of megabytes. Bytes that share their memory with others stay.
 */
export function release(messages: readonly Unread[]): void {
  for (const { raw } of messages) freeBytes(raw)
}
