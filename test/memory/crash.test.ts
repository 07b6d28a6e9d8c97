import { expect, test } from 'vitest'
import { crashRounds } from '../../scripts/memory-crash/rounds.ts'
import { newDirectory } from '../postern.ts'

/** Many more: node scripts/memory-crash.ts --kills 2000 */
const kills = Number(process.env.POSTERN_CRASH_KILLS ?? 40)

test('a writer that is killed at any moment loses nothing that it acknowledged', async () => {
  const outcome = await crashRounds({ directory: newDirectory('crash'), kills, livesMs: 40, random: Math.random })
  expect(outcome.faults).toEqual([])
  expect(outcome.kept).toBeGreaterThanOrEqual(outcome.acknowledged)
  expect(outcome.acknowledged).toBeGreaterThan(0)
}, 300_000)
