import { describe, expect, test } from 'vitest'
import { type Change, decisionItems, listSnoozed, undoWindowMs } from '../../../src/mail/outbox/index.ts'
import { check, formatMessageId } from '../../../src/mail/store/index.ts'
import { letter, mailbox, type TestMailbox, value } from '../store/mailbox.ts'
import { connected, deliverAll, freshKey } from './server.ts'

function decide(box: TestMailbox, messages: readonly number[], ...changes: Change[]) {
  return value(box.writer.decide({ changes, messages, clientKey: freshKey(), origin: 'human' }))
}

function labelsOf(box: TestMailbox, id: number | undefined): string[] {
  return (box.reader.list([id ?? 0])[0]?.labels ?? []).map(({ name }) => name).sort()
}

function isSound(box: TestMailbox): void {
  expect(value(check(box.reader, { withRaw: true }))).toEqual([])
}

const archive: Change = { action: 'archive' }

describe('what cannot be decided', () => {
  test('a message that is not here is refused by itself, the others change', () => {
    const box = mailbox()
    const [id = 0] = box.take([letter()])
    const decided = decide(box, [id, 77], archive)
    expect(decided).toMatchObject({ requested: 2, changed: 1, refusedTotal: 1 })
    expect(decided.refused).toEqual([expect.objectContaining({ id: formatMessageId(77), code: 'message_unknown' })])
  })

  test('of a message all changes are made or none', () => {
    const box = mailbox()
    const { ids } = connected(box, 1)
    const decided = decide(box, ids, { action: 'star', starred: true }, { action: 'move', folder: 'Nowhere' })
    expect(decided).toMatchObject({ changed: 0, refusedTotal: 1 })
    expect(decided.refused[0]?.code).toBe('label_unknown')
    expect(box.reader.list(ids)[0]?.flags.starred).toBe(false)
  })

  test('a label that no IMAP server could take, a folder taken for a label, a time that is past', () => {
    const box = mailbox()
    const { ids } = connected(box, 1)
    const codes = (change: Change) => decide(box, ids, change).refused.map(({ code }) => code)
    expect(codes({ action: 'label', label: 'two words' })).toEqual(['label_invalid'])
    expect(codes({ action: 'label', label: 'Work' })).toEqual(['label_is_folder'])
    expect(codes({ action: 'unlabel', label: 'inbox' })).toEqual(['label_is_folder'])
    expect(codes({ action: 'snooze', until: box.clock.at })).toEqual(['time_past'])
  })

  test('another decision under the same key', () => {
    const box = mailbox()
    const ids = box.take([letter(), letter()])
    const request = { changes: [archive], messages: ids, clientKey: 'the-same-key', origin: 'human' }
    value(box.writer.decide(request))
    expect(box.writer.decide({ ...request, messages: ids.slice(1) })).toMatchObject({ error: { code: 'key_reused' } })
    expect(box.writer.decide({ ...request, changes: [{ action: 'trash' }] })).toMatchObject({
      error: { code: 'key_reused' },
    })
  })
})

