/**
 * Mailbox names as they are on the wire: the modified UTF-7 of RFC 3501 section 5.1.3. A name that is not well formed
 * is left as it stands, so that it can still be named to the server that made it.
 */
export function decodeMailboxName(wire: string): string {
  if (!wire.includes('&')) return wire
  const decoded = wire.replace(/&([^-]*)-/g, (_, shifted: string) => {
    if (shifted === '') return '&'
    const bytes = Buffer.from(shifted.replaceAll(',', '/'), 'base64')
    return bytes.length % 2 === 0 ? Buffer.from(bytes).swap16().toString('utf16le') : '\ufffd'
  })
  // Only a name that comes back as it was may be decoded: what is shown must lead to the same mailbox.
  return encodeMailboxName(decoded) === wire ? decoded : wire
}

export function encodeMailboxName(name: string): string {
  return name.replace(/&|[^\x20-\x7e]+/g, run => {
    if (run === '&') return '&-'
    const base64 = Buffer.from(run, 'utf16le').swap16().toString('base64')
    return `&${base64.replace(/=+$/, '').replaceAll('/', ',')}-`
  })
}
