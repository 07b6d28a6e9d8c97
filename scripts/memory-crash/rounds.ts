import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { MemoryReader } from '#memory/reader.ts'
import { storeErrorName } from '#memory/store-error.ts'
import { isSound, verifyLog } from '#memory/verify.ts'

export interface CrashOptions {
  readonly directory: string
  readonly kills: number
  /** From 0 to below 1. */
  readonly random: () => number
  /** Milliseconds after which the writer is killed at the latest. */
  readonly livesMs: number
  /** Called after each kill. */
  readonly onKill?: (kills: number, kept: number) => void
}

export interface CrashOutcome {
  readonly kills: number
  readonly acknowledged: number
  readonly kept: number
  /** What was acknowledged and is gone, or is there twice, or half. Empty when all is well. */
  readonly faults: readonly string[]
}

const writer = join(import.meta.dirname, 'writer.ts')

/**
 * Kills a committing process (SIGKILL) at random moments, over and over on one log: after each kill every batch that it
 * acknowledged must be there, whole and once, and the next writer must go on without help.
 */
export async function crashRounds({ directory, kills, random, livesMs, onKill }: CrashOptions): Promise<CrashOutcome> {
  const path = join(directory, 'canonical.log')
  const faults: string[] = []
  let next = 0
  let acknowledged = 0
  for (let round = 0; round < kills && faults.length === 0; round++) {
    const { last, errors } = await oneLife(path, next, 2 + random() * livesMs)
    if (errors !== '') faults.push(`round ${round}: the writer failed: ${errors.trim()}`)
    if (last !== undefined) acknowledged += last - next + 1
    const kept = batchesKept(path, faults)
    // One more than was acknowledged may be durable: the kill came between the sync and the word of it.
    const expected = last === undefined ? next : last + 1
    if (kept < expected || kept > expected + 1) faults.push(`round ${round}: ${expected} acknowledged, ${kept} kept`)
    next = kept
    onKill?.(round + 1, kept)
  }
  return { kills, acknowledged, kept: next, faults }
}

function oneLife(path: string, first: number, lifeMs: number): Promise<{ last: number | undefined; errors: string }> {
  const child = spawn(process.execPath, [writer, path, String(first)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  let timer: NodeJS.Timeout | undefined
  child.stdout.on('data', chunk => {
    output += String(chunk)
    // Counted from the first word on, so that a slow start is not most of what is killed.
    timer ??= setTimeout(() => child.kill('SIGKILL'), lifeMs)
  })
  child.stderr.on('data', chunk => {
    errors += String(chunk)
  })
  return new Promise(resolve => {
    child.once('close', () => {
      clearTimeout(timer)
      const words = output.split('\n').slice(0, -1)
      resolve({ last: words.length === 0 ? undefined : Number(words.at(-1)), errors })
    })
  })
}

/** The batches in the log, each of which must be whole. */
function batchesKept(path: string, faults: string[]): number {
  const verified = verifyLog(path)
  if (!verified.ok) {
    faults.push(storeErrorName(verified.error))
    return 0
  }
  if (!isSound(verified.value)) faults.push('the log is not sound')
  const reader = MemoryReader.open(path)
  if (!reader.ok) {
    faults.push(storeErrorName(reader.error))
    return 0
  }
  const count = numbersKept(reader.value, faults)
  reader.value.close()
  return count
}

function numbersKept(reader: MemoryReader, faults: string[]): number {
  const result = reader.query('(query :kind sem :limit 100000000)')
  if (!result.ok) {
    faults.push(result.error.code)
    return 0
  }
  const { records } = result.value
  if (records.length % 2 !== 0) faults.push('half a batch')
  const numbers = records.flatMap(record =>
    record.type === 'sem' && record.object.type === 'integer' ? [Number(record.object.value)] : [],
  )
  if (numbers.some((number, at) => number !== at)) faults.push('a batch is missing or there twice')
  return numbers.length
}