describe('what is decided', () => {
  test('the same request twice is one decision with one answer', () => {
    const box = mailbox()
    const ids = box.take([letter(), letter()])
    const request = { changes: [archive], messages: [...ids, 9], clientKey: 'sent-again', origin: 'human' }
    const first = value(box.writer.decide(request))
    value(box.writer.decide({ ...request, clientKey: 'other-key-1', changes: [{ action: 'move', folder: 'inbox' }] }))
    const again = value(box.writer.decide(request))
    expect(again).toEqual({ ...first, isRepeat: true, changedIds: [] })
    expect(labelsOf(box, ids[0])).toEqual(['INBOX'])
  })

  test('mail that has no provider is changed here and done', () => {
    const box = mailbox()
    const [id = 0] = box.take([letter()])
    const decided = decide(box, [id], { action: 'trash' })
    expect(decided).toMatchObject({ changed: 1, pending: 0 })
    expect(labelsOf(box, id)).toEqual(['Trash'])
    expect(box.reader.list([id])[0]?.flags.trash).toBe(true)
    expect(decisionItems(box.reader.statements, decided.decision, { limit: 9 })).toEqual([
      { id: formatMessageId(id), state: 'local', code: null },
    ])
    isSound(box)
  })

  test('what is so already is unchanged', () => {
    const box = mailbox()
    const ids = box.take([letter(), letter({ labels: [] })])
    expect(decide(box, ids, archive)).toMatchObject({ requested: 2, changed: 1, refusedTotal: 0 })
    expect(decide(box, ids, archive)).toMatchObject({ requested: 2, changed: 0, refusedTotal: 0 })
  })

  test('five thousand messages are one transaction', () => {
    const box = mailbox()
    const { ids } = connected(box, 5_000)
    expect(decide(box, ids, archive, { action: 'mark', read: true })).toMatchObject({ changed: 5_000, pending: 5_000 })
    expect(box.reader.totals().unread).toBe(0)
    isSound(box)
  })
})

describe('undo', () => {
  test('restores labels, flags and folders as they were', () => {
    const box = mailbox()
    const { ids } = connected(box, 3)
    const before = box.reader.list(ids)
    const decided = decide(
      box,
      ids,
      { action: 'trash' },
      { action: 'mark', read: true },
      { action: 'label', label: 'x' },
    )
    expect(box.reader.list(ids)).not.toEqual(before)
    const undone = value(box.writer.undo({ decision: decided.decision, clientKey: freshKey(), origin: 'human' }))
    expect(undone).toMatchObject({ requested: 3, changed: 3, refusedTotal: 0 })
    expect(box.reader.list(ids)).toEqual(before)
    isSound(box)
  })

  test('leaves what was changed later, says so, and can be tried again for the rest', () => {
    const box = mailbox()
    const [one = 0, two = 0] = box.take([letter(), letter()])
    const starred = decide(box, [one, two], { action: 'star', starred: true })
    decide(box, [two], { action: 'star', starred: false })
    const undo = () => box.writer.undo({ decision: starred.decision, clientKey: freshKey(), origin: 'human' })
    const first = value(undo())
    expect(first).toMatchObject({ requested: 2, changed: 1, refusedTotal: 1 })
    expect(first.refused[0]?.code).toBe('superseded')
    decide(box, [two], { action: 'star', starred: true })
    expect(value(undo())).toMatchObject({ requested: 1, changed: 1 })
    expect(undo()).toMatchObject({ error: { code: 'undone_already' } })
  })

  test('takes the latest when none is named, and ends after 24 hours', () => {
    const box = mailbox()
    const ids = box.take([letter(), letter()])
    const first = decide(box, ids.slice(0, 1), archive)
    decide(box, ids.slice(1), archive)
    const latest = () => box.writer.undo({ clientKey: freshKey(), origin: 'human' })
    value(latest())
    expect(labelsOf(box, ids[1])).toEqual(['INBOX'])
    expect(labelsOf(box, ids[0])).toEqual([])
    box.clock.at += undoWindowMs + 1
    expect(latest()).toMatchObject({ error: { code: 'undo_expired' } })
    expect(box.writer.undo({ decision: first.decision, clientKey: freshKey(), origin: 'human' })).toMatchObject({
      error: { code: 'undo_expired' },
    })
  })

  test('without a number it is one’s own latest decision, never that of another origin', () => {
    const box = mailbox()
    const ids = box.take([letter(), letter()])
    decide(box, ids.slice(0, 1), archive)
    const byAgent = { changes: [archive], messages: ids.slice(1), clientKey: freshKey(), origin: 'agent-a' }
    value(box.writer.decide(byAgent))
    value(box.writer.undo({ clientKey: freshKey(), origin: 'human' }))
    expect(labelsOf(box, ids[0])).toEqual(['INBOX'])
    expect(labelsOf(box, ids[1])).toEqual([])
    expect(box.writer.undo({ clientKey: freshKey(), origin: 'agent-b' })).toMatchObject({
      error: { code: 'decision_unknown' },
    })
  })

  test('an undo that is sent twice is one undo', () => {
    const box = mailbox()
    const ids = box.take([letter(), letter()])
    decide(box, ids.slice(0, 1), archive)
    decide(box, ids.slice(1), archive)
    const request = { clientKey: 'undo-again', origin: 'human' }
    value(box.writer.undo(request))
    expect(value(box.writer.undo(request)).isRepeat).toBe(true)
    expect(labelsOf(box, ids[0])).toEqual([])
  })
})

