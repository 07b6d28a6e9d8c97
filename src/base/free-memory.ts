/**
 * Gives back memory that nobody looks at any more. V8 does not see bytes outside of its heap as they come and go, and
 * marks all of the heap every 64 MB of them: at the rate at which a mailbox comes in, a sixth of all CPU.
 */
export function freeBuffer(buffer: ArrayBufferLike): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0)
}

/** The same for bytes that have their memory to themselves; those that share it with others stay. */
export function freeBytes(bytes: Uint8Array): void {
  if (bytes.buffer.byteLength === bytes.byteLength) freeBuffer(bytes.buffer)
}
