import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Program } from './program.ts'

/** How an agent ended. */
export type Ended =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'not_started'; readonly reason: string }

export interface LaunchOptions {
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** The file mode mask of the person's shell; ours is stricter. */
  readonly umask: number | undefined
  /** Whether Ctrl-C at a terminal reaches the agent without us, at this moment. */
  readonly sharesTerminal: () => boolean
  readonly onStart: (pid: number) => void
}

/**
 * Runs an agent in our place at the terminal: stdin, stdout and stderr are its own, in our process group, so that it
 * reads keys, draws, and is stopped and continued as if the shell had started it. Resolves when the agent itself has
 * ended; what it left running does not hold us.
 */
export function launch({ file, args }: Program, options: LaunchOptions): Promise<Ended> {
  const { env, cwd, umask, sharesTerminal, onStart } = options
  return new Promise(resolve => {
    // Before it starts: it may be interrupted in its first moment.
    let child: ChildProcess | undefined
    const stopForwarding = forwardSignals(signal => child?.kill(signal), sharesTerminal)
    const end = (ended: Ended) => {
      stopForwarding()
      resolve(ended)
    }
    if (isBound && file.includes('=')) {
      end({ kind: 'not_started', reason: 'a path with "=" is none that env runs' })
      return
    }
    try {
      child = withUmask(umask, () => {
        const [program, words] = unbound(file, args, env)
        return spawn(program, words, { stdio: 'inherit', env: { ...env }, cwd })
      })
    } catch (error) {
      end({ kind: 'not_started', reason: reason(error) }) // more arguments than the system takes, and the like
      return
    }
    const { pid } = child
    child.once('error', error => {
      if (pid === undefined) end({ kind: 'not_started', reason: error.message })
    })
    child.once('exit', (code, signal) => {
      end(signal === null ? { kind: 'exited', code: code ?? 1 } : { kind: 'killed', signal })
    })
    if (pid !== undefined) onStart(pid)
  })
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** As a shell tells it: 128 and the number of the signal. */
export function codeOf(ended: Ended): number {
  if (ended.kind === 'exited') return ended.code
  return ended.kind === 'killed' ? 128 + (constants.signals[ended.signal] ?? 0) : 126
}

const isBound = process.permission !== undefined && process.platform !== 'win32'

/**
 * Under Node's permission model a child would get our flags in NODE_OPTIONS, and an agent that is a Node program would
 * be bound by them. `env` sets the variable to what the person had, and then is the agent.
 */
function unbound(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): readonly [string, readonly string[]] {
  if (!isBound) return [file, args]
  const theirs = env.NODE_OPTIONS
  const setting = theirs === undefined ? ['-u', 'NODE_OPTIONS'] : [`NODE_OPTIONS=${theirs}`]
  return ['/usr/bin/env', [...setting, file, ...args]]
}

/** Signals of the keyboard go to everybody at the terminal: passed on as well, the agent would get each twice. */
const keyboardSignals = ['SIGINT', 'SIGQUIT'] as const
const otherSignals = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const

/** We outlive every signal that can be outlived, until the agent has ended: what it noted is not lost. */
function forwardSignals(pass: (signal: NodeJS.Signals) => void, sharesTerminal: () => boolean): () => void {
  if (process.platform === 'win32') return () => undefined
  const stops: (() => void)[] = []
  const on = (signal: NodeJS.Signals, handler: () => void) => {
    process.on(signal, handler)
    stops.push(() => process.off(signal, handler))
  }
  for (const signal of otherSignals) on(signal, () => pass(signal))
  for (const signal of keyboardSignals) on(signal, () => (sharesTerminal() ? undefined : pass(signal)))
  return () => {
    for (const stop of stops) stop()
  }
}

function withUmask<T>(umask: number | undefined, work: () => T): T {
  if (umask === undefined) return work()
  const ours = process.umask(umask)
  try {
    return work()
  } finally {
    process.umask(ours)
  }
}
