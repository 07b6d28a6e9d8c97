import { randomBytes } from 'node:crypto'
import { build } from '#base/build.ts'
import type { Clock } from '#base/clock.ts'
import { Failure } from '#base/failure.ts'
import type { Log } from '#base/log.ts'
import type { Paths } from '#base/paths.ts'
import { ensurePrivateDirectory } from '#base/private-directory.ts'
import { writePrivateFile } from '#base/private-file.ts'
import type { Config } from '#config/index.ts'
import { MailReader } from '#mail/store/index.ts'
import { AccountStates } from './account-states.ts'
import { EventBus } from './events/bus.ts'
import { openGateDatabase } from './gate/database.ts'
import { Gatekeeper } from './gate/keeper.ts'
import type { Core, Part } from './part.ts'
import { assemble } from './parts/index.ts'
import { checkSocketPath, gateFile, keyFile, storeFile } from './places.ts'
import { Scheduler } from './scheduler.ts'
import { admission } from './server/admission.ts'
import { patience } from './server/connection.ts'
import { dispatcher } from './server/dispatch.ts'
import { Listener } from './server/listen.ts'
import { openStoreThread } from './store/thread.ts'
import { daemonName, takeWriterLock } from './writer-lock.ts'

export interface DaemonOptions {
  readonly paths: Paths
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  /** Called once clients are served. */
  readonly onReady?: () => void
  /** Ends the daemon when aborted. */
  readonly signal?: AbortSignal
}

const partStopMs = 5_000
const watchMs = 15_000

/**
 * The daemon, from its lock to its last word. The lock of the data directory comes before the store is opened, so that
 * a second daemon, of whatever version, touches nothing. Returns when it has ended as it was told to; a fault throws.
 */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const { paths, log } = options
  checkSocketPath(paths)
  ensurePrivateDirectory(paths.dataDir, paths.homeDir)
  const lock = takeWriterLock(paths, daemonName)
  try {
    const ending = new Ending(options.signal)
    await serve(options, ending)
  } catch (error) {
    log.error('daemon.failed', { reason: error instanceof Error ? error.message : String(error) })
    throw error
  } finally {
    lock.release()
  }
}

async function serve(options: DaemonOptions, ending: Ending): Promise<void> {
  const { paths, clock, log } = options
  const opened = await openStoreThread({ path: storeFile(paths), onCrash: error => ending.fail(error) })
  const closers: (() => Promise<void> | void)[] = [() => opened.close()]
  try {
    const reading = MailReader.open(storeFile(paths))
    if (!reading.ok) throw new Failure('failed', reading.error.code, reading.error.message)
    closers.push(() => reading.value.close())
    const { signal } = ending
    const scheduler = new Scheduler({ clock, log, signal })
    closers.push(() => scheduler.stop())
    const events = new EventBus(clock)
    const core: Core = {
      ...options,
      writer: opened.writer,
      reader: reading.value,
      events,
      scheduler,
      accounts: new AccountStates(events),
      signal,
      stop: why => ending.end(why),
      startedAt: clock.now(),
    }
    const database = openGateDatabase(gateFile(paths))
    if (!database.ok) throw new Failure('integrity', database.error.code, database.error.message)
    const keeper = new Gatekeeper(core, database.value, randomBytes)
    let listener: Listener | undefined
    const clients = {
      get count() {
        return listener?.count ?? 0
      },
    }
    const { parts, handlers } = assemble(core, { clients, gate: { keeper, database: database.value } })
    for (const part of parts) {
      closers.push(() => stopPart(part, log))
      await part.start?.()
    }
    const key = randomBytes(32).toString('hex')
    const identify = keeper.identify.bind(keeper)
    const door = { build: build(), instance: paths.instance, dataDir: paths.dataDir, key, identify }
    const around = { clock, events, admit: admission(door), dispatch: dispatcher(handlers, keeper, log), patience }
    listener = await Listener.open(paths, around, () => writePrivateFile(keyFile(paths), key))
    const { close } = watched(listener, scheduler, ending)
    closers.push(close, () => events.emit('daemon.stopping', {}))
    log.info('daemon.started', { pid: process.pid, version: door.build.version })
    options.onReady?.()
    const why = await ending.ended
    log.info('daemon.stops', { why })
  } finally {
    ending.abort()
    for (const close of closers.reverse()) {
      // Whatever one of them fails at, the others still have to let go.
      await Promise.try(close).catch((error: unknown) => log.error('stop.failed', { reason: String(error) }))
    }
    log.info('daemon.stopped', { pid: process.pid })
  }
}

/** A daemon that nobody can reach any more ends: its directory was removed, or a stranger put another socket there. */
function watched(listener: Listener, scheduler: Scheduler, ending: Ending): { close: () => Promise<void> } {
  scheduler.every('socket', watchMs, () => {
    if (listener.isReplaced) ending.end('the socket is gone')
  })
  return { close: () => listener.close() }
}

async function stopPart({ name, stop }: Part, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>(resolve => {
    timer = setTimeout(() => resolve('late'), partStopMs)
  })
  const ended = await Promise.race([stop?.(), late])
  clearTimeout(timer)
  if (ended === 'late') log.warn('part.slow', { part: name })
}

/** The one thing that the daemon waits for. */
class Ending {
  readonly ended: Promise<string>
  readonly #controller = new AbortController()
  #resolve: (why: string) => void = () => undefined
  #reject: (error: Error) => void = () => undefined

  constructor(outside: AbortSignal | undefined) {
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    // Read by `serve` only once all is started: until then a failure must not count as unhandled.
    this.ended.catch(() => undefined)
    if (outside?.aborted === true) this.end('aborted')
    outside?.addEventListener('abort', () => this.end('aborted'), { once: true })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  end(why: string): void {
    this.#resolve(why)
  }

  fail(error: Error): void {
    this.#reject(error)
  }

  abort(): void {
    this.#controller.abort()
  }
}
