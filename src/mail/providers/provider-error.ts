/** Why a provider could not do something. Codes are stable; the message is for a person and holds no secret and no mail. */
export interface ProviderError {
  readonly code: ProviderErrorCode
  readonly message: string
  /** Whether the same may work later without anybody doing anything. */
  readonly retryable: boolean
  /** The server asked for so much patience. */
  readonly retryAfterMs?: number
  /** With `certificate`: what the server showed, so that a person can decide. */
  readonly certificate?: ShownCertificate
  readonly cause?: unknown
}

export const PROVIDER_ERROR_CODES = [
  /** The login was refused. Never tried again by itself: servers lock accounts. */
  'auth',
  /** The server's certificate is not one to trust. */
  'certificate',
  'network',
  'timeout',
  'rate_limit',
  'not_found',
  /** The message or mailbox changed in between. */
  'conflict',
  'permission',
  'quota',
  /** The server says what it may not, or more than is sensible. */
  'protocol',
  /** The cursor is of no use any more: begin with none. */
  'cursor_expired',
  'unsupported',
  'cancelled',
  'internal',
] as const
export type ProviderErrorCode = (typeof PROVIDER_ERROR_CODES)[number]

export interface ShownCertificate {
  /** Lower-case hex, as the settings take it. */
  readonly sha256: string
  readonly subject: string
  readonly issuer: string
  /** ms since the epoch. */
  readonly validUntil: number
  /** Node's or OpenSSL's code: `CERT_HAS_EXPIRED`, `DEPTH_ZERO_SELF_SIGNED_CERT`, `ERR_TLS_CERT_ALTNAME_INVALID`. */
  readonly reason: string
}

const retryableCodes: ReadonlySet<ProviderErrorCode> = new Set(['network', 'timeout', 'rate_limit', 'conflict'])

export function providerError(
  code: ProviderErrorCode,
  message: string,
  details: Partial<Omit<ProviderError, 'code' | 'message'>> = {},
): ProviderError {
  return { code, message, retryable: retryableCodes.has(code), ...details }
}
