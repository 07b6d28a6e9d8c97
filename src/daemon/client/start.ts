import { spawn } from 'node:child_process'
import { closeSync, constants, ftruncateSync, readFileSync } from 'node:fs'
import { EXIT, Failure } from '#base/failure.ts'
import { largePages } from '#base/large-pages.ts'
import { demoInstance, type Paths } from '#base/paths.ts'
import { ensurePrivateDirectory, openPrivateFile } from '#base/private-directory.ts'
import { ProcessLock } from '#base/process-lock.ts'
import { thisProgram } from '#base/this-program.ts'
import { startLockFile, startOutputFile } from '../places.ts'
import { daemonName, holderOf, writerBusy } from '../writer-lock.ts'
import { type Connected, type ConnectOptions, connectDaemon, type NotConnected } from './connect.ts'

/** Long enough for a migration of a large store; something is said after a while. */
const startMsMax = 300_000
const patienceMs = 5_000
const pollMs = [5, 10, 15, 20, 30, 50, 80, 120] as const
const answerMs = 5_000
const outputShownBytes = 2_000

export interface StartOptions extends Omit<ConnectOptions, 'timeoutMs'> {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Something for a person who waits. */
  readonly talk: (line: string) => void
  readonly monotonicMs: () => number
}

/** Connects to the daemon, and starts it first when there is none. Of many clients that do so at once, one starts it. */
export async function connectOrStart(options: StartOptions): Promise<Connected> {
  const first = await connectDaemon({ ...options, timeoutMs: answerMs })
  if ('socket' in first) return first
  ensurePrivateDirectory(options.paths.runtimeDir, options.paths.homeDir)
  const waiting = new Waiting(options)
  for (;;) {
    const lock = ProcessLock.take(startLockFile(options.paths))
    if (lock !== undefined) {
      try {
        return await startOne(options, waiting)
      } finally {
        lock.release()
      }
    }
    // Somebody else is starting it.
    const connected = await connectDaemon({ ...options, timeoutMs: answerMs })
    if ('socket' in connected) return connected
    await waiting.pause(connected)
  }
}

async function startOne(options: StartOptions, waiting: Waiting): Promise<Connected> {
  // Started by another client while we waited for the lock.
  const there = await connectDaemon({ ...options, timeoutMs: answerMs })
  if ('socket' in there) return there
  let child = startDetached(options)
  for (;;) {
    const connected = await connectDaemon({ ...options, timeoutMs: answerMs })
    if ('socket' in connected) return connected
    await waiting.pause(connected)
    if (child.exit === undefined) continue
    const isRunning = child.exit === EXIT.try_later && holderOf(options.paths)?.what === daemonName
    if (!isRunning) throw startFailure(options.paths, child.exit)
    // One that was started by hand is not ready yet, or one that is ending has not let go: it is tried again.
    await waiting.pause(connected)
    child = startDetached(options)
  }
}

interface Started {
  readonly exit: number | undefined
}

function startDetached({ paths, env }: StartOptions): Started {
  const output = openPrivateFile(startOutputFile(paths), constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND)
  ftruncateSync(output)
  const started: { exit: number | undefined } = { exit: undefined }
  try {
    const [program, ...first] = thisProgram()
    const child = spawn(program, [...first, ...daemonArguments(paths)], {
      detached: true,
      stdio: ['ignore', output, output],
      cwd: paths.dataDir,
      env: daemonEnvironment(env),
      windowsHide: true,
    })
    child.once('exit', code => {
      started.exit = code ?? 1
    })
    child.once('error', () => {
      started.exit = 1
    })
    child.unref()
  } finally {
    closeSync(output)
  }
  return started
}

function daemonArguments({ instance }: Paths): string[] {
  return ['daemon', 'run', '--detached', ...(instance === demoInstance ? ['--demo'] : [])]
}

const kept = [
  /^(HOME|USER|LOGNAME|PATH|SHELL|LANG|LANGUAGE|TZ|TMPDIR|DISPLAY|WAYLAND_DISPLAY)$/,
  /^(LC|XDG|DBUS|GNOME_KEYRING)_/,
  // Its places alone: a token is not the daemon's, and what says that an agent asks is true of whoever starts it only.
  /^POSTERN_(CONFIG|DATA|LOG|RUNTIME)_DIR$/,
  // for programs that tell passwords
  /^(SSH_AUTH_SOCK|GNUPGHOME|PASSWORD_STORE_DIR)$/,
  /^(SYSTEMROOT|APPDATA|LOCALAPPDATA|USERPROFILE|HOMEDRIVE|HOMEPATH|PATHEXT|COMSPEC|TEMP|TMP|WINDIR)$/i,
]

/** A daemon outlives the shell that happened to start it: what is secret or odd there must not live on in it. */
export function daemonEnvironment(env: StartOptions['env']): Record<string, string | undefined> {
  const passed = Object.entries(env).filter(([name]) => kept.some(pattern => pattern.test(name)))
  return { ...Object.fromEntries(passed), ...allocator }
}

/**
 * For glibc, which otherwise keeps for each thread what it has freed: a first sync peaks thirty megabytes lower. It
 * reads these when a process starts, so only whoever starts one can say so. Below the threshold memory is used again;
 * above, each piece comes from the kernel and goes back to it, which costs a page fault for every 4 KiB: with 128 KiB,
 * the usual size of what is packed, a first sync took half as much CPU again.
 */
const allocator = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '4194304',
  MALLOC_TRIM_THRESHOLD_: '16777216',
  ...largePages,
}

function startFailure(paths: Paths, exit: number): Failure {
  if (exit === EXIT.try_later) return writerBusy(paths)
  const said = outputOf(paths)
  const lines = said === '' ? `it ended with ${exit}` : said
  return new Failure('failed', 'daemon_not_started', `the daemon did not start:\n${lines}`, {
    next: 'postern daemon run',
  })
}

function outputOf(paths: Paths): string {
  try {
    return readFileSync(startOutputFile(paths), 'utf8').trim().slice(-outputShownBytes)
  } catch {
    return ''
  }
}

/** Pauses that grow, an end to patience, and a word to whoever waits. */
class Waiting {
  readonly #options: StartOptions
  readonly #began: number
  #pauses = 0
  #hasTalked = false

  constructor(options: StartOptions) {
    this.#options = options
    this.#began = options.monotonicMs()
  }

  async pause(because: NotConnected): Promise<void> {
    const passed = this.#options.monotonicMs() - this.#began
    if (passed > startMsMax) {
      const message = because.reason === 'silent' ? because.message : 'it does not listen'
      throw new Failure('try_later', 'daemon_not_ready', `the daemon is not ready: ${message}`, {
        next: 'postern daemon status',
      })
    }
    if (passed > patienceMs && !this.#hasTalked) {
      this.#hasTalked = true
      this.#options.talk('waiting for the daemon to start …')
    }
    const ms = pollMs[Math.min(this.#pauses++, pollMs.length - 1)] ?? 100
    await new Promise(resolve => setTimeout(resolve, ms))
  }
}
