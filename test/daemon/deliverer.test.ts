import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#base/clock.ts'
import type { Log } from '#base/log.ts'
import { type Config, parseConfig } from '#config/index.ts'
import { AccountStates } from '../../src/daemon/account-states.ts'
import { type Event, EventBus } from '../../src/daemon/events/bus.ts'
import { backoffMs } from '../../src/daemon/outbox/backoff.ts'
import { Deliverer } from '../../src/daemon/outbox/deliverer.ts'
import { Scheduler } from '../../src/daemon/scheduler.ts'
import { openStoreThread } from '../../src/daemon/store/thread.ts'
import { accountOutboxes, decisionItems } from '../../src/mail/outbox/index.ts'
import { MailReader } from '../../src/mail/store/index.ts'
import { account, connected, freshKey } from '../mail/outbox/server.ts'
import { directory, TestMailbox, value } from '../mail/store/mailbox.ts'
import { newInstance } from './daemon.ts'

const quiet: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore, close: ignore }
function ignore(): void {}

function defaults(): Config {
  const parsed = parseConfig('')
  if (!parsed.ok) throw new Error('the defaults are no configuration')
  return parsed.value
}

/** An account on a server in memory, the store in a thread of its own, and whoever delivers between them. */
async function delivering(letters: number) {
  const path = join(directory(), 'mail.db')
  const box = new TestMailbox(path)
  const { server, ids } = connected(box, letters)
  box.close()
  const opened = await openStoreThread({ path, onCrash: error => expect.unreachable(String(error)) })
  const reader = value(MailReader.open(path))
  const stopping = new AbortController()
  const events = new EventBus(systemClock)
  const told: Event[] = []
  events.listen(event => told.push(event))
  const core = {
    paths: newInstance().paths,
    config: defaults(),
    clock: systemClock,
    log: quiet,
    writer: opened.writer,
    reader,
    events,
    scheduler: new Scheduler({ clock: systemClock, log: quiet, signal: stopping.signal }),
    accounts: new AccountStates(events),
    signal: stopping.signal,
    stop: ignore,
    startedAt: 0,
  }
  const deliverer = new Deliverer(core, { account, provider: server, random: () => 0 })
  onTestFinished(async () => {
    stopping.abort()
    await deliverer.stop()
    reader.close()
    await opened.close()
  })
  const star = async () => {
    const request = { changes: [{ action: 'star' as const, starred: true }], messages: ids, clientKey: freshKey() }
    return value(await opened.writer.decide({ ...request, origin: 'human' }))
  }
  const facts = () => accountOutboxes(reader.statements, systemClock.now()).find(each => each.account === account)
  return { deliverer, server, told, star, facts, reader, writer: opened.writer, ids }
}

test('an account that cannot be reached is tried again with pauses, and at once when asked for', async () => {
  const { deliverer, server, star, facts } = await delivering(3)
  await star()
  server.failures.push('offline', 'offline')
  deliverer.wake()
  await expect.poll(() => deliverer.state).toBe('waiting')
  expect(facts()).toMatchObject({ pending: 3, attempts: 1, lastError: { code: 'network' } })
  expect(deliverer.nextTryAt).toBeGreaterThan(0)
  deliverer.wake()
  expect(deliverer.state).toBe('waiting')
  deliverer.retry()
  await expect.poll(() => facts()?.attempts).toBe(2)
  deliverer.retry()
  await expect.poll(() => facts()?.pending).toBe(0)
  await expect.poll(() => deliverer.state).toBe('idle')
  expect(facts()?.lastError).toBeNull()
  expect(server.calls).toEqual([['INBOX STORE +2']])
})

test('a wrong password is said once and not tried again until somebody asks', async () => {
  const { deliverer, server, star, facts } = await delivering(1)
  await star()
  server.failures.push('auth')
  deliverer.wake()
  await expect.poll(() => deliverer.state).toBe('auth_needed')
  deliverer.wake()
  expect(deliverer.nextTryAt).toBeUndefined()
  expect(facts()).toMatchObject({ attempts: 1, lastError: { code: 'auth_needed' } })
  deliverer.retry()
  await expect.poll(() => facts()?.pending).toBe(0)
})

test('a refusal for good is told, with the decision that it concerns', async () => {
  const { deliverer, server, star, told, reader } = await delivering(2)
  const decided = await star()
  server.failures.push('refuse')
  deliverer.wake()
  await expect.poll(() => told.map(({ kind }) => kind)).toContain('decision.failed')
  expect(told.find(({ kind }) => kind === 'decision.failed')?.data).toEqual({
    decision_id: decided.decision,
    failed: 2,
    code: 'folder_readonly',
  })
  expect(decisionItems(reader.statements, decided.decision, { limit: 9 }).map(({ state }) => state)).toEqual([
    'failed',
    'failed',
  ])
})

test('what is decided while a delivery is under way is delivered too', async () => {
  const { deliverer, server, star, facts, writer, ids } = await delivering(2)
  await star()
  deliverer.wake()
  const request = { changes: [{ action: 'archive' as const }], messages: ids, clientKey: freshKey(), origin: 'human' }
  value(await writer.decide(request))
  deliverer.wake()
  await expect.poll(() => facts()?.pending).toBe(0)
  expect(server.folders.get('Archive')?.size).toBe(2)
})

test('the pauses double up to five minutes, and no two clients keep in step', () => {
  expect([1, 2, 3, 4].map(attempt => backoffMs(attempt, () => 1))).toEqual([1_000, 2_000, 4_000, 8_000])
  expect(backoffMs(1, () => 0)).toBe(500)
  for (const attempts of [9, 100, 1_000_000]) expect(backoffMs(attempts, () => 1)).toBeLessThanOrEqual(300_000)
})
