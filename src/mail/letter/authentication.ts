export type Authentication = 'pass' | 'fail' | 'none'

/**
 * What DMARC said (RFC 8601, RFC 7489). The topmost result is that of the last server on the way, which is our own
 * provider's. A pass proves nothing, since anybody can write one further down; a failure counts against a message.
 */
export function authenticationOf(results: readonly string[]): Authentication {
  const found = /\bdmarc\s*=\s*([a-z]+)/i.exec(results[0] ?? '')?.[1]?.toLowerCase()
  return found === 'pass' ? 'pass' : found === 'fail' ? 'fail' : 'none'
}
