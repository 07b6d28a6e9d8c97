import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { systemClock } from '#base/clock.ts'
import { openLog } from '#base/log.ts'
import { type Paths, resolvePaths } from '#base/paths.ts'
import { readPrivateFile } from '#base/private-file.ts'
import { parseConfig } from '#config/index.ts'
import { connectDaemon, DaemonClient } from '../../src/daemon/client/index.ts'
import { keyFile } from '../../src/daemon/places.ts'
import { encodeFrame, FrameReader } from '../../src/daemon/protocol/frame.ts'
import type { ClientHello } from '../../src/daemon/protocol/messages.ts'
import { runDaemon } from '../../src/daemon/run.ts'
import { MailWriter, seal } from '../../src/mail/store/index.ts'
import { type Letter, letter, value } from '../mail/store/mailbox.ts'
import { newDirectory } from '../postern.ts'

export interface Instance {
  readonly paths: Paths
  readonly env: Readonly<Record<string, string>>
}

/** A home of a test's own; nothing runs there yet. */
export function newInstance(): Instance {
  const home = newDirectory('h')
  const env = { HOME: home, PATH: process.env.PATH ?? '' }
  return { env, paths: resolvePaths({ platform: process.platform, env, home, instance: 'postern' }) }
}

/** Mail that is there before a daemon is. */
export function withMail({ paths }: Instance, letters: readonly Letter[]): number[] {
  const { mkdirSync } = process.getBuiltinModule('node:fs')
  mkdirSync(paths.dataDir, { recursive: true, mode: 0o700 })
  const writer = value(MailWriter.open(join(paths.dataDir, 'mail.db')))
  const ids = value(writer.ingest(seal(letters.map(letter)))).map(({ id }) => id)
  writer.close()
  return ids
}

export interface Running extends Instance {
  stop(): Promise<void>
}

/** The real daemon, in this process, at a real socket. */
export async function startDaemon(instance: Instance = newInstance(), settings = ''): Promise<Running> {
  const { paths } = instance
  const parsed = parseConfig(settings)
  if (!parsed.ok) throw new Error(`these are no settings: ${parsed.error.map(({ message }) => message).join('; ')}`)
  const config = parsed.value
  const { log: logged } = config
  const log = openLog({
    directory: paths.logDir,
    homeDir: paths.homeDir,
    level: logged.level,
    fileBytesMax: logged.file_bytes_max,
    filesMax: logged.files_max,
    clock: systemClock,
  })
  const stopping = new AbortController()
  let ended: Promise<void> = Promise.resolve()
  await new Promise<void>((resolve, reject) => {
    ended = runDaemon({ paths, config, clock: systemClock, log, signal: stopping.signal, onReady: resolve })
    ended.catch(reject)
  })
  const stop = async () => {
    stopping.abort()
    await ended
  }
  onTestFinished(stop)
  return { ...instance, stop }
}

export async function clientOf({ paths }: Instance, as?: ClientHello['as']): Promise<DaemonClient> {
  const connected = await connectDaemon({ paths, client: 'test', timeoutMs: 5_000, as })
  if (!('socket' in connected)) throw new Error(`no daemon: ${connected.reason}`)
  const client = new DaemonClient(connected)
  onTestFinished(() => client.close())
  return client
}

/** A connection that sends what it likes. */
export class RawClient {
  readonly socket: Socket
  readonly #reader = new FrameReader(64 * 1024 * 1024)
  readonly #frames: Record<string, unknown>[] = []
  #waiting: (() => void) | undefined
  #isClosed = false

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#reader.push(chunk)
      for (let frame = this.#reader.next(); frame?.ok === true; frame = this.#reader.next()) {
        this.#frames.push({ ...frame.value })
      }
      this.#waiting?.()
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#isClosed = true
      this.#waiting?.()
    })
  }

  static async open({ paths }: Instance): Promise<RawClient> {
    const socket = connect(paths.socketFile)
    onTestFinished(() => {
      socket.destroy()
    })
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return new RawClient(socket)
  }

  static async greeted(instance: Instance): Promise<RawClient> {
    const client = await RawClient.open(instance)
    client.send({ hello: helloOf(instance) })
    await client.next()
    return client
  }

  send(value: unknown): void {
    const frame = encodeFrame(value)
    if (!frame.ok) throw new Error(frame.error.message)
    this.socket.write(frame.value)
  }

  /** Any length before any bytes. */
  sendBytes(length: number, bytes: Uint8Array | string): void {
    const header = Buffer.alloc(4)
    header.writeUInt32BE(length)
    this.socket.write(Buffer.concat([header, Buffer.from(bytes)]))
  }

  /** The next frame; undefined once the connection is closed. */
  async next(): Promise<Record<string, unknown> | undefined> {
    while (this.#frames.length === 0 && !this.#isClosed) {
      await new Promise<void>(resolve => {
        this.#waiting = resolve
      })
    }
    return this.#frames.shift()
  }

  /** Frames until the connection is closed. */
  async rest(): Promise<Record<string, unknown>[]> {
    const frames: Record<string, unknown>[] = []
    for (let frame = await this.next(); frame !== undefined; frame = await this.next()) frames.push(frame)
    return frames
  }
}

export function helloOf({ paths }: Instance) {
  const key = readPrivateFile(keyFile(paths), 200)
  return { protocol: [1, 1], client: 'raw', instance: paths.instance, data_dir: paths.dataDir, key }
}
