import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Change, decisionItems, waitingDecisions } from '../../../src/mail/outbox/index.ts'
import { check, FLAG } from '../../../src/mail/store/index.ts'
import { letter, mailbox, type TestMailbox, value } from '../store/mailbox.ts'
import { account, connected, deliverAll, folders, freshKey, type MailServer } from './server.ts'

function decide(box: TestMailbox, messages: readonly number[], ...changes: Change[]) {
  return value(box.writer.decide({ changes, messages, clientKey: freshKey(), origin: 'human' }))
}

function undo(box: TestMailbox, decision: number) {
  return value(box.writer.undo({ decision, clientKey: freshKey(), origin: 'human' }))
}

/** Message-ID → folders, flags and keywords, as the server would say it of this store. */
function contents(box: TestMailbox): Map<string, string> {
  const ids = box.reader.statements.all('SELECT id FROM messages').map(row => Number(row[0]))
  return new Map(
    box.reader.list(ids).map(({ messageId, flags, labels }) => {
      const bits = (flags.read ? FLAG.read : 0) | (flags.starred ? FLAG.starred : 0)
      const keywords = labels.filter(({ kind }) => kind === 'keyword').map(({ name }) => name)
      const places = labels
        .filter(({ kind }) => kind === 'folder')
        .map(({ name }) => `${name} ${bits} ${keywords.sort().join(',')}`)
      return [messageId, places.sort().join('; ')]
    }),
  )
}

function states(box: TestMailbox, decision: number): string[] {
  return decisionItems(box.reader.statements, decision, { limit: 1_000 }).map(({ state }) => state)
}

function waiting(box: TestMailbox): number {
  return Number(box.reader.statements.one('SELECT count(*) FROM outbox WHERE is_held = 0')?.[0])
}

const archive: Change = { action: 'archive' }
const star: Change = { action: 'star', starred: true }
const unstar: Change = { action: 'star', starred: false }

