import { expect, test } from 'vitest'
import { writeTogether } from '../../scripts/librarian-crash/rounds.ts'
import { newDirectory } from '../postern.ts'

const writers = ['one', 'two']

test('two processes write drafts and commit at once, 20 times 20: nothing is lost, nothing there twice', async () => {
  const outcome = await writeTogether({ directory: newDirectory('together'), writers, rounds: 20, perRound: 20 })
  expect(outcome).toMatchObject({ kills: 0, submitted: 800, faults: [] })
}, 300_000)

/** Many more: node scripts/librarian-crash.ts --rounds 200 */
test('also when both are killed at any moment, and begin anew', async () => {
  let lives = 0
  const outcome = await writeTogether({
    directory: newDirectory('killed'),
    writers,
    rounds: 10,
    perRound: 10,
    livesMs: () => (++lives > 12 ? 120_000 : 150 + Math.random() * 400),
  })
  expect(outcome).toMatchObject({ submitted: 200, faults: [] })
  expect(outcome.kills).toBeGreaterThan(0)
}, 300_000)
