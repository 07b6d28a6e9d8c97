import { type ProviderError, type ProviderErrorCode, providerError } from '../provider-error.ts'
import { LIMITS } from './limits.ts'

export type StatusWord = 'OK' | 'NO' | 'BAD'

/** What RFC 5530 and others say by a response code; everything else is judged by NO and BAD alone. */
const codes: Readonly<Record<string, ProviderErrorCode>> = {
  AUTHENTICATIONFAILED: 'auth',
  AUTHORIZATIONFAILED: 'auth',
  EXPIRED: 'auth',
  PRIVACYREQUIRED: 'unsupported',
  CONTACTADMIN: 'permission',
  NOPERM: 'permission',
  CANNOT: 'permission',
  READONLY: 'permission',
  'READ-ONLY': 'permission',
  NONEXISTENT: 'not_found',
  TRYCREATE: 'not_found',
  OVERQUOTA: 'quota',
  TOOBIG: 'quota',
  APPENDLIMIT: 'quota',
  LIMIT: 'rate_limit',
  THROTTLED: 'rate_limit',
  UNAVAILABLE: 'network',
  SERVERBUG: 'network',
  INUSE: 'conflict',
  CLIENTBUG: 'protocol',
  CORRUPTION: 'protocol',
  EXPUNGEISSUED: 'conflict',
}

/** The refusal behind a tagged NO or BAD. */
export function refusal(status: Exclude<StatusWord, 'OK'>, text: string): ProviderError {
  const [, word = '', argument] = /^\[([A-Z-]+)(?: ([^\]]*))?\]/i.exec(text) ?? []
  const code =
    codes[word.toUpperCase()] ?? (status === 'BAD' ? 'protocol' : throttles(text) ? 'rate_limit' : 'permission')
  const said = printable(text.replace(/^\[[^\]]*\]\s*/, ''))
  const seconds = /^\d{1,5}$/.test(argument ?? '') ? Number(argument) : undefined
  return providerError(code, `the server answered ${status}: ${said === '' ? word : said}`, {
    ...(code === 'rate_limit' && seconds !== undefined ? { retryAfterMs: seconds * 1000 } : {}),
  })
}

function throttles(text: string): boolean {
  return /too many (simultaneous )?connections|throttl|rate.?limit|bandwidth|try again later/i.test(text)
}

/** What a server says may go to a terminal: one line, no control characters, not long. */
export function printable(text: string): string {
  const line = text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').trim()
  return line.length > LIMITS.textCharactersMax ? `${line.slice(0, LIMITS.textCharactersMax)}…` : line
}

/** What Node says of a socket that failed. */
export function networkError(error: unknown, host: string): ProviderError {
  const code = codeOf(error)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return providerError('network', `${host} is not known (no DNS answer)`)
  if (code === 'ECONNREFUSED') return providerError('network', `${host} refuses connections on that port`)
  if (code === 'ETIMEDOUT' || code === 'CONNECT_TIMEOUT' || code === 'GREETING_TIMEOUT' || code === 'UPGRADE_TIMEOUT') {
    return providerError('timeout', `${host} does not answer`)
  }
  return providerError('network', `the connection to ${host} was lost${code === '' ? '' : ` (${printable(code)})`}`, {
    cause: error,
  })
}

export function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : ''
}
