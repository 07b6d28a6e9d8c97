import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts, greets, host, type Running, start } from './process.ts'
import { mailOwner, type Site } from './site.ts'

export interface DovecotOptions {
  /** Taken out of what the server announces: `QRESYNC`, `CONDSTORE`, `MOVE`, `UIDPLUS`, `IDLE`, `SPECIAL-USE`… */
  readonly without?: readonly string[]
  readonly separator?: '/' | '.'
  /** `INBOX.`: all folders lie under it. */
  readonly prefix?: string
  /** A second namespace with mail of its own, with a prefix such as `Old/`. */
  readonly secondPrefix?: string
  readonly hasSpecialUse?: boolean
  readonly certificate?: 'good' | 'expired' | 'other_host'
  /** None: no TLS at all. */
  readonly tls?: 'offered' | 'required' | 'none'
}

export interface Dovecot {
  readonly host: typeof host
  /** In the clear, with STARTTLS. */
  readonly port: number
  /** TLS from the first byte. */
  readonly tlsPort: number
  readonly fingerprint: string
  readonly directory: string
  readonly pid: number
  /** `doveadm`, for what a server's operator does: rebuild, renumber, change behind the client's back. */
  admin(args: readonly string[]): string
  stop(): Promise<void>
}

const announced = (
  'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS ' +
  'THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED ' +
  'I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE ' +
  'SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE'
).split(' ')

let started = 0

/** A Dovecot on loopback, with its own directories and free ports. */
export async function startDovecot(site: Site, options: DovecotOptions = {}): Promise<Dovecot> {
  const directory = join(site.directory, `dovecot-${++started}`)
  mkdirSync(directory)
  const kind = options.certificate ?? 'good'
  const issued = site.authority.issue(`dovecot-${started}`, {
    isExpired: kind === 'expired',
    ...(kind === 'other_host' ? { subjectAltName: 'DNS:elsewhere.example' } : {}),
  })
  const [port = 0, tlsPort = 0] = await freePorts(2)
  const config = join(directory, 'dovecot.conf')
  writeFileSync(config, configuration({ site, directory, options, issued, port, tlsPort }))
  const program = { file: 'dovecot', args: ['-F', '-c', config], directory }
  const running: Running = await start(program, greets(port, /^\* OK/))
  return {
    host,
    port,
    tlsPort,
    fingerprint: issued.fingerprint,
    directory,
    pid: running.pid,
    admin: args =>
      execFileSync('doveadm', ['-c', config, ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        maxBuffer: 256 * 1024 * 1024,
      }),
    stop: () => running.stop(),
  }
}

interface Configuration {
  readonly site: Site
  readonly directory: string
  readonly options: DovecotOptions
  readonly issued: { readonly certFile: string; readonly keyFile: string }
  readonly port: number
  readonly tlsPort: number
}

function configuration({ site, directory, options, issued, port, tlsPort }: Configuration): string {
  const { separator = '/', prefix = '', secondPrefix, without = [], tls = 'offered', hasSpecialUse = true } = options
  const gone = new Set([...without, ...(hasSpecialUse ? [] : ['SPECIAL-USE'])])
  const special = (name: string, use: string) =>
    `  mailbox ${name} {\n    auto = create\n${hasSpecialUse ? `    special_use = \\${use}\n` : ''}  }\n`
  const tlsLines =
    tls === 'none'
      ? 'ssl = no'
      : `ssl = ${tls === 'required' ? 'required' : 'yes'}\nssl_cert = <${issued.certFile}\nssl_key = <${issued.keyFile}`
  return `
base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = ${directory}/dovecot.log
protocols = imap
listen = ${host}
first_valid_uid = 1
mail_uid = ${mailOwner}
mail_gid = ${mailOwner}
mail_fsync = never
mail_location = maildir:${site.mailDirectory}/%u
mail_max_userip_connections = 100
imap_capability = ${announced.filter(word => !gone.has(word)).join(' ')}
auth_mechanisms = plain login
auth_failure_delay = 0
disable_plaintext_auth = ${tls === 'required' ? 'yes' : 'no'}
${tlsLines}
passdb {
  driver = passwd-file
  args = ${site.passwordsFile}.dovecot
}
userdb {
  driver = static
  args = uid=${mailOwner} gid=${mailOwner} home=${site.mailDirectory}/%u
}
namespace inbox {
  inbox = yes
  separator = ${separator}
  prefix = ${prefix}
${special('Drafts', 'Drafts')}${special('Sent', 'Sent')}${special('Trash', 'Trash')}${special('Junk', 'Junk')}${special('Archive', 'Archive')}}
${
  secondPrefix === undefined
    ? ''
    : `namespace second {
  separator = ${separator}
  prefix = ${secondPrefix}
  location = maildir:${site.mailDirectory}/%u.second
}`
}
service anvil {
  client_limit = 2000
  # Whoever gives a wrong password is not made to wait.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  service_count = 0
  client_limit = 500
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tls === 'none' ? 0 : tlsPort}
    ssl = yes
  }
}
`
}
