import { printableLine } from '#base/printable.ts'
import { systemFiles } from '#memory/canonical/files.ts'
import { isGone, type LockHolder, lockHolder } from '#memory/canonical/lock.ts'
import { thisMachine } from '#memory/canonical/machine.ts'
import { civilTime } from '#memory/read/civil.ts'
import { MemoryReader } from '#memory/reader.ts'
import { sealKeysOf } from '#memory/seal-key.ts'
import type { Run } from '../../command.ts'
import { logPathOf } from './open-log.ts'
import { holderJson, storeFailure } from './refusal.ts'
import { optionalInteger } from './wire.ts'

/** Says who holds the lock also when the log itself cannot be opened. */
export const run: Run = async ({ options }, { output, ...session }) => {
  const path = logPathOf(options, { output, ...session })
  const lock = lockOf(path)
  const opened = MemoryReader.open(path, { keys: sealKeysOf(path) })
  if (!opened.ok) {
    if (lock !== undefined && !output.json) output.write(rows([['lock', lockWords(lock)]]))
    throw storeFailure(opened.error, path)
  }
  try {
    const facts = factsOf(opened.value)
    if (output.json) {
      const held = lock === undefined ? null : { ...holderJson(lock.holder), gone: lock.isGone }
      output.data({ log: path, ...facts, watermark: optionalInteger(facts.watermark), lock: held })
      return 'done'
    }
    const { watermark } = facts
    output.write(
      rows([
        ['log', path],
        ['bytes', String(facts.log_len)],
        ['memories', String(facts.memories)],
        ['episodes', String(facts.episodes)],
        ['symbols', String(facts.symbols)],
        ['last commit', watermark === undefined ? 'none' : civilTime(watermark)],
        ['seal', sealWords[facts.seal]],
        ['lock', lock === undefined ? 'free' : lockWords(lock)],
      ]),
    )
  } finally {
    opened.value.close()
  }
  return 'done'
}

function factsOf(reader: MemoryReader) {
  const { state } = reader.pipeline
  return {
    log_len: reader.length,
    memories: state.memories.length,
    episodes: state.episodes.size,
    symbols: state.symbols.size,
    watermark: state.watermark,
    seal: reader.sealState,
  }
}

const sealWords: Readonly<Record<MemoryReader['sealState'], string>> = {
  sealed: 'fits',
  unsealed: 'none: nothing can tell whether the log was changed',
  behind: 'lacks more than one batch: another program has written, or entries were taken away',
}

interface HeldLock {
  readonly holder: LockHolder
  /** The process is proven to be gone: the next writer takes the lock over. */
  readonly isGone: boolean
}

function lockOf(path: string): HeldLock | undefined {
  const holder = lockHolder(systemFiles, path)
  return holder === undefined ? undefined : { holder, isGone: isGone(holder, thisMachine()) }
}

function lockWords({ holder, isGone: gone }: HeldLock): string {
  const { owner, pid, host, acquiredAtMs } = holder
  const who = [owner || 'somebody', pid === undefined ? '' : `process ${pid}`, host === undefined ? '' : `on ${host}`]
  const since = acquiredAtMs === undefined ? '' : ` since ${civilTime(acquiredAtMs)}`
  const words = `held by ${who.filter(word => word !== '').join(', ')}${since}`
  return gone ? `${words}; that process is gone, the next writer takes over` : words
}

function rows(lines: readonly (readonly [string, string])[]): string {
  return lines.map(([name, value]) => `${name.padEnd(13)}${printableLine(value)}\n`).join('')
}
