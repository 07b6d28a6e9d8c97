import { createHash, timingSafeEqual } from 'node:crypto'
import { err, ok, type Result } from '#base/result.ts'

/**
 * The credential of an agent (R-02-01): `pst_<id>_<secret>`. The id finds the row and is no secret; of the 256 random
 * bits of the secret only a digest is kept. A slow hash would add nothing: nobody guesses 256 bits.
 */
export interface TokenRow {
  readonly id: string
  readonly name: string
  readonly profile: string
  /** SHA-256 of the whole token, 64 hex digits. */
  readonly digest: string
  readonly createdAt: number
  /** Ms since the epoch; undefined never expires. */
  readonly expiresAt: number | undefined
  readonly revokedAt: number | undefined
}

const idBytes = 6
const secretBytes = 32
export const tokenShape = /^pst_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/

/** A new token and what to keep of it. `random` is the operating system's; if that fails, so does this. */
export function mintToken(random: (bytes: number) => Uint8Array): { id: string; token: string; digest: string } {
  const id = Buffer.from(random(idBytes)).toString('hex')
  const secret = Buffer.from(random(secretBytes))
  if (id.length !== 2 * idBytes || secret.length !== secretBytes) throw new Error('the random source gave too little')
  const token = `pst_${id}_${secret.toString('base64url')}`
  return { id, token, digest: digestOf(token) }
}

export type TokenRefusal = 'token_malformed' | 'token_unknown' | 'token_revoked' | 'token_expired'

/** Whether `presented` is a token that is in force. All refusals but a malformed one take the same time. */
export function checkToken(
  presented: string,
  find: (id: string) => TokenRow | undefined,
  now: number,
): Result<TokenRow, TokenRefusal> {
  const id = tokenShape.exec(presented)?.[1]
  if (id === undefined) return err('token_malformed')
  const row = find(id)
  const matches = equal(digestOf(presented), row?.digest ?? '0'.repeat(64))
  if (row === undefined || !matches) return err('token_unknown')
  if (row.revokedAt !== undefined) return err('token_revoked')
  if (row.expiresAt !== undefined && row.expiresAt <= now) return err('token_expired')
  return ok(row)
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
