import { spawn } from 'node:child_process'

export interface Ran {
  /** Undefined when the program is not installed. */
  readonly status: number | undefined
  readonly output: string
}

const outputLengthMax = 1024 * 1024

/** Runs a program and waits for it; what it printed is kept for the case that it fails. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    // npm is a script on Windows, and scripts need a shell there; no argument here comes from outside unchecked.
    const shell = process.platform === 'win32' && program === 'npm'
    const child = spawn(program, [...args], { ...options, shell, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (part: Buffer): void => {
      output = (output + part.toString('utf8')).slice(-outputLengthMax)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', cause => {
      if ('code' in cause && cause.code === 'ENOENT') resolve({ status: undefined, output: '' })
      else reject(cause)
    })
    child.on('close', status => resolve({ status: status ?? 1, output }))
  })
}

/** The first line that speaks of an error, or else the last one. */
export function tellingLine(output: string): string {
  const lines = output.trimEnd().split('\n')
  const line = lines.find(candidate => /\berror\b|^fatal:/i.test(candidate)) ?? lines.at(-1) ?? ''
  return line.trim().slice(0, 300)
}
