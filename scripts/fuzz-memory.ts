import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { corpus } from './fuzz-memory/corpus.ts'
import { injuredAt, targets } from './fuzz-memory/targets.ts'

// node scripts/fuzz-memory.ts [--runs N] [--seed N] [--keep DIR]
//
// Injures texts, records, logs, seals, snapshots and locks, and gives each to everything that reads such. Stops with
// exit code 1 at the first throw, or when one input takes more than a second of CPU; the input is kept. The same seed
// goes the same way.
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'string', default: 'dist/fuzz' },
  },
})

const cpuMsMax = 1_000
const sources = corpus()
const first = Number(values.seed)
const runs = Number(values.runs)
let slowestMs = 0
let count = 0

for (let seed = first; seed < first + runs; seed++) {
  const bytes = injuredAt(sources, seed)
  const failure = failureOn(bytes)
  count++
  if (count % 50_000 === 0)
    process.stderr.write(`${count} inputs, heap ${Math.round(process.memoryUsage().rss / 1e6)} MB\n`)
  if (failure === undefined) continue
  mkdirSync(values.keep, { recursive: true })
  const file = join(values.keep, `memory-${seed}.bin`)
  writeFileSync(file, bytes)
  process.stderr.write(`seed ${seed}: ${failure}\nkept as ${file}\n`)
  process.exitCode = 1
  break
}
process.stdout.write(
  `${count} inputs, ${Object.keys(targets).length} readers each, the slowest ${slowestMs.toFixed(0)} ms of CPU\n`,
)

function failureOn(bytes: Buffer): string | undefined {
  for (const [name, read] of Object.entries(targets)) {
    const before = process.cpuUsage()
    try {
      read(bytes)
    } catch (error) {
      return `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
    }
    const { user, system } = process.cpuUsage(before)
    const cpuMs = (user + system) / 1_000
    slowestMs = Math.max(slowestMs, cpuMs)
    if (cpuMs > cpuMsMax) return `${name}: took ${cpuMs.toFixed(0)} ms of CPU`
  }
  return undefined
}
