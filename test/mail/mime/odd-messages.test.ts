import { expect, test } from 'vitest'
import { parseForIndex, parseMessage } from '#mail/mime/index.ts'
import { oddMessages } from './odd-messages.ts'

/** CPU time, with room for a busy machine: what is not linear takes minutes. */
const cpuSecondsMax = 4

test.each(oddMessages())('$name: read without a throw, in little time, with a short list of defects', ({ bytes }) => {
  const raw = bytes()
  const before = process.cpuUsage()
  const message = parseMessage(raw)
  const indexed = parseForIndex(raw)
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1e6).toBeLessThan(cpuSecondsMax)
  expect(message.defects.length).toBeLessThanOrEqual(100)
  expect(indexed.subject).toBe(message.subject)
})
