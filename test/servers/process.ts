import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export const host = '127.0.0.1'

export interface Program {
  readonly file: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Its output goes to a file here. */
  readonly directory: string
  readonly input?: string
}

/** What is running: its process group is its own, so that it ends with all of its children. */
export interface Running {
  readonly pid: number
  stop(): Promise<void>
}

const startMsMax = 20_000
const stopMsMax = 10_000
const pollMs = 20

/** A test that is interrupted leaves no server behind. */
const endingWithUs = new Set<number>()
process.once('exit', () => {
  for (const pid of endingWithUs) signal(pid, 'SIGTERM')
})

/** Starts a program that stays in the foreground, and waits until `isReady` says yes. */
export async function start(program: Program, isReady: () => Promise<boolean>): Promise<Running> {
  const output = join(program.directory, 'output.log')
  const descriptor = openSync(output, 'a', 0o600)
  const child = spawn(program.file, program.args, {
    cwd: program.directory,
    env: program.env ?? { PATH: process.env.PATH ?? '' },
    stdio: [program.input === undefined ? 'ignore' : 'pipe', descriptor, descriptor],
    detached: true,
  })
  closeSync(descriptor)
  child.unref()
  const { pid } = child
  if (pid === undefined) throw new Error(`${program.file} cannot be started: run scripts/test-tools`)
  child.stdin?.end(program.input)
  child.once('error', () => {})
  let hasEnded = false
  child.once('exit', () => {
    hasEnded = true
  })
  endingWithUs.add(pid)
  for (const deadline = performance.now() + startMsMax; !(await isReady()); await wait(pollMs)) {
    if (!hasEnded && performance.now() < deadline) continue
    signal(pid, 'SIGKILL')
    endingWithUs.delete(pid)
    throw new Error(`${program.file} did not start:\n${readFileSync(output, 'utf8').slice(-2000)}`)
  }
  return {
    pid,
    stop: async () => {
      endingWithUs.delete(pid)
      await stop(pid)
    },
  }
}

/** Lets servers run on after this process: for the command. */
export function leaveRunning(): void {
  endingWithUs.clear()
}

export async function stop(pid: number): Promise<void> {
  signal(pid, 'SIGTERM')
  for (const deadline = performance.now() + stopMsMax; isAlive(pid); await wait(pollMs)) {
    if (performance.now() > deadline) signal(pid, 'SIGKILL')
  }
}

export function isAlive(pid: number): boolean {
  if (!signal(pid, 0)) return false
  // Ended, and whoever started it has not looked: a zombie is not alive.
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, name)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    throw error
  }
}

/** Ports that nobody had a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer()
      return new Promise<typeof server>((resolve, reject) => {
        server.once('error', reject)
        server.listen(0, host, () => resolve(server))
      })
    }),
  )
  const ports = servers.map(server => {
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  })
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  return ports
}

/** Whether the server greets: a port that is open may still belong to a server that is not ready. */
export function greets(port: number, greeting: RegExp): () => Promise<boolean> {
  return () =>
    new Promise(resolve => {
      const socket = connect(port, host)
      const done = (answer: boolean) => {
        socket.destroy()
        resolve(answer)
      }
      socket.setTimeout(2_000, () => done(false))
      socket.once('error', () => done(false))
      socket.once('close', () => done(false))
      socket.once('data', data => done(greeting.test(data.toString('latin1'))))
    })
}
