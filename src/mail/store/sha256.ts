/**
 * SHA-256. Node's crypto takes some ten milliseconds to load, which a process that only searches would pay for
 * nothing: it is fetched when it is first needed.
 */
export function sha256(bytes: Uint8Array): Buffer {
  return process.getBuiltinModule('node:crypto').hash('sha256', bytes, 'buffer')
}
