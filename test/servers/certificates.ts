import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A certificate authority that only the tests trust. */
export interface Authority {
  readonly caFile: string
  readonly ca: string
  issue(name: string, options?: IssueOptions): Issued
}

export interface IssueOptions {
  /** Ended yesterday. */
  readonly isExpired?: boolean
  /** `DNS:localhost,IP:127.0.0.1` when left out. */
  readonly subjectAltName?: string
}

export interface Issued {
  readonly certFile: string
  readonly keyFile: string
  /** SHA-256 of the certificate, in capitals with colons. */
  readonly fingerprint: string
}

const keyOptions = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

export function makeAuthority(directory: string): Authority {
  const caFile = join(directory, 'ca.pem')
  const caKey = join(directory, 'ca.key')
  const subject = ['-days', '3650', '-subj', '/CN=Postern test authority']
  openssl(['req', '-x509', ...keyOptions, '-keyout', caKey, '-out', caFile, ...subject])
  return {
    caFile,
    ca: readFileSync(caFile, 'utf8'),
    issue(name, { isExpired = false, subjectAltName = 'DNS:localhost,IP:127.0.0.1' } = {}) {
      const certFile = join(directory, `${name}.pem`)
      const keyFile = join(directory, `${name}.key`)
      const request = join(directory, `${name}.csr`)
      const extensions = join(directory, `${name}.ext`)
      writeFileSync(extensions, `subjectAltName=${subjectAltName}\n`)
      openssl(['req', ...keyOptions, '-keyout', keyFile, '-out', request, '-subj', '/CN=localhost'])
      const signed = ['-CA', caFile, '-CAkey', caKey, '-extfile', extensions, '-days', isExpired ? '-1' : '365']
      openssl(['x509', '-req', '-in', request, '-out', certFile, ...signed])
      const shown = openssl(['x509', '-in', certFile, '-noout', '-fingerprint', '-sha256'])
      return { certFile, keyFile, fingerprint: shown.trim().replace(/^.*=/, '') }
    },
  }
}

function openssl(args: readonly string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
