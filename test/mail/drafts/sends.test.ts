import { describe, expect, test } from 'vitest'
import { type DraftContent, digestOf } from '#mail/compose/index.ts'
import { bouncesIn } from '#mail/drafts/bounce.ts'
import { dueAt, isInMailbox, listDrafts, type PreparedSend, sendById, sendBytes } from '#mail/drafts/index.ts'
import { letter, mailbox, type TestMailbox, value } from '../store/mailbox.ts'

const content: DraftContent = {
  from: 'me@home.example',
  to: [{ name: null, email: 'ann@a.example' }],
  cc: [],
  bcc: [],
  subject: 's',
  body: 'b',
  markup: true,
  files: [],
  answers: null,
}
const bytes = Buffer.from('From: x\r\n\r\nbody\r\n')
const hour = 3_600_000

function prepared(box: TestMailbox, more: Partial<PreparedSend> = {}): { send: number; draft: number; digest: string } {
  const draft = value(box.writer.saveDraft({ account: 'home', content, messageId: 'm1@home.example' }))
  const envelope = more.envelope ?? { from: 'me@home.example', to: ['ann@a.example', 'bob@b.example'] }
  const digest = digestOf(envelope, bytes)
  const send = value(
    box.writer.prepareSend({
      draft: draft.id,
      revision: draft.revision,
      account: 'home',
      messageId: 'm1@home.example',
      digest,
      subject: 's',
      envelope,
      bytes,
      bcc: [],
      notBefore: box.clock.at,
      isScheduled: false,
      ...more,
    }),
  )
  return { send: send.id, draft: draft.id, digest }
}

function queued(box: TestMailbox, more: Partial<PreparedSend> = {}) {
  const made = prepared(box, more)
  value(
    box.writer.queueSend({
      id: made.send,
      digest: made.digest,
      notBefore: more.notBefore ?? box.clock.at,
      wantsCopy: true,
    }),
  )
  return made
}

const claim = (box: TestMailbox) => value(box.writer.claimSend({ account: 'home', lateMaxMs: hour }))
const state = (box: TestMailbox, id: number) => sendById(box.reader.statements, id)?.state
const settle = (id: number, more: object = {}) => ({
  id,
  outcome: 'taken' as const,
  refused: [],
  againAt: 0,
  code: null,
  detail: null,
  ...more,
})