describe('delivering', () => {
  test('a thousand decisions made offline are a handful of commands, and each message is where it was put', async () => {
    const box = mailbox()
    const { server, ids } = connected(box, 1_000)
    for (let at = 0; at < ids.length; at += 2) decide(box, ids.slice(at, at + 2), { action: 'mark', read: true })
    for (let at = 0; at < ids.length; at += 2) decide(box, ids.slice(at, at + 1), archive)
    server.failures.push('offline')
    expect(await deliverAll(box, server)).toBe(false)
    expect(await deliverAll(box, server)).toBe(true)
    expect(server.calls).toEqual([['INBOX STORE +1', 'INBOX MOVE Archive']])
    expect(contents(box)).toEqual(server.contents())
    expect(waiting(box)).toBe(0)
    server.sync(box)
    expect(contents(box)).toEqual(server.contents())
    expect(value(check(box.reader, { withRaw: true }))).toEqual([])
  })

  test('what was taken back before it was delivered is not delivered', async () => {
    const box = mailbox()
    const { server, ids } = connected(box, 3)
    const decided = decide(box, ids, archive)
    undo(box, decided.decision)
    expect(await deliverAll(box, server)).toBe(true)
    expect(server.calls).toEqual([])
    expect(states(box, decided.decision)).toEqual(['undone', 'undone', 'undone'])
  })

  test('what was delivered is taken back at the server too, from where it is now', async () => {
    const box = mailbox()
    const { server, ids } = connected(box, 2)
    const before = server.contents()
    const decided = decide(box, ids, { action: 'trash' }, { action: 'label', label: 'done' })
    await deliverAll(box, server)
    expect(states(box, decided.decision)).toEqual(['applied', 'applied'])
    undo(box, decided.decision)
    await deliverAll(box, server)
    expect(server.contents()).toEqual(before)
    expect(contents(box)).toEqual(before)
  })

  test('an answer that was lost is no reason to do it again, or to think it was not done', async () => {
    const box = mailbox()
    const { server, ids } = connected(box, 2)
    const decided = decide(box, ids, archive)
    server.failures.push('done-unheard')
    expect(await deliverAll(box, server)).toBe(false)
    expect(await deliverAll(box, server)).toBe(true)
    expect(states(box, decided.decision)).toEqual(['applied', 'applied'])
    server.sync(box)
    expect(contents(box)).toEqual(server.contents())
    expect(server.contents().size).toBe(2)
  })

  test('a refusal for good takes the change back here, and says which', async () => {
    const box = mailbox()
    const { server, ids } = connected(box, 2)
    const before = contents(box)
    const decided = decide(box, ids, archive)
    server.failures.push('refuse')
    const taken = value(box.writer.takeDeliveries(account, 9))
    const applied = await server.apply(taken.map(({ change }) => change))
    if (!applied.ok) throw new Error('unexpected')
    const settled = value(
      box.writer.settleDeliveries(
        account,
        taken.map((each, at) => ({ taken: each, result: applied.value[at] ?? { outcome: 'gone' } })),
      ),
    )
    expect(settled.failed.map(({ code, message }) => [code, message])).toEqual(ids.map(id => ['folder_readonly', id]))
    expect(contents(box)).toEqual(before)
    expect(states(box, decided.decision)).toEqual(['failed', 'failed'])
    expect(waitingDecisions(box.reader.statements, box.clock.at)).toMatchObject([{ pending: 0, failed: 2 }])
  })

  test('a refusal does not take back what was decided meanwhile', async () => {
    const box = mailbox()
    const { server, ids } = connected(box, 1)
    decide(box, ids, star)
    const taken = value(box.writer.takeDeliveries(account, 9))
    const later = decide(box, ids, unstar)
    value(
      box.writer.settleDeliveries(
        account,
        taken.map(each => ({ taken: each, result: { outcome: 'refused', code: 'not_permitted', message: '' } })),
      ),
    )
    expect(box.reader.list(ids)[0]?.flags.starred).toBe(false)
    await deliverAll(box, server)
    expect(states(box, later.decision)).toEqual(['applied'])
  })

  test('what was decided while a delivery was under way is delivered after it', async () => {
    const box = mailbox()
    const { server, ids } = connected(box, 1)
    const first = decide(box, ids, star)
    const taken = value(box.writer.takeDeliveries(account, 9))
    const second = decide(box, ids, unstar)
    await server.apply(taken.map(({ change }) => change))
    value(
      box.writer.settleDeliveries(
        account,
        taken.map(each => ({ taken: each, result: { outcome: 'applied' } })),
      ),
    )
    expect(await deliverAll(box, server)).toBe(true)
    expect(contents(box)).toEqual(server.contents())
    expect(box.reader.list(ids)[0]?.flags.starred).toBe(false)
    expect([...states(box, first.decision), ...states(box, second.decision)]).not.toContain('pending')
  })

  test('dropped, a decision is forgotten and the provider is believed again', () => {
    const box = mailbox()
    const { ids } = connected(box, 2)
    const before = contents(box)
    const decided = decide(box, ids, archive, star)
    expect(value(box.writer.dropDecision(decided.decision)).ids).toEqual(ids)
    expect(contents(box)).toEqual(before)
    expect(waiting(box)).toBe(0)
    expect(states(box, decided.decision)).toEqual(['dropped', 'dropped'])
    expect(box.writer.dropDecision(99)).toMatchObject({ error: { code: 'decision_unknown' } })
  })

  test('a folder that is gone from the server leaves nothing that waits for it', () => {
    const box = mailbox()
    const { ids } = connected(box, 2)
    const decided = decide(box, ids, { action: 'label', label: 'old' })
    value(box.writer.removeLabel(account, 'old'))
    expect(waiting(box)).toBe(0)
    expect(states(box, decided.decision)).toEqual(['dropped', 'dropped'])
  })

  test('a message that is removed takes its outbox along', async () => {
    const box = mailbox()
    const { server, ids } = connected(box, 2)
    decide(box, ids, star)
    const taken = value(box.writer.takeDeliveries(account, 9))
    value(box.writer.remove(ids.slice(0, 1)))
    value(
      box.writer.settleDeliveries(
        account,
        taken.map(each => ({ taken: each, result: { outcome: 'applied' } })),
      ),
    )
    expect(await deliverAll(box, server)).toBe(true)
    expect(server.calls).toEqual([])
  })
})

describe('what a sync brings while a decision waits', () => {
  test('does not undo it: flags, labels and folders stay as decided', () => {
    const box = mailbox()
    const { server, ids } = connected(box, 2)
    decide(box, ids, archive, star, { action: 'label', label: 'x' })
    const decided = contents(box)
    server.sync(box)
    expect(contents(box)).toEqual(decided)
    value(box.writer.changeFlags(ids, { set: 0, clear: FLAG.starred }))
    value(
      box.writer.changeLabels(ids, { add: [folders[0] ?? { key: 'INBOX', kind: 'folder' }], remove: ['Archive', 'x'] }),
    )
    expect(contents(box)).toEqual(decided)
  })

  test('is what there is to return to when the decision is refused', () => {
    const box = mailbox()
    const { ids } = connected(box, 1)
    const decided = decide(box, ids, star, { action: 'mark', read: true })
    value(box.writer.changeFlags(ids, { set: FLAG.read, clear: 0 }))
    value(box.writer.dropDecision(decided.decision))
    expect(box.reader.list(ids)[0]?.flags).toMatchObject({ read: true, starred: false })
  })

  test('settles it when another client did the same', async () => {
    const box = mailbox()
    const { server, ids } = connected(box, 1)
    const decided = decide(box, ids, star)
    value(box.writer.changeFlags(ids, { set: FLAG.starred, clear: 0 }))
    expect(waiting(box)).toBe(0)
    expect(states(box, decided.decision)).toEqual(['applied'])
    expect(await deliverAll(box, server)).toBe(true)
    expect(server.calls).toEqual([])
  })

  test('a message that another client moved away is where they put it, and a decision about its place is void', async () => {
    const box = mailbox()
    const { server, ids } = connected(box, 1)
    const decided = decide(box, ids, archive)
    server.move('INBOX', 1, 'Work')
    await deliverAll(box, server)
    expect(states(box, decided.decision)).toEqual(['dropped'])
    server.sync(box)
    expect(contents(box)).toEqual(server.contents())
  })

  test('a star on a message that another client moved away finds it there', async () => {
    const box = mailbox()
    const { server, ids } = connected(box, 1)
    const decided = decide(box, ids, star)
    server.move('INBOX', 1, 'Work')
    expect(await deliverAll(box, server)).toBe(true)
    expect(states(box, decided.decision)).toEqual(['pending'])
    server.sync(box)
    expect(box.reader.list(ids)[0]?.flags.starred).toBe(true)
    await deliverAll(box, server)
    expect(states(box, decided.decision)).toEqual(['applied'])
    expect(contents(box)).toEqual(server.contents())
  })

  test('fields that nobody decided about are the provider’s', () => {
    const box = mailbox()
    const { ids } = connected(box, 1)
    decide(box, ids, archive)
    value(box.writer.changeFlags(ids, { set: FLAG.read, clear: 0 }))
    expect(box.reader.list(ids)[0]?.flags.read).toBe(true)
  })
})

