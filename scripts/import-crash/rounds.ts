import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dump } from './dump.ts'
import { writeMailbox } from './mailbox.ts'

export interface CrashOptions {
  /** The program and its first arguments. */
  readonly program: readonly string[]
  /** How many times an import is killed. */
  readonly rounds: number
  readonly messages: number
  readonly seed: number
  readonly tell: (line: string) => void
}

export interface CrashOutcome {
  readonly kills: number
  /** Imports that were killed at least once and came to their end. */
  readonly compared: number
  /** The first line in which one differs from the undisturbed import; absent when none does. */
  readonly difference?: string
}

/**
 * Kills imports with SIGKILL at random moments, starts them again on the same store until they come to their end, and
 * compares each with an import that nobody disturbed.
 */
export async function crashRounds(options: CrashOptions): Promise<CrashOutcome> {
  const directory = mkdtempSync(join(tmpdir(), 'import-crash-'))
  try {
    writeMailbox(join(directory, 'mail'), options.messages)
    const began = performance.now()
    await runImport(options, directory, 'undisturbed')
    const wholeMs = performance.now() - began
    const expected = dump(join(directory, 'undisturbed', 'mail.db'))
    options.tell(`an undisturbed import: ${Math.round(wholeMs)} ms, ${expected.length} lines to compare`)
    return await disturb({ ...options, directory, wholeMs, expected })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

interface Disturbing extends CrashOptions {
  readonly directory: string
  readonly wholeMs: number
  readonly expected: readonly string[]
}

async function disturb(options: Disturbing): Promise<CrashOutcome> {
  const { directory, rounds, wholeMs, expected, tell } = options
  let random = options.seed % 2147483647 || 1
  let kills = 0
  let compared = 0
  while (kills < rounds) {
    const store = `store${compared}`
    let here = 0
    // After some kills it is let through: a store that is resumed again and again would only be read.
    for (let isDone = false; !isDone; ) {
      random = (random * 48271) % 2147483647
      const isLet = here >= 4 || kills >= rounds
      const killAfterMs = isLet ? undefined : Math.floor((random / 2147483647) * wholeMs)
      isDone = await runImport(options, directory, store, killAfterMs)
      if (!isDone) {
        kills++
        here++
      }
    }
    if (here === 0) continue
    const difference = firstDifference(expected, dump(join(directory, store, 'mail.db')))
    compared++
    tell(`${kills} kills, ${compared} imports compared`)
    rmSync(join(directory, store), { recursive: true })
    if (difference !== undefined) return { kills, compared, difference }
  }
  return { kills, compared }
}

/** Says whether it came to its end before it was killed. */
async function runImport(
  { program }: CrashOptions,
  directory: string,
  store: string,
  killAfterMs?: number,
): Promise<boolean> {
  const dataDir = join(directory, store)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const [file = '', ...first] = program
  const child = spawn(file, [...first, 'import', '--json', join(directory, 'mail')], {
    env: { HOME: directory, POSTERN_DATA_DIR: dataDir, PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', chunk => {
    said += chunk
  })
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  await once(child, 'close')
  clearTimeout(timer)
  if (child.signalCode === 'SIGKILL') return false
  if (child.exitCode !== 0) throw new Error(`an import ended with ${child.exitCode ?? child.signalCode}: ${said}`)
  return true
}

function firstDifference(expected: readonly string[], seen: readonly string[]): string | undefined {
  for (let at = 0; at < Math.max(expected.length, seen.length); at++) {
    if (expected[at] !== seen[at]) return `line ${at}\nexpected ${expected[at]}\nseen     ${seen[at]}`
  }
  return undefined
}