describe('a send', () => {
  test('that nobody decided on never leaves, and goes with its draft', () => {
    const box = mailbox()
    const { draft } = prepared(box)
    expect(claim(box)).toBeNull()
    value(box.writer.deleteDraft(draft))
    expect(box.reader.statements.one('SELECT count(*) FROM sends')).toEqual([0])
  })

  test('of an older revision cannot be decided on', () => {
    const box = mailbox()
    const { send, draft, digest } = prepared(box)
    value(box.writer.saveDraft({ account: 'home', content, messageId: 'x@y', on: { id: draft, revision: 1 } }))
    expect(box.writer.queueSend({ id: send, digest, notBefore: 0, wantsCopy: false })).toMatchObject({
      error: { code: 'send_unknown' },
    })
  })

  test('is claimed once, and by its time', () => {
    const box = mailbox()
    queued(box, { notBefore: box.clock.at + 10_000 })
    expect(claim(box)).toBeNull()
    expect(dueAt(box.reader.statements)).toEqual([{ account: 'home', at: box.clock.at + 10_000 }])
    box.clock.at += 10_000
    expect(claim(box)).toMatchObject({ pending: ['ann@a.example', 'bob@b.example'] })
    expect(claim(box)).toBeNull()
  })

  test('decided on twice is one', () => {
    const box = mailbox()
    const { send, digest } = queued(box)
    claim(box)
    expect(value(box.writer.queueSend({ id: send, digest, notBefore: 0, wantsCopy: true })).state).toBe('sending')
  })

  test('keeps its draft from being changed, deleted or sent again while it is on its way', () => {
    const box = mailbox()
    const { draft } = queued(box)
    const change = box.writer.saveDraft({ account: 'home', content, messageId: 'x@y', on: { id: draft, revision: 1 } })
    expect(change).toMatchObject({ error: { code: 'draft_leaving' } })
    expect(box.writer.deleteDraft(draft)).toMatchObject({ error: { code: 'draft_leaving' } })
  })

  test('that was taken back keeps no copy of the message, and its draft can be sent anew', () => {
    const box = mailbox()
    const { send, draft } = queued(box)
    value(box.writer.cancelSend(send))
    expect(sendBytes(box.reader.statements, send)).toBeUndefined()
    expect(claim(box)).toBeNull()
    value(box.writer.saveDraft({ account: 'home', content, messageId: 'x@y', on: { id: draft, revision: 1 } }))
  })

  test('interrupted before its end waits again; after it nobody knows, and it stays', () => {
    const box = mailbox()
    const { send } = queued(box)
    claim(box)
    expect(value(box.writer.recoverSends())).toEqual({ again: 1, unknown: 0 })
    claim(box)
    value(box.writer.noteEnding(send))
    expect(value(box.writer.recoverSends())).toEqual({ again: 0, unknown: 1 })
    expect(claim(box)).toBeNull()
    expect(value(box.writer.resolveSend({ id: send, resolution: 'again' })).state).toBe('waiting')
    expect(claim(box)).toMatchObject({ id: send })
  })

  test('may not end unless it is being sent', () => {
    const box = mailbox()
    const { send } = queued(box)
    expect(box.writer.noteEnding(send)).toMatchObject({ error: { code: 'send_over' } })
    claim(box)
    value(box.writer.noteEnding(send))
    expect(box.writer.noteEnding(send)).toMatchObject({ error: { code: 'send_over' } })
    expect(box.writer.cancelSend(send)).toMatchObject({ error: { code: 'send_over' } })
  })

  test('goes on with those recipients alone who were put off', () => {
    const box = mailbox()
    const { send, draft } = queued(box)
    claim(box)
    const refused = [{ address: 'bob@b.example', isForNow: true, code: '451', detail: 'later' }]
    expect(value(box.writer.settleSend(settle(send, { refused, againAt: box.clock.at + 60_000 }))).state).toBe(
      'waiting',
    )
    box.clock.at += 60_000
    expect(claim(box)).toMatchObject({
      to: ['ann@a.example', 'bob@b.example'],
      pending: ['bob@b.example'],
      attempts: 2,
    })
    expect(value(box.writer.settleSend(settle(send))).state).toBe('sent')
    expect(listDrafts(box.reader.statements).map(({ id }) => id)).not.toContain(draft)
    expect(sendBytes(box.reader.statements, send)?.bytes).toEqual(new Uint8Array(bytes))
    value(box.writer.noteCopy(send))
    expect(sendBytes(box.reader.statements, send)).toBeUndefined()
  })

  test('that fails leaves its draft, which can be sent anew', () => {
    const box = mailbox()
    const { send, draft } = queued(box)
    claim(box)
    expect(value(box.writer.settleSend(settle(send, { outcome: 'given_up', code: 'refused' }))).state).toBe('failed')
    value(box.writer.saveDraft({ account: 'home', content, messageId: 'x@y', on: { id: draft, revision: 1 } }))
  })

  test('whose chosen time passed while nobody could send it is held; a little late it still leaves', () => {
    const box = mailbox()
    const { send } = queued(box, { isScheduled: true, notBefore: box.clock.at + hour })
    box.clock.at += hour + hour + 1000
    expect(claim(box)).toBeNull()
    expect(state(box, send)).toBe('held')
    value(box.writer.cancelSend(send))
    const other = mailbox()
    queued(other, { isScheduled: true, notBefore: other.clock.at + hour })
    other.clock.at += hour + hour / 2
    expect(claim(other)).not.toBeNull()
  })

  test('that only waited to be undone leaves however late it is', () => {
    const box = mailbox()
    queued(box, { notBefore: box.clock.at + 10_000 })
    box.clock.at += 72 * hour
    expect(claim(box)).not.toBeNull()
  })

  test('of which nobody knew is known once the mailbox shows its Message-ID, in its account alone', () => {
    const box = mailbox()
    const { send } = queued(box)
    const row = sendById(box.reader.statements, send)
    box.take([letter({ account: 'other', messageId: 'm1@home.example' })])
    expect(row && isInMailbox(box.reader.statements, row)).toBe(false)
    box.take([letter({ account: 'home', messageId: 'm1@home.example', text: 'copy' })])
    expect(row && isInMailbox(box.reader.statements, row)).toBe(true)
  })
})

describe('a delivery report', () => {
  const report = (recipient: string, id = 'm1@home.example') =>
    Buffer.from(
      [
        'From: Mail Delivery System <Mailer-Daemon@b.example>',
        'To: me@home.example',
        'Subject: failure',
        'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
        '',
        '--b',
        '',
        'It failed.',
        '--b',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; b.example',
        '',
        `Final-Recipient: rfc822;${recipient}`,
        'Action: failed',
        'Status: 5.1.1',
        'Diagnostic-Code: smtp; 550 nobody here',
        '',
        '--b',
        'Content-Type: text/rfc822-headers',
        '',
        `Message-ID: <${id}>`,
        'Subject: s',
        '',
        '--b--',
        '',
      ].join('\r\n'),
    )

  test('is linked to the recipient of what was sent, and to nobody else', () => {
    const box = mailbox()
    const { send } = queued(box)
    claim(box)
    value(box.writer.settleSend(settle(send)))
    const [bounce] = bouncesIn(report('bob@b.example'))
    expect(bounce).toEqual({
      messageId: 'm1@home.example',
      recipient: 'bob@b.example',
      action: 'failed',
      code: '5.1.1',
      detail: '550 nobody here',
    })
    for (const other of [report('stranger@x.example'), report('bob@b.example', 'else@home.example')]) {
      for (const each of bouncesIn(other))
        expect(value(box.writer.recordBounce({ ...each, account: 'home' }))).toEqual([])
    }
    if (bounce !== undefined) expect(value(box.writer.recordBounce({ ...bounce, account: 'home' }))).toEqual([send])
    expect(sendById(box.reader.statements, send)?.recipients.map(each => each.state)).toEqual(['taken', 'bounced'])
  })

  test('that is none is nothing', () => {
    expect(bouncesIn(bytes)).toEqual([])
    expect(bouncesIn(new Uint8Array())).toEqual([])
  })
})
