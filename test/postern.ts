import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll } from 'vitest'

export interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number | null
  readonly signal: NodeJS.Signals | null
}

export interface RunOptions {
  /** The program and its first arguments; from source when left out. */
  readonly program?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string | Uint8Array
  readonly cwd?: string
}

const main = resolve(import.meta.dirname, '../src/main.ts')

/** Runs the program as a person would, in an environment that holds nothing but what the test gives it. */
export function postern(args: readonly string[], options: RunOptions = {}): Ran {
  const [file = '', ...first] = options.program ?? [process.execPath, main]
  const { stdout, stderr, status, signal } = spawnSync(file, [...first, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: options.env?.HOME ?? newDirectory('home'), ...options.env },
    input: options.input ?? '',
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  return { stdout, stderr, exit: status, signal }
}

const created: string[] = []
afterAll(() => {
  for (const directory of created) rmSync(directory, { recursive: true, force: true })
})

/** A directory of the test's own, private as the program wants it, gone when the tests end. */
export function newDirectory(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `postern-test-${name}-`))
  created.push(directory)
  return directory
}
