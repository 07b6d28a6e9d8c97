import { isIP } from 'node:net'
import { rootCertificates, TLSSocket } from 'node:tls'
import type { ImapFlow, ImapFlowOptions } from 'imapflow'
import { err, ok, type Result } from '#base/result.ts'
import type { Secret } from '#base/secret.ts'
import { type ProviderError, providerError } from '../provider-error.ts'
import { certificateReason, isSameFingerprint, lookAtCertificate, sha256Of } from './certificate.ts'
import { codeOf, networkError, printable } from './errors.ts'
import { TIMES } from './limits.ts'
import { Wire } from './wire.ts'

export interface ImapServer {
  readonly host: string
  readonly port: number
  /** `none` is for servers on this machine: it is refused for any other. */
  readonly tls: 'implicit' | 'starttls' | 'none'
  /** Certificates (PEM) of authorities that are trusted here besides the usual ones. */
  readonly ca?: string
  /** SHA-256 of the one certificate that is accepted, whoever signed it and however old it is. */
  readonly certificateSha256?: string
}

export interface Login {
  readonly user: string
  readonly password: Secret
}

/**
 * A connection that is logged in. imapflow does what needs to know servers: greeting, STARTTLS, which way of logging
 * in; then it hands over the socket. It is imported here and only here, and only when a connection is made.
 */
export async function connectImap(
  server: ImapServer,
  login: Login | undefined,
  signal: AbortSignal,
): Promise<Result<Wire, ProviderError>> {
  if (server.tls === 'none' && !isLoopback(server.host)) {
    return err(
      providerError('unsupported', `${server.host} is another machine: mail and password go there with TLS only`),
    )
  }
  if (signal.aborted) return err(providerError('cancelled', 'the connection was not wanted any more'))
  const { ImapFlow } = await import('imapflow')
  const client = new ImapFlow(optionsOf(server, login))
  // Errors come as rejections too; an event without a listener would end the process.
  client.on('error', () => {})
  const pin = server.tls === 'none' ? undefined : server.certificateSha256
  if (pin !== undefined) checkBeforeLogin(client, pin)
  const abort = () => client.close()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await client.connect()
  } catch (error) {
    client.close()
    if (signal.aborted) return err(providerError('cancelled', 'the connection was not wanted any more'))
    return err(await failureOf(error, server))
  } finally {
    signal.removeEventListener('abort', abort)
  }
  const capabilities = new Set([...client.capabilities.keys()].map(name => name.toUpperCase()))
  const { socket } = client.unbind()
  // What must never be: whatever the library did, nothing more is said without TLS.
  if (server.tls !== 'none' && !(socket instanceof TLSSocket && isAccepted(socket, pin))) {
    socket.destroy()
    return err(providerError('certificate', `the connection to ${server.host} is not protected by TLS`))
  }
  const wire = new Wire(socket, { host: server.host, capabilities })
  return enable(wire)
}

function optionsOf(server: ImapServer, login: Login | undefined): ImapFlowOptions {
  const isPinned = server.certificateSha256 !== undefined
  return {
    host: server.host,
    port: server.port,
    secure: server.tls === 'implicit',
    ...(server.tls === 'implicit' ? {} : { doSTARTTLS: server.tls === 'starttls' }),
    ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password.reveal() } }),
    tls: {
      // A pinned certificate is compared before the login instead: it may be signed by nobody and have expired.
      rejectUnauthorized: !isPinned,
      minVersion: 'TLSv1.2',
      ...(server.ca === undefined ? {} : { ca: [...rootCertificates, server.ca] }),
      ...(isIP(server.host) === 0 ? { servername: server.host } : {}),
    },
    logger: false,
    clientInfo: { name: 'Postern', version: false, vendor: false, 'support-url': false },
    disableAutoIdle: true,
    disableAutoEnable: true,
    disableCompression: true,
    connectionTimeout: TIMES.connectMs,
    greetingTimeout: TIMES.greetingMs,
    socketTimeout: TIMES.silenceMs,
    // Until the login nobody has a reason to say much.
    maxLineLength: 1024 * 1024,
    maxLiteralSize: 256 * 1024,
    maxResponseSize: 2 * 1024 * 1024,
  }
}

/** The library has no such question, so its own step is wrapped; without that step there is no login at all. */
function checkBeforeLogin(client: ImapFlow, pin: string): void {
  const authenticate: unknown = Reflect.get(client, 'authenticate')
  if (typeof authenticate !== 'function') throw new TypeError('imapflow logs in differently than we know')
  Reflect.set(client, 'authenticate', async () => {
    const socket: unknown = Reflect.get(client, 'socket')
    if (!(socket instanceof TLSSocket) || !isAccepted(socket, pin)) {
      throw Object.assign(new Error('another certificate than the pinned one'), { code: 'CERTIFICATE_NOT_PINNED' })
    }
    return Reflect.apply(authenticate, client, [])
  })
}

function isAccepted(socket: TLSSocket, pin: string | undefined): boolean {
  if (pin === undefined) return socket.authorized
  const certificate = socket.getPeerCertificate()
  return certificate.raw !== undefined && isSameFingerprint(sha256Of(certificate), pin)
}

async function failureOf(error: unknown, server: ImapServer): Promise<ProviderError> {
  const { host, port } = server
  const reason = certificateReason(error)
  if (reason !== undefined) {
    const certificate = await lookAtCertificate({ host, port, isStarttls: server.tls === 'starttls' }, reason)
    return providerError('certificate', `${host} shows a certificate that cannot be trusted: ${sayReason(reason)}`, {
      ...(certificate === undefined ? {} : { certificate }),
    })
  }
  const property = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : ''
  const said = printable(String(property('responseText') ?? property('response') ?? ''))
  if (property('authenticationFailed') === true) {
    const word = String(property('serverResponseCode') ?? '')
    if (word === 'UNAVAILABLE') return providerError('network', `${host} cannot check passwords at the moment`)
    return providerError('auth', `${host} refused the login${said === '' ? '' : `: ${said}`}`)
  }
  const code = codeOf(error)
  if (property('tlsFailed') === true || code.startsWith('ERR_SSL') || code === 'EPROTO') {
    return providerError('protocol', `${host} does not offer TLS on port ${port} as it should: nothing was sent`)
  }
  if (/TooLarge$|^ParserError|^MAX_IMAP|^InvalidResponse|^UnexpectedTag|^ResponseProcessing/.test(code)) {
    return providerError('protocol', `what answers on ${host}:${port} does not speak IMAP`)
  }
  if (code === 'ETHROTTLE') return providerError('rate_limit', `${host} asks for patience`)
  return networkError(error, host)
}

const sentences: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'it is signed by an authority that is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'it is signed by an authority that is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it is signed by an authority that is not known here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another server',
  CERTIFICATE_NOT_PINNED: 'it is not the one that is pinned in the settings',
}

function sayReason(reason: string): string {
  return sentences[reason] ?? reason
}

/** RFC 7162: both are asked for, so that changes come with their mod-sequence and expunged mail by its UID. */
async function enable(wire: Wire): Promise<Result<Wire, ProviderError>> {
  const wanted = ['CONDSTORE', 'QRESYNC'].filter(name => wire.has(name))
  if (wanted.length === 0 || !wire.has('ENABLE')) return ok(wire)
  const enabled = await wire.run(`ENABLE ${wanted.join(' ')}`)
  // A server that refuses is taken to have neither; one that is gone is told by the error.
  if (!enabled.ok && !wire.isOpen) return enabled
  return ok(enabled.ok ? wire : wire.without(wanted))
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}
