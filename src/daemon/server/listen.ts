import { chmodSync, lstatSync, renameSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { Failure } from '#base/failure.ts'
import type { Paths } from '#base/paths.ts'
import { ensurePrivateDirectory } from '#base/private-directory.ts'
import { checkSocketPath } from '../places.ts'
import { requestError } from '../protocol/errors.ts'
import { encodeFrame } from '../protocol/frame.ts'
import { errorFrame } from '../protocol/messages.ts'
import { Connection, type Surroundings } from './connection.ts'

const connectionsMax = 64
const drainMs = 5_000
const pollMs = 20
const refusedMs = 1_000

/** The socket and everyone at it. */
export class Listener {
  readonly #server: Server
  readonly #paths: Paths
  readonly #connections = new Set<Connection>()
  #identity: string | undefined

  private constructor(server: Server, paths: Paths) {
    this.#server = server
    this.#paths = paths
  }

  /**
   * Binds the socket, 0600 in a directory that is 0700. Whoever calls this holds the lock of the data directory.
   * `publish` writes what clients need before they can find the socket: it gets its name last, in one step.
   */
  static async open(paths: Paths, around: Omit<Surroundings, 'onClose'>, publish: () => void): Promise<Listener> {
    checkSocketPath(paths)
    ensurePrivateDirectory(paths.runtimeDir, paths.homeDir)
    await removeStaleSocket(paths.socketFile)
    const server = createServer()
    const listener = new Listener(server, paths)
    let connections = 0
    server.on('connection', socket => listener.#welcome(socket, ++connections, around))
    const isPipe = process.platform === 'win32'
    // Node removes the path that it bound when it closes, whoever's socket is there by then: it knows another name.
    const bound = isPipe ? paths.socketFile : join(paths.runtimeDir, 'daemon.bind')
    if (isPipe) publish()
    else rmSync(bound, { force: true })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(bound, resolve)
    })
    if (!isPipe) {
      chmodSync(bound, 0o600)
      publish()
      renameSync(bound, paths.socketFile)
      listener.#identity = identityOf(paths.socketFile)
    }
    return listener
  }

  get count(): number {
    return this.#connections.size
  }

  /** Somebody removed the socket, or put another one in its place: no client can find us any more. */
  get isReplaced(): boolean {
    return process.platform !== 'win32' && identityOf(this.#paths.socketFile) !== this.#identity
  }

  /** Takes no more clients, lets requests end for a while, and removes the socket if it is still ours. */
  async close(): Promise<void> {
    const isOurs = !this.isReplaced
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    if (isOurs && process.platform !== 'win32') rmSync(this.#paths.socketFile, { force: true })
    const endsAt = performance.now() + drainMs
    while ([...this.#connections].some(({ isIdle }) => !isIdle) && performance.now() < endsAt) await pause(pollMs)
    for (const connection of this.#connections) connection.end()
    // Each is destroyed after a second if its client does not hang up: closed comes soon after.
    await closed
  }

  #welcome(socket: Socket, id: number, around: Omit<Surroundings, 'onClose'>): void {
    if (this.#connections.size >= connectionsMax) {
      const full = encodeFrame(errorFrame(requestError('too_many_connections', `more than ${connectionsMax} clients`)))
      socket.on('error', () => socket.destroy())
      socket.end(full.ok ? full.value : '')
      setTimeout(() => socket.destroy(), refusedMs).unref()
      return
    }
    const onClose = (connection: Connection) => this.#connections.delete(connection)
    this.#connections.add(new Connection(id, socket, { ...around, onClose }))
  }
}

/** A socket at which nobody answers is what a killed daemon leaves. One that answers is another daemon's. */
async function removeStaleSocket(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const entry = lstatSync(path, { throwIfNoEntry: false })
  if (entry === undefined) return
  if (!entry.isSocket()) throw new Failure('refused', 'not_a_socket', `${path} is not a socket: remove it`)
  const isAnswered = await new Promise<boolean>(resolve => {
    const probe = connect(path, () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
  if (isAnswered) {
    throw new Failure('refused', 'socket_taken', `another daemon, of another data directory, listens at ${path}`, {
      next: 'export POSTERN_RUNTIME_DIR=/another/directory',
    })
  }
  rmSync(path, { force: true })
}

function identityOf(path: string): string | undefined {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  return entry === undefined ? undefined : `${entry.dev} ${entry.ino}`
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, ms).unref()
  })
}
