import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts, greets, host, start } from './process.ts'
import { mailOwner, type Site } from './site.ts'

export interface Exim {
  readonly host: typeof host
  /** In the clear, with STARTTLS; also without authentication, for mail to the people of the site. */
  readonly port: number
  /** TLS from the first byte. */
  readonly tlsPort: number
  readonly fingerprint: string
  readonly directory: string
  readonly pid: number
  stop(): Promise<void>
}

export interface EximOptions {
  readonly certificate?: 'good' | 'expired' | 'other_host'
}

let started = 0

/**
 * An SMTP server on loopback that delivers into the site's mailboxes. Authentication (PLAIN, LOGIN) is offered under
 * TLS only. By the local part of a recipient it can be told to misbehave, at any domain:
 * `refuse…` is refused with 550, `later…` with 451, `full…` with 452, `data-refuse…` after the message with 550,
 * `data-later…` after the message with 451, and `bounce…` is taken and comes back to the sender as a bounce.
 */
export async function startExim(site: Site, options: EximOptions = {}): Promise<Exim> {
  const directory = join(site.directory, `exim-${++started}`)
  mkdirSync(join(directory, 'spool'), { recursive: true })
  const kind = options.certificate ?? 'good'
  const issued = site.authority.issue(`exim-${started}`, {
    isExpired: kind === 'expired',
    ...(kind === 'other_host' ? { subjectAltName: 'DNS:elsewhere.example' } : {}),
  })
  // It reads them as its own user.
  execFileSync('chown', [mailOwner, issued.certFile, issued.keyFile])
  execFileSync('chown', ['-R', `${mailOwner}:${mailOwner}`, directory])
  const [port = 0, tlsPort = 0] = await freePorts(2)
  const config = join(directory, 'exim.conf')
  writeFileSync(config, configuration({ site, directory, issued, port, tlsPort }), { mode: 0o644 })
  const program = { file: 'exim4', args: ['-C', config, '-bdf'], directory }
  const running = await start(program, greets(port, /^220 /))
  return { host, port, tlsPort, fingerprint: issued.fingerprint, directory, pid: running.pid, stop: running.stop }
}

interface Configuration {
  readonly site: Site
  readonly directory: string
  readonly issued: { readonly certFile: string; readonly keyFile: string }
  readonly port: number
  readonly tlsPort: number
}

function configuration({ site, directory, issued, port, tlsPort }: Configuration): string {
  const isPerson = `\${lookup{$local_part@$domain}lsearch{${site.passwordsFile}}{yes}{no}}`
  const passwordOf = (variable: string) => `\${lookup{$${variable}}lsearch{${site.passwordsFile}}{$value}fail}`
  const isRight = (user: string, secret: string) =>
    `\${if and{{!eq{$${user}}{}}{!eq{$${secret}}{}}{eq{$${secret}}{${passwordOf(user)}}}}}`
  return `
primary_hostname = localhost
daemon_smtp_ports = ${port} : ${tlsPort}
tls_on_connect_ports = ${tlsPort}
local_interfaces = ${host}
spool_directory = ${directory}/spool
log_file_path = ${directory}/log-%s
pid_file_path = ${directory}/exim.pid
exim_user = ${mailOwner}
exim_group = ${mailOwner}
# With a configuration of our own it is not privileged any more when it delivers.
deliver_drop_privilege = true
never_users = root
tls_advertise_hosts = *
tls_certificate = ${issued.certFile}
tls_privatekey = ${issued.keyFile}
host_lookup =
rfc1413_hosts =
smtp_accept_max = 100
smtp_accept_queue_per_connection = 1000
message_size_limit = 30M
auth_advertise_hosts = \${if def:tls_in_cipher{*}}
keep_environment =
acl_smtp_rcpt = on_rcpt
acl_smtp_data = on_data
queue_run_in_order
timeout_frozen_after = 1d

begin acl
on_rcpt:
  deny  local_parts = ^refuse
        message = 550 5.1.1 there is nobody of that name
  defer local_parts = ^later
        message = 451 4.2.0 not now, try again later
  defer local_parts = ^full
        message = 452 4.2.2 the mailbox is full
  warn  local_parts = ^data-refuse
        set acl_m_data = refuse
  warn  local_parts = ^data-later
        set acl_m_data = later
  accept authenticated = *
  accept condition = ${isPerson}
  deny  message = 550 5.7.1 sign in to send elsewhere

on_data:
  deny  condition = \${if eq{$acl_m_data}{refuse}}
        message = 550 5.7.1 the message is refused
  defer condition = \${if eq{$acl_m_data}{later}}
        message = 451 4.3.0 not now, try again later
  accept

begin routers
bouncing:
  driver = redirect
  local_parts = ^bounce
  allow_fail
  data = :fail: the mailbox is gone

people:
  driver = accept
  condition = ${isPerson}
  address_data = \${lookup{$local_part@$domain}lsearch,ret=key{${site.passwordsFile}}}
  transport = mailbox

everybody_else:
  driver = accept
  transport = elsewhere

begin transports
mailbox:
  driver = appendfile
  directory = ${site.mailDirectory}/$address_data
  create_directory
  maildir_format
  delivery_date_add
  envelope_to_add
  return_path_add
  mode = 0600

# What leaves the site ends in one mailbox, where a test can read it.
elsewhere:
  driver = appendfile
  directory = ${site.mailDirectory}/elsewhere
  create_directory
  maildir_format
  envelope_to_add
  return_path_add

begin retry
*  *  F,1h,5s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${isRight('auth2', 'auth3')}
  server_set_id = $auth2

login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${isRight('auth1', 'auth2')}
  server_set_id = $auth1
`
}
