import { spawn } from 'node:child_process'
import { err, ok, type Result } from './result.ts'

/** How a program that we ran did not give its answer. */
export interface ChildError {
  readonly code: 'not_found' | 'not_started' | 'timed_out' | 'output_too_large' | 'killed'
  readonly message: string
}

export interface ChildOptions {
  readonly input?: string | Uint8Array
  readonly env: Readonly<Record<string, string | undefined>>
  readonly timeoutMs: number
  readonly outputBytesMax: number
  /** Where the program may talk to the person itself, as a password manager does: its stderr is ours. */
  readonly talks?: boolean
  /** The directory that it starts in; ours when left out. */
  readonly cwd?: string
  /** Once it has ended, what it started in its group is killed too, and is not waited for. */
  readonly endsGroup?: boolean
  /** Kills it, as the timeout does. */
  readonly signal?: AbortSignal
}

export interface Answer {
  readonly exit: number
  readonly stdout: Uint8Array
  /** Empty when it talked to the person. */
  readonly stderr: string
}

const stderrBytesMax = 4096
/** What was written before the end is read in this time; whoever left the group and holds the pipe is not waited for. */
const pipesOpenMs = 500

/**
 * Runs a program without a shell and gives what it printed. Secrets go in by `input` and come out by `stdout`, never
 * by an argument or a variable, which other processes can read. It is killed at the timeout, with its children.
 */
export function runChild(words: readonly string[], options: ChildOptions): Promise<Result<Answer, ChildError>> {
  const [program = '', ...args] = words
  return new Promise(resolve => {
    const child = spawn(program, args, {
      env: { ...options.env },
      stdio: ['pipe', 'pipe', options.talks === true ? 'inherit' : 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    const output: Buffer[] = []
    const talk: Buffer[] = []
    let outputBytes = 0
    let talkBytes = 0
    let failure: ChildError | undefined
    const stop = (code: ChildError['code'], message: string) => {
      failure ??= { code, message }
      killGroup(child.pid)
      closePipes()
    }
    const closePipes = () => {
      child.stdout?.destroy()
      child.stderr?.destroy()
    }
    const abort = () => stop('killed', `${program} was stopped`)
    options.signal?.addEventListener('abort', abort, { once: true })
    const timer = setTimeout(
      () => stop('timed_out', `${program} did not answer within ${options.timeoutMs} ms`),
      options.timeoutMs,
    )
    child.stdout?.on('data', (chunk: Buffer) => {
      outputBytes += chunk.length
      if (outputBytes > options.outputBytesMax) {
        stop('output_too_large', `${program} printed more than ${options.outputBytesMax} bytes`)
      } else output.push(chunk)
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      if (talkBytes < stderrBytesMax) talk.push(chunk)
      talkBytes += chunk.length
    })
    child.on('error', cause => {
      const missing = 'code' in cause && cause.code === 'ENOENT'
      failure ??= missing
        ? { code: 'not_found', message: `there is no program ${program}` }
        : { code: 'not_started', message: `cannot run ${program}: ${cause.message}` }
      if (child.pid === undefined) done(undefined, null)
    })
    const done = (exit: number | null | undefined, signal: NodeJS.Signals | null) => {
      clearTimeout(timer)
      clearTimeout(closing)
      options.signal?.removeEventListener('abort', abort)
      if (failure === undefined && typeof exit === 'number') {
        const stderr = Buffer.concat(talk).toString('utf8').slice(0, stderrBytesMax).trim()
        resolve(ok({ exit, stdout: new Uint8Array(Buffer.concat(output)), stderr }))
      } else resolve(err(failure ?? { code: 'killed', message: `${program} ended by ${signal ?? 'a signal'}` }))
    }
    let closing: NodeJS.Timeout | undefined
    if (options.endsGroup === true) {
      child.on('exit', () => {
        killGroup(child.pid)
        closing = setTimeout(closePipes, pipesOpenMs)
      })
    }
    child.on('close', done)
    if (options.signal?.aborted === true) abort()
    child.stdin?.on('error', () => {}) // it need not read what it is given; its exit says whether that was right
    child.stdin?.end(options.input ?? '')
  })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch (error) {
    // EPERM: what is left of the group has ended and waits for its parent (macOS says so), or is another user's.
    const gone = error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM')
    if (!gone) throw error
  }
}
