import { expect, test } from 'vitest'
import { crashRuns } from '../../scripts/daemon-crash/rounds.ts'
import { newDirectory } from '../postern.ts'

const kills = Number(process.env.CRASH_ROUNDS ?? 15)

test(`killed ${kills} times while it was told what to do, the daemon did all that it acknowledged, once`, async () => {
  const report = await crashRuns({ home: newDirectory('crash'), kills, seed: 7 })
  expect(report.findings).toEqual([])
  expect(report.decisions).toBe(report.sent)
  expect(report.acknowledged).toBe(report.sent)
}, 240_000)
