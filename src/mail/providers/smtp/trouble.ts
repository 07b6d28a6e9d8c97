import { certificateTrouble } from '../tls.ts'

/** Why a message was not taken, for certain: nothing of it counts as sent. */
export interface SmtpTrouble {
  readonly code:
    | 'network'
    | 'timeout'
    | 'tls'
    | 'auth'
    | 'auth_unsupported'
    | 'protocol'
    | 'cancelled'
    /** The server said no, for now (4yz) or for good (5yz). */
    | 'refused_for_now'
    | 'refused'
  /** For a person; the server's own words are cut and have no control characters. */
  readonly message: string
  /** The server's reply code, where it gave one. */
  readonly reply?: number
}

const wordsMax = 300

/** Errors of the library and of sockets, in our words. Its own messages may hold commands, and with them addresses. */
export function troubleOf(error: Error): SmtpTrouble {
  const code = text(error, 'code')
  const response = text(error, 'response')
  const reply = /^\d{3}/.test(response) ? Number(response.slice(0, 3)) : undefined
  const certificate = certificateTrouble(error)
  if (certificate !== undefined) return { code: 'tls', message: certificate }
  if (code === 'EAUTH') return authTrouble(response, reply)
  if (code === 'ETLS') return { code: 'tls', message: tlsWords(error) }
  if (reply !== undefined) {
    return { code: reply >= 500 ? 'refused' : 'refused_for_now', message: words(response), reply }
  }
  if (code === 'ETIMEDOUT') return { code: 'timeout', message: 'the server did not answer in time' }
  if (code === 'EPROTOCOL') return { code: 'protocol', message: 'the server does not speak SMTP' }
  if (code === 'EMESSAGE') return { code: 'refused', message: 'the message is larger than the server takes' }
  return { code: 'network', message: networkWords(text(error, 'originalCode') || code) }
}

function authTrouble(response: string, reply: number | undefined): SmtpTrouble {
  if (reply !== undefined && reply < 500) return { code: 'refused_for_now', message: words(response), reply }
  return {
    code: 'auth',
    message: 'the server does not take this user name and password',
    ...(reply === undefined ? {} : { reply }),
  }
}

function tlsWords(error: Error): string {
  return /STARTTLS/i.test(text(error, 'command'))
    ? 'the server offers no encryption (STARTTLS); nothing was sent'
    : 'no encrypted connection could be made; nothing was sent'
}

const networkCodes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers at this host and port',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of the host cannot be looked up: is the network there?',
  ENETUNREACH: 'the network cannot be reached',
  EHOSTUNREACH: 'the host cannot be reached',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
}

function networkWords(code: string): string {
  return networkCodes[code] ?? 'the connection was closed'
}

/** A server's words as a person may see them, without its reply codes. */
export function words(response: string): string {
  return response
    .replace(/^\d{3}[ -]?/gm, '')
    .replace(/[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+/g, ' ')
    .trim()
    .slice(0, wordsMax)
}

function text(error: Error, name: string): string {
  const value: unknown = Reflect.get(error, name)
  return typeof value === 'string' ? value : ''
}
