import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { crashRounds } from './import-crash/rounds.ts'

// node scripts/import-crash.ts [--rounds N] [--messages N] [--seed N] [--program FILE]
//
// Kills imports at random moments, resumes them, and compares what a person could see with an undisturbed import.
// Exit code 1 at the first difference.
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    messages: { type: 'string', default: '6000' },
    seed: { type: 'string', default: '1' },
    program: { type: 'string' },
  },
})

const print = (line: string) => process.stdout.write(`${line}\n`)
const { kills, compared, difference } = await crashRounds({
  program:
    values.program === undefined
      ? [process.execPath, resolve(import.meta.dirname, '../src/main.ts')]
      : [values.program],
  rounds: Number(values.rounds),
  messages: Number(values.messages),
  seed: Number(values.seed),
  tell: print,
})
print(difference ?? `${kills} kills, ${compared} resumed imports: each the same as an undisturbed one`)
if (difference !== undefined) process.exitCode = 1
