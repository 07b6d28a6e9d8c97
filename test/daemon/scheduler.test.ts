import { expect, onTestFinished, test, vi } from 'vitest'
import type { Log } from '#base/log.ts'
import { Scheduler } from '../../src/daemon/scheduler.ts'

function ignore(): void {}

/** Timers that the test moves, and two clocks that it may part. */
function scheduling() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const time = { wall: 1_000_000, monotonic: 0 }
  const stopping = new AbortController()
  const failures: string[] = []
  const log: Log = { debug: ignore, info: ignore, warn: ignore, close: ignore, error: event => failures.push(event) }
  const clock = { now: () => time.wall, monotonicMs: () => time.monotonic }
  const scheduler = new Scheduler({ clock, log, signal: stopping.signal })
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 1_000) {
      time.wall += 1_000
      time.monotonic += 1_000
      await vi.advanceTimersByTimeAsync(1_000)
    }
  }
  return { scheduler, time, pass, stopping, failures }
}

test('work comes back every so often, also after it failed', async () => {
  const { scheduler, pass, failures } = scheduling()
  let runs = 0
  scheduler.every('work', 5_000, () => {
    runs++
    if (runs === 2) throw new Error('no luck')
  })
  await pass(16_000)
  expect(runs).toBe(3)
  expect(failures).toEqual(['task.failed'])
})

test('it never runs twice at once; woken while it runs, it runs once more', async () => {
  const { scheduler, pass } = scheduling()
  let running = 0
  let most = 0
  let runs = 0
  let finish = ignore
  const task = scheduler.every('work', 1_000, async () => {
    runs++
    most = Math.max(most, ++running)
    await new Promise<void>(resolve => {
      finish = resolve
    })
    running--
  })
  task.wake()
  task.wake()
  task.wake()
  await pass(3_000)
  expect(runs).toBe(1)
  finish()
  await pass(0)
  await vi.advanceTimersByTimeAsync(0)
  expect(runs).toBe(2)
  expect(most).toBe(1)
  finish()
  await task.stop()
  await pass(5_000)
  expect(runs).toBe(2)
})

test('a clock that is set, forwards or back, neither stops work nor floods it, and is told to those who hold connections', async () => {
  const { scheduler, pass, time } = scheduling()
  let runs = 0
  let wakes = 0
  scheduler.every('work', 10_000, () => {
    runs++
  })
  scheduler.onWake(() => {
    wakes++
  })
  await pass(20_000)
  time.wall += 365 * 86_400_000
  await pass(20_000)
  expect(wakes).toBe(1)
  time.wall -= 10 * 365 * 86_400_000
  await pass(20_000)
  expect(wakes).toBe(2)
  expect(runs).toBe(6)
})

test('a machine that slept is noticed within a tick', async () => {
  const { scheduler, pass, time } = scheduling()
  let wakes = 0
  scheduler.onWake(() => {
    wakes++
  })
  await pass(15_000)
  time.wall += 8 * 3_600_000
  await pass(15_000)
  expect(wakes).toBe(1)
})

test('nothing runs after the daemon was told to stop', async () => {
  const { scheduler, pass, stopping } = scheduling()
  let runs = 0
  const task = scheduler.every('work', 1_000, () => {
    runs++
  })
  stopping.abort()
  task.wake()
  await pass(5_000)
  expect(runs).toBe(0)
})
