import { createHash } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls'
import type { ShownCertificate } from '../provider-error.ts'
import { codeOf, printable } from './errors.ts'
import { TIMES } from './limits.ts'

/** The reasons for which Node refuses a certificate, as opposed to everything else that can go wrong with TLS. */
const reasons: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_REJECTED',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'HOSTNAME_MISMATCH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_TLS_CERT_ALTNAME_FORMAT',
  'CERTIFICATE_NOT_PINNED',
])

export function certificateReason(error: unknown): string | undefined {
  const code = codeOf(error)
  return reasons.has(code) ? code : undefined
}

export function sha256Of(certificate: PeerCertificate): string {
  return createHash('sha256').update(certificate.raw).digest('hex')
}

/** Hex with or without colons, in any case. */
export function isSameFingerprint(one: string, other: string): boolean {
  const plain = (text: string) => text.replaceAll(':', '').toLowerCase()
  return plain(one) === plain(other)
}

export interface Server {
  readonly host: string
  readonly port: number
  readonly isStarttls: boolean
}

/**
 * The certificate that a server shows, for a person to look at: a connection of its own that says nothing and believes
 * nothing. Undefined when it shows none.
 */
export async function lookAtCertificate(server: Server, reason: string): Promise<ShownCertificate | undefined> {
  try {
    const plain = server.isStarttls ? await afterStarttls(server) : undefined
    return await shown(server, reason, plain)
  } catch {
    return undefined // it could be looked at a moment ago; the refusal stands without it
  }
}

function shown(
  { host, port }: Server,
  reason: string,
  plain: Socket | undefined,
): Promise<ShownCertificate | undefined> {
  return new Promise((resolve, reject) => {
    // Looks only: nothing is sent over this connection, whatever the certificate is.
    const options = { host, port, rejectUnauthorized: false, ...(plain === undefined ? {} : { socket: plain }) }
    const socket: TLSSocket = connectTls(options, () => {
      const certificate = socket.getPeerCertificate()
      socket.destroy()
      resolve(certificate.raw === undefined ? undefined : describe(certificate, reason))
    })
    socket.setTimeout(TIMES.greetingMs, () => socket.destroy(new Error('no answer')))
    socket.once('error', reject)
  })
}

function describe(certificate: PeerCertificate, reason: string): ShownCertificate {
  const name = ({ CN, O }: { CN?: unknown; O?: unknown }) => printable(String(CN ?? O ?? ''))
  return {
    sha256: sha256Of(certificate),
    subject: name(certificate.subject ?? {}),
    issuer: name(certificate.issuer ?? {}),
    validUntil: Date.parse(certificate.valid_to),
    reason,
  }
}

function afterStarttls({ host, port }: Server): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host)
    let text = ''
    socket.setTimeout(TIMES.greetingMs, () => socket.destroy(new Error('no answer')))
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed')))
    socket.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString('latin1')).slice(-4096)
      if (/^s1 OK/im.test(text)) {
        socket.removeAllListeners('data')
        socket.pause()
        resolve(socket)
      } else if (/^\* OK/i.test(text) && !socket.bytesWritten) socket.write('s1 STARTTLS\r\n')
    })
  })
}
