import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { budgets, restore, score, seed } from './recovery/measure.ts'
import { scenarios } from './recovery/scenarios.ts'

// What a memory gives back after everything else was lost, without a model: what an agent is started with, what a
// question finds, whether anything that was superseded is told as current, and whether a copy comes back whole.
// Usage: node bench/recovery.ts [--json] [--noise 10000]
const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, noise: { type: 'string' } } })
const noises = values.noise === undefined ? [0, 100, 10_000] : [Number(values.noise)]
const directory = mkdtempSync(join(tmpdir(), 'postern-recovery-'))
try {
  const scores = []
  const restored = []
  for (const scenario of scenarios) {
    for (const noise of noises) {
      const place = join(directory, `${scenario.id}-${noise}`)
      const log = join(directory, `${scenario.id}-${noise}.log`)
      seed(log, scenario, noise)
      scores.push(score(log, scenario, noise))
      restored.push(await restore(place, scenario, noise))
    }
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ scores, restored })}\n`)
  else show(scores, restored)
} finally {
  rmSync(directory, { recursive: true, force: true })
}

function show(
  scores: readonly ReturnType<typeof score>[],
  restored: readonly Awaited<ReturnType<typeof restore>>[],
): void {
  const line = (cells: readonly string[]) =>
    `${(cells[0] ?? '').padEnd(26)}${cells
      .slice(1)
      .map(cell => cell.padStart(9))
      .join('')}\n`
  const title = ['scenario', 'noise', ...budgets.map(each => `@${each / 1000}k`), 'leaked', 'R@5', 'R@10', 'newest']
  process.stdout.write(line(title))
  for (const { scenario, noise, coverage, leaked, recallAt5, recallAt10, newestIsThere } of scores) {
    const shares = [...budgets.map(each => coverage[each]), leaked, recallAt5, recallAt10].map(value =>
      value.toFixed(2),
    )
    process.stdout.write(line([scenario, String(noise), ...shares, newestIsThere ? 'yes' : 'no']))
  }
  process.stdout.write(`\n${line(['restore', 'noise', 'same', 'stopped', 'kB', 'ms'])}`)
  for (const { scenario, noise, fidelity, durability, logBytes, wallMs } of restored) {
    const cells = [fidelity.toFixed(2), durability.toFixed(2), (logBytes / 1000).toFixed(0), wallMs.toFixed(0)]
    process.stdout.write(line([scenario, String(noise), ...cells]))
  }
}
