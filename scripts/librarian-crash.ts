import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeTogether } from './librarian-crash/rounds.ts'

// Two processes propose and commit in one place, and are killed over and over.
// Usage: node scripts/librarian-crash.ts [--rounds 200] [--per-round 20] [--lives 400]
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    'per-round': { type: 'string', default: '20' },
    lives: { type: 'string', default: '400' },
  },
})
const directory = mkdtempSync(join(tmpdir(), 'postern-librarian-crash-'))
// Long enough to get further each time: a writer that begins anew finds its first drafts done.
const livesMs = () => 200 + Math.random() * Number(values.lives)
const outcome = await writeTogether({
  directory,
  writers: ['one', 'two'],
  rounds: Number(values.rounds),
  perRound: Number(values['per-round']),
  livesMs,
})
rmSync(directory, { recursive: true, force: true })
process.stdout.write(`${JSON.stringify(outcome)}\n`)
process.exitCode = outcome.faults.length === 0 ? 0 : 1
