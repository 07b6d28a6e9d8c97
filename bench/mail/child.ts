import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

export interface ChildRun {
  readonly stdout: string
  readonly wallSeconds: number
  /** User and system time, of children too. */
  readonly cpuSeconds: number
  /** The most memory that it held at once; 0 where the system does not tell. */
  readonly peakMegabytes: number
}

const pollMs = 50

/** Runs a command to its end; throws when it fails. Memory as Linux tells it. */
export async function runMeasured(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ChildRun> {
  const began = performance.now()
  const child = spawn('bash', ['-c', '"$@"; code=$?; times >&2; exit $code', 'bench', ...command], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', chunk => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', chunk => {
    stderr = (stderr + chunk).slice(-10_000)
  })
  let peakKilobytes = 0
  const timer = setInterval(() => {
    peakKilobytes = Math.max(peakKilobytes, peakOfChildren(child.pid ?? 0))
  }, pollMs)
  await once(child, 'close')
  clearInterval(timer)
  if (child.exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${child.exitCode}: ${stderr}`)
  const times = [...(stderr.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)]
  return {
    stdout,
    wallSeconds: (performance.now() - began) / 1000,
    cpuSeconds: times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0),
    peakMegabytes: peakKilobytes / 1000,
  }
}

function peakOfChildren(parent: number): number {
  try {
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ')
    const peaks = children.map(child => /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1])
    return Math.max(0, ...peaks.map(peak => Number(peak ?? 0)))
  } catch {
    return 0 // it has ended, or this is not Linux
  }
}
