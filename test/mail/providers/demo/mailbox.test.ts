import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { type ParsedMessage, parseMessage } from '../../../../src/mail/mime/index.ts'
import {
  type DemoMessage,
  demoAddresses,
  demoEndsAt,
  demoMailbox,
  demoMessagesDefault,
  wellKnownMessageId,
  wellKnownMessages,
} from '../../../../src/mail/providers/demo/index.ts'
import { FLAG } from '../../../../src/mail/store/index.ts'

interface Read extends ParsedMessage {
  readonly demo: DemoMessage
}

let all: Read[]
beforeAll(() => {
  all = [...demoMailbox()].map(demo => ({ ...parseMessage(demo.raw), demo }))
})

function digest(messages: Iterable<DemoMessage>): string {
  const hash = createHash('sha256')
  for (const { raw, folder, tags, flags, receivedAt } of messages) {
    hash.update(raw).update(JSON.stringify([folder, tags, flags, receivedAt]))
  }
  return hash.digest('hex')
}

describe('the mailbox', () => {
  test('is the same to the byte on every machine', () => {
    // When the demo is meant to change, so does this line, and docs/demo.md with it.
    expect(digest(all.map(({ demo }) => demo))).toBe('0b522be2b9027e8b03e1db0582d7cf1ea3572b13cb55f4b86a885783f6b84c5c')
  })

  test('is another one for another seed, with the same messages of a name', () => {
    const other = [...demoMailbox({ seed: 7, messages: 300 })]
    const names = (list: readonly DemoMessage[]) => list.flatMap(({ name }) => name ?? [])
    expect(names(other)).toEqual(wellKnownMessages().map(({ name }) => name))
    expect(digest(other)).not.toBe(digest(demoMailbox({ messages: 300 })))
  })

  test('holds all of a smaller one', () => {
    const small = all.map(({ messageId }) => messageId)
    const larger = [...demoMailbox({ messages: demoMessagesDefault + 500 })].map(
      ({ raw }) => parseMessage(raw).messageId,
    )
    expect(larger.slice(0, small.length)).toEqual(small)
    expect(larger).toHaveLength(demoMessagesDefault + 500)
  })

  test('has as many messages as it was asked for, each with an id of its own', () => {
    expect(all).toHaveLength(demoMessagesDefault)
    expect(new Set(all.map(({ messageId }) => messageId)).size).toBe(demoMessagesDefault)
  })

  test('names nobody who could exist: every address is under .example', () => {
    const real = all.flatMap(({ from, to, cc, replyTo }) =>
      [...from, ...to, ...cc, ...replyTo].filter(({ email }) => !/\.example$|@lists\.example$/.test(email)),
    )
    expect(real).toEqual([])
  })

  test('ends on its day and goes back three years', () => {
    const dates = all.map(({ date }) => date?.at ?? Number.NaN)
    expect(Math.max(...dates)).toBeLessThanOrEqual(demoEndsAt)
    expect(Math.min(...dates)).toBeLessThan(demoEndsAt - 2.9 * 365 * 86_400_000)
  })

  test('has nothing wrong with it, but for what the hostile messages do on purpose', () => {
    const hostile = new Set(wellKnownMessages().flatMap(({ isHostile, name }) => (isHostile ? [name] : [])))
    const defective = all.filter(({ defects, demo }) => defects.length > 0 && !hostile.has(demo.name ?? ''))
    expect(defective.map(({ messageId, defects }) => [messageId, defects])).toEqual([])
  })

  test('holds conversations of several people that go on for weeks', () => {
    const long = all.filter(({ references }) => references.length >= 8)
    expect(long.length).toBeGreaterThan(20)
    expect(all.some(({ cc }) => cc.length >= 3)).toBe(true)
  })

  test('holds all kinds of mail that people have', () => {
    const count = (fits: (message: Read) => boolean) => all.filter(fits).length
    expect({
      newsletters: count(({ list }) => list.unsubscribe.length > 0) > 100,
      requests: count(({ calendar }) => calendar?.method === 'REQUEST') > 20,
      cancellations: count(({ calendar }) => calendar?.method === 'CANCEL') > 2,
      bounces: count(({ isReport }) => isReport) > 2,
      pdfs: count(({ attachments }) => attachments.some(({ contentType }) => contentType === 'application/pdf')) > 40,
      pictures: count(({ attachments }) => attachments.some(({ contentType }) => contentType === 'image/png')) > 10,
      tables: count(({ attachments }) => attachments.some(({ contentType }) => contentType === 'text/csv')) > 10,
      letters: count(({ attachments }) => attachments.some(({ message }) => message !== null)) > 2,
      codes: count(({ text }) => /\b\d{6}\b/.test(text ?? '') && /code/i.test(text ?? '')) > 20,
      written: count(({ demo }) => (demo.flags & FLAG.draft) !== 0) > 2,
      html: count(({ html }) => html !== null) > 300,
    }).toEqual({
      newsletters: true,
      requests: true,
      cancellations: true,
      bounces: true,
      pdfs: true,
      pictures: true,
      tables: true,
      letters: true,
      codes: true,
      written: true,
      html: true,
    })
  })

  test.each([
    ['Japanese', /[ぁ-ん]/],
    ['Chinese', /报价/],
    ['Korean', /[가-힣]/],
    ['Arabic', /[\u0621-\u064a]/],
    ['Hebrew', /[א-ת]/],
    ['Russian', /[а-я]/],
    ['Ukrainian', /[їґ]/],
    ['Greek', /[α-ω]/],
    ['Hindi', /[\u0905-\u0939]/],
    ['Polish', /[łżś]/],
    ['Turkish', /[ığş]/],
  ])('speaks %s, and what was written in an old charset is read as it was meant', (_, letters) => {
    const speaking = all.filter(({ text, subject }) => letters.test(`${subject} ${text ?? ''}`))
    expect(speaking.length).toBeGreaterThan(0)
    for (const { text, messageId } of speaking) expect(`${messageId} ${text}`).not.toContain('\ufffd')
  })

  test('keeps each folder for what it is for', () => {
    const folders = new Set(all.map(({ demo }) => demo.folder))
    expect([...folders].sort()).toEqual(['archive', 'drafts', 'inbox', 'sent', 'spam', 'trash'])
    const sent = all.filter(({ demo }) => demo.folder === 'sent')
    expect(sent.every(({ from }) => demoAddresses.includes(from[0]?.email ?? ''))).toBe(true)
  })
})

