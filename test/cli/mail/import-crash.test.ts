import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { crashRounds } from '../../../scripts/import-crash/rounds.ts'

const rounds = Number(process.env.CRASH_ROUNDS ?? 30)

test(`killed at ${rounds} random moments and started again, an import ends as if nothing had happened`, async () => {
  const outcome = await crashRounds({
    program: [process.execPath, resolve('src/main.ts')],
    rounds,
    messages: 3500,
    seed: 7,
    tell: () => {},
  })
  expect(outcome).toEqual({ kills: rounds, compared: expect.any(Number) })
  expect(outcome.compared).toBeGreaterThan(rounds / 5)
}, 600_000)
