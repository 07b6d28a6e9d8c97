import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type ConnectionOptions, getCACertificates, type TLSSocket } from 'node:tls'
import type { Server } from '#config/index.ts'

/**
 * TLS to a mail server: at least 1.2, the name checked, the system's authorities and those of `ca_file`. With
 * `certificate_sha256` exactly that certificate is accepted, whoever signed it and whatever else is wrong with it:
 * the handshake is then let through and {@link isPinned} asked before anything secret is said.
 */
export function tlsOptions(server: Server): ConnectionOptions {
  return {
    host: server.host,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: server.certificateSha256 === null,
    ...(server.caFile === null ? {} : { ca: [...getCACertificates('default'), readFileSync(server.caFile, 'utf8')] }),
  }
}

/** Whether the certificate that the server showed is the pinned one; true as well where none is pinned. */
export function isPinned(server: Server, socket: TLSSocket): boolean {
  if (server.certificateSha256 === null) return true
  const shown = socket.getPeerX509Certificate()?.raw
  return shown !== undefined && createHash('sha256').update(shown).digest('hex') === server.certificateSha256
}

const certificateWords: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: is the clock of this machine right?',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself, by no authority that this machine knows',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an authority that this machine does not know',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is signed by an authority that this machine does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by an authority that this machine does not know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an authority that this machine does not know',
  CERT_REVOKED: 'its certificate was revoked',
  CERT_UNTRUSTED: 'its certificate is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  HOSTNAME_MISMATCH: 'its certificate is for another name',
}

/** What is wrong with a certificate, for a person; undefined when the error is about something else. */
export function certificateTrouble(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 4; cause = cause.cause, depth++) {
    for (const code of [Reflect.get(cause, 'originalCode'), Reflect.get(cause, 'code')]) {
      if (typeof code === 'string' && Object.hasOwn(certificateWords, code)) return certificateWords[code]
    }
  }
  return undefined
}