describe('whatever happens in whatever order', () => {
  const changes: readonly Change[] = [
    archive,
    star,
    unstar,
    { action: 'trash' },
    { action: 'mark', read: true },
    { action: 'mark', read: false },
    { action: 'move', folder: 'Work' },
    { action: 'move', folder: 'INBOX' },
    { action: 'label', label: 'k' },
    { action: 'unlabel', label: 'k' },
  ]
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('decide' as const), change: fc.nat(9), of: fc.nat(7) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('deliver' as const), batch: fc.integer({ min: 1, max: 3 }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('offline' as const, 'done-unheard' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('sync' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('snooze' as const), of: fc.nat(7) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('wake' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('other' as const), to: fc.nat(4), of: fc.nat(5) }) },
  )

  test('both sides agree in the end, no message is lost or doubled, and the store is sound', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async steps => {
        const box = mailbox()
        const { server, ids } = connected(box, 3)
        for (const each of steps) await take(box, { server, ids }, each)
        await settle(box, server)
        expect(waiting(box)).toBe(0)
        expect(contents(box)).toEqual(server.contents())
        expect(server.contents().size).toBe(3)
        expect(
          Number(box.reader.statements.one("SELECT count(*) FROM decision_items WHERE state = 'pending'")?.[0]),
        ).toBe(0)
        expect(value(check(box.reader, { withRaw: true }))).toEqual([])
        box.close()
      }),
      { numRuns: Number(process.env.OUTBOX_RUNS ?? 100) },
    )
  })

  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

  async function take(box: TestMailbox, { server, ids }: { server: MailServer; ids: readonly number[] }, each: Step) {
    switch (each.kind) {
      case 'decide': {
        const change = changes[each.change]
        const chosen = ids.filter((_, at) => ((each.of + 1) & (1 << at)) !== 0)
        if (change !== undefined && chosen.length > 0) decide(box, chosen, change)
        break
      }
      case 'snooze': {
        const chosen = ids.filter((_, at) => ((each.of + 1) & (1 << at)) !== 0)
        if (chosen.length > 0) decide(box, chosen, { action: 'snooze', until: box.clock.at + 1_000 })
        break
      }
      case 'wake':
        wake(box)
        break
      case 'undo':
        box.writer.undo({ clientKey: freshKey(), origin: 'human' })
        break
      case 'deliver':
        await deliverAll(box, server, each.batch)
        break
      case 'sync':
        server.sync(box)
        break
      case 'other': {
        const copies = [...server.folders].flatMap(([mailbox, held]) => [...held.keys()].map(uid => ({ mailbox, uid })))
        const copy = copies[each.of % copies.length]
        const to = folders[each.to]
        if (copy !== undefined && to !== undefined && copy.mailbox !== to.key)
          server.move(copy.mailbox, copy.uid, to.key)
        break
      }
      default:
        server.failures.push(each.kind)
    }
  }

  function wake(box: TestMailbox): void {
    box.clock.at += 1_000
    value(box.writer.wakeSnoozed())
  }

  async function settle(box: TestMailbox, server: MailServer): Promise<void> {
    server.failures.length = 0
    wake(box)
    for (let round = 0; round < 4; round++) {
      await deliverAll(box, server)
      server.sync(box)
    }
  }
})

test('a second letter of the same bytes in another folder is moved along', async () => {
  const box = mailbox()
  const { server } = connected(box, 0)
  const same = letter({ account })
  server.deliver('INBOX', same)
  server.deliver('Work', same)
  server.sync(box)
  const [id = 0] = box.reader.statements.all('SELECT id FROM messages').map(row => Number(row[0]))
  decide(box, [id], { action: 'trash' })
  await deliverAll(box, server)
  server.sync(box)
  expect([...server.folders].map(([key, held]) => [key, held.size])).toEqual([
    ['INBOX', 0],
    ['Archive', 0],
    ['Trash', 2],
    ['Junk', 0],
    ['Work', 0],
  ])
  expect(contents(box)).toEqual(server.contents())
})
