import { connect as connectTcp, type Socket } from 'node:net'
import { type ConnectionOptions, TLSSocket } from 'node:tls'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import { err, ok, type Result } from '#base/result.ts'
import type { Secret } from '#base/secret.ts'
import type { Server } from '#config/index.ts'
import { isPinned, tlsOptions } from '../tls.ts'
import { type SmtpTrouble, troubleOf } from './trouble.ts'

export interface Dialogue {
  readonly server: Server
  /** Asked for after the connection is known to be safe, and only when the server wants a login. */
  readonly password: () => Promise<Result<Secret, { readonly code: string; readonly message: string }>>
  readonly signal: AbortSignal
}

const connectTimeoutMs = 30_000
const greetingTimeoutMs = 60_000
/** RFC 5321 §4.5.3.2.6: what comes after the end of a message may take ten minutes. */
const idleTimeoutMs = 10 * 60_000
const answerBytesMax = 64 * 1024

/** A connection that is encrypted as the settings say, to the server that they mean, logged in. */
export async function openSmtp(dialogue: Dialogue): Promise<Result<SMTPConnection, SmtpTrouble>> {
  const { server, signal } = dialogue
  const tls = tlsFor(server)
  if (!tls.ok) return tls
  const reached = await reach(server, signal)
  if (!reached.ok) return reached
  const { default: Connection } = await import('nodemailer/lib/smtp-connection')
  const connection = new Connection({
    host: server.host,
    port: server.port,
    connection: reached.value,
    secure: server.tls === 'implicit',
    requireTLS: server.tls === 'starttls',
    ignoreTLS: server.tls === 'none',
    tls: tls.value,
    // Not the name of the machine: it is nobody's business, and stands in the headers of what is sent.
    name: '[127.0.0.1]',
    greetingTimeout: greetingTimeoutMs,
    connectionTimeout: connectTimeoutMs + greetingTimeoutMs,
    socketTimeout: idleTimeoutMs,
    maxResponseSize: answerBytesMax,
    logger: false,
  })
  const abort = () => connection.close()
  signal.addEventListener('abort', abort, { once: true })
  connection.once('end', () => signal.removeEventListener('abort', abort))
  const greeted = await step(connection, done => connection.connect(done))
  const safe = greeted.ok ? checkSafety(connection, server) : greeted
  const ready = safe.ok ? await logIn(connection, dialogue) : safe
  if (!ready.ok) connection.close()
  if (signal.aborted) return err({ code: 'cancelled', message: 'it was stopped' })
  return ready.ok ? ok(connection) : ready
}

function tlsFor(server: Server): Result<ConnectionOptions, SmtpTrouble> {
  try {
    return ok(tlsOptions(server))
  } catch {
    return err({ code: 'tls', message: `the certificates in ${server.caFile} cannot be read` })
  }
}

/** One step of the conversation: its own error, or the one that ended the connection meanwhile. */
export function step(
  connection: SMTPConnection,
  start: (done: (error?: Error | null) => void) => void,
): Promise<Result<undefined, SmtpTrouble>> {
  return new Promise(resolve => {
    const end = (error?: Error | null) => {
      connection.removeListener('error', end)
      connection.removeListener('end', ended)
      resolve(error === undefined || error === null ? ok(undefined) : err(troubleOf(error)))
    }
    const ended = () => end(new Error('the connection was closed'))
    connection.once('error', end)
    connection.once('end', ended)
    start(end)
  })
}

function reach({ host, port }: Server, signal: AbortSignal): Promise<Result<Socket, SmtpTrouble>> {
  return new Promise(resolve => {
    const socket = connectTcp({ host, port, autoSelectFamily: true })
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
      connectTimeoutMs,
    )
    const abort = () => socket.destroy(new Error('stopped'))
    signal.addEventListener('abort', abort, { once: true })
    const settle = (result: Result<Socket, SmtpTrouble>) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      socket.removeListener('error', fail)
      resolve(result)
    }
    const fail = (error: Error) => settle(err(troubleOf(error)))
    socket.once('error', fail)
    socket.once('connect', () => settle(ok(socket)))
    if (signal.aborted) abort()
  })
}

/** Before anything secret is said: TLS is there unless the settings do without, and a pinned certificate is that one. */
function checkSafety(connection: SMTPConnection, server: Server): Result<undefined, SmtpTrouble> {
  if (server.tls === 'none') return ok(undefined)
  const socket = connection._socket
  if (!(socket instanceof TLSSocket) || !connection.secure) {
    return err({ code: 'tls', message: 'the server offers no encryption (STARTTLS); nothing was sent' })
  }
  if (isPinned(server, socket)) return ok(undefined)
  return err({ code: 'tls', message: 'its certificate is not the one that certificate_sha256 says' })
}

async function logIn(
  connection: SMTPConnection,
  { server, password }: Dialogue,
): Promise<Result<undefined, SmtpTrouble>> {
  if (server.username === null) return ok(undefined)
  const user = server.username
  const secret = await password()
  if (!secret.ok) return err({ code: 'auth', message: secret.error.message })
  if (!connection.allowsAuth)
    return err({ code: 'auth_unsupported', message: 'the server offers no login with a password' })
  return step(connection, done => connection.login({ user, pass: secret.value.reveal() }, error => done(error)))
}
