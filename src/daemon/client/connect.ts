import { lstatSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import * as v from 'valibot'
import { Failure } from '#base/failure.ts'
import type { Paths } from '#base/paths.ts'
import { checkPrivateDirectory } from '#base/private-directory.ts'
import { readPrivateFile } from '#base/private-file.ts'
import { checkSocketPath, keyFile } from '../places.ts'
import { encodeFrame, FrameReader, frameBytesMax } from '../protocol/frame.ts'
import {
  type ClientHello,
  errorFrom,
  protocolOldest,
  protocolVersion,
  type ServerHello,
  serverFrame,
  serverHello,
} from '../protocol/messages.ts'

const keyBytesMax = 200

export interface Connected {
  readonly socket: Socket
  readonly hello: ServerHello
  /** What came after the hello, and all that will come. */
  readonly reader: FrameReader
}

/** Why no daemon answered: `absent` means that one may be started. */
export type NotConnected = { readonly reason: 'absent' } | { readonly reason: 'silent'; readonly message: string }

export interface ConnectOptions {
  readonly paths: Paths
  /** What this client calls itself. */
  readonly client: string
  /** Who it is where that is no person: it gives authority up, or shows a token. */
  readonly as?: ClientHello['as'] | undefined
  readonly timeoutMs: number
}

/**
 * Connects and exchanges hellos. Before a byte is sent, the socket and its directory are looked at: a socket that
 * somebody else could have put there would be given the key, and mail.
 */
export async function connectDaemon(options: ConnectOptions): Promise<Connected | NotConnected> {
  const { paths } = options
  checkSocketPath(paths)
  if (!isOurSocket(paths)) return { reason: 'absent' }
  const key = readPrivateFile(keyFile(paths), keyBytesMax)
  if (key === undefined) return { reason: 'absent' }
  const socket = await open(paths.socketFile)
  if (socket === undefined) return { reason: 'absent' }
  return greet(socket, options, key)
}

/** False when there is none; a `Failure` when there is one that is not this user's alone. */
function isOurSocket({ runtimeDir, socketFile, homeDir }: Paths): boolean {
  if (process.platform === 'win32') return true // a pipe: the key is the check
  const entry = lstatSync(socketFile, { throwIfNoEntry: false })
  if (entry === undefined) return false
  checkPrivateDirectory(runtimeDir, homeDir)
  if (!entry.isSocket()) throw new Failure('refused', 'not_a_socket', `${socketFile} is not a socket`)
  if (entry.uid !== process.getuid?.()) {
    throw new Failure('refused', 'path_not_private', `refusing to use ${socketFile}: it belongs to user ${entry.uid}`)
  }
  return true
}

function open(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', error => {
      const code = 'code' in error ? error.code : undefined
      if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET') resolve(undefined)
      else
        reject(
          new Failure('try_later', 'daemon_unreachable', `cannot reach the daemon: ${error.message}`, { cause: error }),
        )
    })
  })
}

function greet(
  socket: Socket,
  { paths, client, as, timeoutMs }: ConnectOptions,
  key: string,
): Promise<Connected | NotConnected> {
  const reader = new FrameReader(frameBytesMax)
  return new Promise((resolve, reject) => {
    const settle = (outcome: Connected | NotConnected | Failure) => {
      clearTimeout(timer)
      socket.removeAllListeners()
      socket.on('error', () => socket.destroy())
      if (outcome instanceof Failure || 'reason' in outcome) socket.destroy()
      if (outcome instanceof Failure) reject(outcome)
      else resolve(outcome)
    }
    const timer = setTimeout(() => settle({ reason: 'silent', message: 'the daemon does not answer' }), timeoutMs)
    socket.on('error', () => settle({ reason: 'absent' }))
    socket.on('close', () => settle({ reason: 'absent' }))
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk)
      const frame = reader.next()
      if (frame === undefined) return
      socket.pause()
      if (frame.ok) settle(answered(frame.value, { socket, reader, paths }))
      else settle(new Failure('failed', frame.error.code, frame.error.message))
    })
    const hello = {
      protocol: [protocolOldest, protocolVersion],
      client,
      instance: paths.instance,
      data_dir: paths.dataDir,
      key,
      ...(as === undefined ? {} : { as }),
    }
    const frame = encodeFrame({ hello })
    if (frame.ok) socket.write(frame.value)
  })
}

function answered(
  frame: unknown,
  { socket, reader, paths }: { socket: Socket; reader: FrameReader; paths: Paths },
): Connected | NotConnected | Failure {
  const greeting = v.safeParse(serverHello, frame)
  if (greeting.success) return { socket, reader, hello: greeting.output.hello }
  const said = v.safeParse(serverFrame, frame)
  if (!said.success || !('error' in said.output)) {
    return new Failure('failed', 'not_a_daemon', `what listens at ${paths.socketFile} is no daemon of Postern`)
  }
  const { code, message } = errorFrom(said.output.error)
  // It is ending, or just began and has another key than the one that we read: in a moment there is one to talk to.
  if (code === 'shutting_down' || code === 'not_authorized') return { reason: 'silent', message }
  if (code === 'version_unsupported') {
    return new Failure('try_later', code, message, { next: 'postern daemon restart' })
  }
  return new Failure(code === 'too_many_connections' ? 'try_later' : 'refused', code, message)
}
