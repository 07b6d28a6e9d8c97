import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { restore, score, seed } from '../../bench/recovery/measure.ts'
import { scenarios } from '../../bench/recovery/scenarios.ts'
import { newDirectory } from '../postern.ts'

// The deterministic benchmark of recovery; all of it with figures: node bench/recovery.ts
const cases = scenarios.flatMap((scenario, at) =>
  (at === 0 ? [0, 100, 10_000] : [0, 100]).map(noise => ({ id: scenario.id, scenario, noise })),
)

describe.each(cases)('$id, behind $noise things that an agent noticed since', ({ scenario, noise }) => {
  test('what work hangs on is in the smallest context, and nothing that was superseded is told as current', () => {
    const log = join(newDirectory('recovery'), 'canonical.log')
    seed(log, scenario, noise)
    const found = score(log, scenario, noise)
    expect(found).toMatchObject({ coverage: { 4000: 1, 8000: 1 }, leaked: 0, newestIsThere: true })
    expect(found.coverage[1_000]).toBe(1)
    expect(found.recallAt10).toBe(1)
    process.stdout.write(
      `recovery ${scenario.id} noise ${noise}: coverage@4k ${found.coverage[4_000]}, leaked ${found.leaked}, recall@5 ${found.recallAt5}\n`,
    )
  }, 60_000)
})

test('a lost memory comes back from its copy the same to the byte, also when the bringing back was stopped', async () => {
  const [scenario] = scenarios
  if (scenario === undefined) throw new Error('there is no scenario')
  expect(await restore(newDirectory('restore'), scenario, 100)).toMatchObject({ fidelity: 1, durability: 1 })
}, 60_000)