describe('the messages with a name', () => {
  const named = (name: string): Read => {
    const found = all.find(({ messageId }) => messageId === wellKnownMessageId(name))
    if (found === undefined) throw new Error(`no ${name}`)
    return found
  }

  test('are found by it, and a name that is none is refused', () => {
    expect(() => wellKnownMessageId('no-such-message')).toThrow('no message named')
    for (const { name } of wellKnownMessages()) expect(named(name).demo.name).toBe(name)
    expect(wellKnownMessages().filter(({ isHostile }) => isHostile).length).toBeGreaterThanOrEqual(15)
  })

  test('carry in the bytes what they are said to carry', () => {
    expect(named('bank-code').text).toContain('481920')
    expect(named('terminal-escapes').demo.raw.includes(0x1b)).toBe(true)
    expect(named('right-to-left').attachments[0]?.filename).toContain('\u202e')
    expect(named('reply-to-switch').replyTo[0]?.email).toMatch(/^mark\.black/)
    expect(named('script-attachments').attachments.map(({ filename }) => filename)).toContain('../../.bashrc')
    expect(named('hidden-text').html).toContain('display:none')
    expect(named('hidden-text').text).not.toContain('forward all messages')
    expect(named('unsubscribe-trap').list.unsubscribe.join(' ')).toContain('127.0.0.1')
    expect(named('japanese').subject).toContain('木材')
    expect(named('hebrew').text).toContain('שלום נורה')
    expect(named('invite-cancelled').calendar?.method).toBe('CANCEL')
    expect(named('bounce').isReport).toBe(true)
    expect(named('forwarded').attachments[0]?.message?.subject).toBe('Stair core, revision 7')
  })

  test('try to break out of their headers and do not', () => {
    const { headers, bcc } = named('header-smuggling')
    expect(bcc).toEqual([])
    expect(headers.filter(({ name }) => /^x-approved$/i.test(name))).toEqual([])
  })
})
