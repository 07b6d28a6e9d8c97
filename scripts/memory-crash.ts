import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { crashRounds } from './memory-crash/rounds.ts'

// Kills a committing process over and over and checks what it acknowledged. Usage: node scripts/memory-crash.ts --kills 2000
const { values } = parseArgs({
  options: { kills: { type: 'string', default: '2000' }, lives: { type: 'string', default: '60' } },
})
const directory = mkdtempSync(join(tmpdir(), 'postern-memory-crash-'))
const outcome = await crashRounds({
  directory,
  kills: Number(values.kills),
  livesMs: Number(values.lives),
  random: Math.random,
  onKill(kills, kept) {
    if (kills % 100 === 0) process.stderr.write(`${kills} kills, ${kept} batches\n`)
  },
})
rmSync(directory, { recursive: true, force: true })
process.stdout.write(`${JSON.stringify(outcome)}\n`)
process.exitCode = outcome.faults.length === 0 ? 0 : 1