describe('plans', () => {
  const plan = 'p0123456789ab'
  const apply = (box: TestMailbox, caller = 'human') => box.writer.applyPlan({ plan, caller, origin: caller })
  const create = (box: TestMailbox, messages: readonly number[], ...changes: Change[]) =>
    value(box.writer.createPlan({ plan, changes, messages, caller: 'human' }))

  test('counting what it would do changes nothing, labels that it would make included', () => {
    const box = mailbox()
    const [id = 0, gone = 5] = box.take([letter()])
    expect(create(box, [id, gone], { action: 'label', label: 'new' })).toMatchObject({
      total: 2,
      changed: 1,
      refusedTotal: 1,
    })
    expect(box.reader.labels().map(({ key }) => key)).toEqual(['INBOX'])
  })

  test('does exactly what was seen: what arrives later is left, what changed since is stale', () => {
    const box = mailbox()
    const ids = box.take([letter(), letter(), letter()])
    create(box, ids, archive)
    const [later = 0] = box.take([letter()])
    decide(box, ids.slice(0, 1), { action: 'star', starred: true })
    const applied = value(apply(box))
    expect(applied).toMatchObject({ requested: 3, changed: 2, refusedTotal: 1 })
    expect(applied.refused[0]).toMatchObject({ id: formatMessageId(ids[0] ?? 0), code: 'stale' })
    expect(labelsOf(box, later)).toEqual(['INBOX'])
  })

  test('is applied once, by whoever made it, within ten minutes', () => {
    const box = mailbox()
    const ids = box.take([letter()])
    create(box, ids, archive)
    expect(apply(box, 'agent')).toMatchObject({ error: { code: 'plan_unknown' } })
    value(apply(box))
    decide(box, ids, { action: 'move', folder: 'inbox' })
    expect(value(apply(box)).isRepeat).toBe(true)
    expect(labelsOf(box, ids[0])).toEqual(['INBOX'])
    value(box.writer.createPlan({ plan: 'p999999999999', changes: [archive], messages: ids, caller: 'human' }))
    box.clock.at += 10 * 60 * 1000
    expect(box.writer.applyPlan({ plan: 'p999999999999', caller: 'human', origin: 'human' })).toMatchObject({
      error: { code: 'plan_expired' },
    })
  })
})

