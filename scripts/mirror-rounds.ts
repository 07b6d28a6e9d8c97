import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mirrorRounds } from './mirror-rounds/rounds.ts'

// Two machines push and pull in turn, and are killed in every third turn. Usage: node scripts/mirror-rounds.ts [--rounds 1000]
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '1000' } } })
const directory = mkdtempSync(join(tmpdir(), 'postern-mirror-'))
const outcome = await mirrorRounds({
  directory,
  rounds: Number(values.rounds),
  killAfterMs: () => (Math.random() < 1 / 3 ? 100 + Math.random() * 900 : undefined),
  onRound(round, kills) {
    if (round % 50 === 0) process.stderr.write(`${round} rounds, ${kills} kills\n`)
  },
})
rmSync(directory, { recursive: true, force: true })
process.stdout.write(`${JSON.stringify(outcome)}\n`)
process.exitCode = outcome.faults.length === 0 ? 0 : 1
