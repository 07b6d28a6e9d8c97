import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { executeQuery } from '#memory/read/query.ts'
import { MemoryReader } from '#memory/reader.ts'
import { isSound, verifyLog } from '#memory/verify.ts'

export interface Rounds {
  readonly directory: string
  readonly rounds: number
  /** After so many ms the process of a turn is killed, and the turn is taken again; undefined: it is left alone. */
  readonly killAfterMs: () => number | undefined
  readonly onRound?: (round: number, kills: number) => void
}

export interface MirrorOutcome {
  readonly turns: number
  readonly kills: number
  /** Empty when both machines have everything, and the same. */
  readonly faults: readonly string[]
}

const machines = ['one', 'two'] as const

/** Two machines take turns: each pulls, remembers something, and pushes, and may be killed at any moment of it. */
export async function mirrorRounds({ directory, rounds, killAfterMs, onRound }: Rounds): Promise<MirrorOutcome> {
  const remote = join(directory, 'remote.git')
  execFileSync('git', ['init', '--quiet', '--bare', remote])
  for (const machine of machines) mkdirSync(join(directory, machine), { mode: 0o700 })
  const words: string[] = []
  let kills = 0
  for (let round = 0; round < rounds; round++) {
    for (const machine of machines) {
      const word = `${machine}_${round}`
      while (!(await turn([join(directory, machine), remote, word], killAfterMs()))) kills++
      words.push(word)
    }
    onRound?.(round + 1, kills)
  }
  // What the last turn brought.
  await turn([join(directory, 'one'), remote, 'last'], undefined)
  await turn([join(directory, 'two'), remote, 'last'], undefined)
  return { turns: words.length, kills, faults: look(directory, words) }
}

async function turn(words: readonly string[], killAfterMs: number | undefined): Promise<boolean> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'turn.ts'), ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  const said: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  // With the Git that it runs, as when the power fails.
  const kill = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL')
  const timer = killAfterMs === undefined ? undefined : setTimeout(kill, killAfterMs)
  const [code, signal] = await new Promise<readonly [number | null, string | null]>(resolve =>
    child.once('close', (...how) => resolve(how)),
  )
  clearTimeout(timer)
  if (code === 0) return true
  if (signal === 'SIGKILL') return false
  throw new Error(`a turn ended with ${code ?? signal}: ${Buffer.concat(said).toString()}`)
}

function look(directory: string, words: readonly string[]): string[] {
  const faults: string[] = []
  const logs = machines.map(machine => join(directory, machine, 'canonical.log'))
  const [one = '', two = ''] = logs
  if (!readFileSync(one).equals(readFileSync(two))) faults.push('the two machines have different logs')
  for (const log of logs) {
    const verified = verifyLog(log)
    if (!verified.ok || !isSound(verified.value)) faults.push(`${log} is not sound`)
    const reader = MemoryReader.open(log)
    if (!reader.ok) {
      faults.push(`${log} cannot be opened`)
      continue
    }
    const found = executeQuery(reader.value.pipeline, '(query :kind sem :p @mark :include_retired true :limit 1000000)')
    reader.value.close()
    const marks = (found.ok ? found.value.records : []).map(record =>
      record.type === 'sem' && record.object.type === 'string' ? record.object.value : '',
    )
    for (const word of words) {
      const times = marks.filter(mark => mark === word).length
      if (times !== 1) faults.push(`${word} is ${times} times in ${log}`)
    }
  }
  return faults
}