describe('what is put off', () => {
  const hour = 3_600_000

  test('leaves the inbox, comes back at its time, and no provider hears of it', () => {
    const box = mailbox()
    const { ids, server } = connected(box, 1)
    decide(box, ids, { action: 'snooze', until: box.clock.at + hour })
    expect(labelsOf(box, ids[0])).toEqual(['snoozed'])
    server.sync(box)
    expect(labelsOf(box, ids[0])).toEqual(['snoozed'])
    expect(value(box.writer.takeDeliveries('imap', 9))).toEqual([])
    expect(value(box.writer.wakeSnoozed())).toEqual([])
    box.clock.at += hour
    expect(value(box.writer.wakeSnoozed()).map(({ id }) => id)).toEqual(ids.map(formatMessageId))
    expect(labelsOf(box, ids[0])).toEqual(['INBOX'])
    expect(value(box.writer.takeDeliveries('imap', 9))).toEqual([])
    isSound(box)
  })

  test('on its way into the inbox it cannot be put off before the server knows of it', async () => {
    const box = mailbox()
    const { ids, server } = connected(box, 1)
    decide(box, ids, archive)
    await deliverAll(box, server)
    decide(box, ids, { action: 'move', folder: 'inbox' })
    const snooze: Change = { action: 'snooze', until: box.clock.at + hour }
    expect(decide(box, ids, snooze).refused.map(({ code }) => code)).toEqual(['not_delivered'])
    await deliverAll(box, server)
    expect(decide(box, ids, snooze)).toMatchObject({ changed: 1 })
    box.clock.at += hour
    value(box.writer.wakeSnoozed())
    expect(labelsOf(box, ids[0])).toEqual(['INBOX'])
    expect(server.contents().size).toBe(1)
  })

  test('does not come back to an inbox that another client took it out of', () => {
    const box = mailbox()
    const { ids, server } = connected(box, 1)
    decide(box, ids, { action: 'snooze', until: box.clock.at + hour })
    server.move('INBOX', 1, 'Archive')
    server.sync(box)
    box.clock.at += hour
    value(box.writer.wakeSnoozed())
    expect(labelsOf(box, ids[0])).toEqual(['Archive'])
  })

  test('filed away, it stays away; and the provider is told', () => {
    const box = mailbox()
    const { ids } = connected(box, 1)
    decide(box, ids, { action: 'snooze', until: box.clock.at + hour })
    decide(box, ids, archive)
    expect(labelsOf(box, ids[0])).toEqual(['Archive'])
    expect(listSnoozed(box.reader.statements, 9)).toEqual([])
    expect(value(box.writer.takeDeliveries('imap', 9))[0]?.change).toMatchObject({
      leaveFolders: ['INBOX'],
      enterFolder: { key: 'Archive' },
    })
  })

  test.each(['remote', 'local'])(
    'undone, it is in the inbox again; called back and undone, it is put off again (%s)',
    kind => {
      const box = mailbox()
      const ids = kind === 'remote' ? connected(box, 1).ids : box.take([letter()])
      const wakeAt = box.clock.at + hour
      decide(box, ids, { action: 'snooze', until: wakeAt })
      value(box.writer.undo({ clientKey: freshKey(), origin: 'human' }))
      expect(labelsOf(box, ids[0])).toEqual(['INBOX'])
      expect(listSnoozed(box.reader.statements, 9)).toEqual([])
      decide(box, ids, { action: 'snooze', until: wakeAt })
      decide(box, ids, { action: 'unsnooze' })
      expect(labelsOf(box, ids[0])).toEqual(['INBOX'])
      value(box.writer.undo({ clientKey: freshKey(), origin: 'human' }))
      expect(labelsOf(box, ids[0])).toEqual(['snoozed'])
      expect(listSnoozed(box.reader.statements, 9)).toEqual([{ id: ids[0], wakeAt }])
      box.clock.at = wakeAt
      value(box.writer.wakeSnoozed())
      expect(labelsOf(box, ids[0])).toEqual(['INBOX'])
    },
  )

  test('a time that is chosen anew replaces the one before', () => {
    const box = mailbox()
    const ids = box.take([letter()])
    decide(box, ids, { action: 'snooze', until: box.clock.at + hour })
    expect(decide(box, ids, { action: 'snooze', until: box.clock.at + 2 * hour })).toMatchObject({ changed: 1 })
    box.clock.at += hour
    expect(value(box.writer.wakeSnoozed())).toEqual([])
    box.clock.at += hour
    value(box.writer.wakeSnoozed())
    expect(labelsOf(box, ids[0])).toEqual(['INBOX'])
  })
})

test('mail that arrives in a muted thread is known', () => {
  const box = mailbox()
  const [id = 0] = box.take([letter({ messageId: 'root@x' })])
  decide(box, [id], { action: 'mute' })
  const [reply = 0, other = 0] = box.take([letter({ inReplyTo: ['root@x'] }), letter()])
  expect(value(box.writer.mutedAmong([reply, other]))).toEqual([reply])
})
