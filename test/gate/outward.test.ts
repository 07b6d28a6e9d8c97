import { describe, expect, test } from 'vitest'
import { afterReading, decide, outwardRules, STAGE_REASONS, untainted } from '#gate/index.ts'
import { david, emma, having, reading, self, sending, session, stranger } from './facts.ts'

const julie = { address: 'julie@bluesparrow.example', relation: 'correspondent', inThread: true } as const
const party =
  "I'm planning a birthday party for John next weekend and would love for you to come. It's going to be at our place."

function reasons(intent: Parameters<typeof decide>[0], asking: Parameters<typeof decide>[1]): readonly string[] {
  const verdict = decide(intent, asking)
  return verdict.verdict === 'stage' ? verdict.reasons : [verdict.verdict]
}

test('every rule has a reason that people are told, and every reason of the outward rules a rule', () => {
  for (const { reason, why } of outwardRules) {
    expect(STAGE_REASONS[reason]).toBeTruthy()
    expect(why).toMatch(/\.$/)
  }
})

describe('recipients', () => {
  test('somebody to whom the person never wrote is held, also among others', () => {
    expect(reasons(sending({ recipients: [david, stranger] }), session())).toEqual(['new_recipient'])
  })

  test('somebody who resembles a correspondent is held', () => {
    const twin = { ...stranger, address: 'davld@bluesparrow.example', resembles: david.address }
    expect(reasons(sending({ recipients: [twin] }), session())).toContain('look_alike_recipient')
  })

  test('an answer to where Reply-To points is held, one to the author is not', () => {
    const answers = { author: david.address, replyTo: [julie.address], authentication: 'none' } as const
    expect(reasons(sending({ kind: 'reply', recipients: [julie], answers }), session())).toEqual(['reply_to_switch'])
    expect(reasons(sending({ kind: 'reply', recipients: [david], answers }), session())).toEqual(['allow'])
  })

  test('an answer to a message that fails its checks is held', () => {
    const answers = { author: david.address, replyTo: [david.address], authentication: 'fail' } as const
    expect(reasons(sending({ kind: 'reply', answers }), session())).toEqual(['unauthenticated_sender'])
  })

  test('six at once are held', () => {
    const many = Array.from({ length: 6 }, (_, i) => ({ ...david, address: `d${i}@bluesparrow.example` }))
    expect(reasons(sending({ recipients: many }), session())).toEqual(['many_recipients'])
  })
})

describe('content', () => {
  test("one person's words for another are held, in any case and spacing", () => {
    const read = having({ author: 'lily@white.example', text: party })
    const shouted = party.toUpperCase().replaceAll(' ', '\n ')
    expect(reasons(sending({ text: `See below:\n${shouted}` }), read)).toEqual(['foreign_content'])
  })

  test('words with invisible characters between the letters are still the same words', () => {
    const read = having({ author: 'lily@white.example', text: party })
    const text = [...party].join('\u200b')
    expect(reasons(sending({ text }), read)).toEqual(['foreign_content'])
  })

  test('a quote goes back to its author, and to whoever had the message', () => {
    const read = having({ author: david.address, audience: [emma, julie.address], text: party })
    const text = `Gladly!\n> ${party}`
    expect(reasons(sending({ recipients: [david], text }), read)).toEqual(['allow'])
    expect(reasons(sending({ recipients: [julie], text }), read)).toEqual(['allow'])
    expect(reasons(sending({ recipients: [{ ...julie, address: 'katie@bluesparrow.example' }], text }), read)).toEqual([
      'foreign_content',
    ])
  })

  test("what the person wrote is the person's to send", () => {
    expect(reasons(sending({ text: party }), having({ author: emma, own: true, text: party }))).toEqual(['allow'])
  })

  test.each(['Your code: 463820', 'it is 4 6 3 8 2 0', '463-820', 'four: 463 820.'])(
    'a one-time code that was read is held: %s',
    text => {
      const read = having({ author: 'security@facebook.example', text: 'Your Facebook security code is: 463820' })
      expect(reasons(sending({ recipients: [self], text }), read)).toContain('one_time_code')
    },
  )

  test('a password without digits is a code too', () => {
    const read = having({ author: 'it@bluesparrow.example', text: 'Your new password is: correcthorse' })
    expect(reasons(sending({ text: 'try correcthorse' }), read)).toContain('one_time_code')
  })

  test('numbers that no code mail had are numbers', () => {
    const read = having({ text: 'The meeting is on 2024-05-19 at 12:00, room 1204, call 555 0100' })
    expect(reasons(sending({ text: 'See you on 2024-05-19 in 1204' }), read)).toEqual(['allow'])
  })

  test.each([
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk'],
    ['an access key', 'use AKIAIOSFODNN7EXAMPLE please'],
    ['a token', `ghp_${'a1B2'.repeat(9)}`],
    ['a password in an address', 'postgres://admin:hunter2secret@db.example/x'],
  ])('%s is held', (_what, text) => {
    expect(reasons(sending({ text }), session())).toEqual(['secret'])
  })

  test('payment details are held once the session has read what others wrote', () => {
    const text = 'Please use the new account DE89 3704 0044 0532 0130 00 from now on.'
    expect(reasons(sending({ text }), having({}))).toEqual(['payment_details'])
    expect(reasons(sending({ text }), session())).toEqual(['allow'])
  })

  test('a link that the person never typed is held, one of hers is not', () => {
    const link = (typedByPerson: boolean) => ({ links: [{ url: 'https://bit.ly/sUf7tOJ', typedByPerson }] })
    expect(reasons(sending(link(false)), session())).toEqual(['unknown_link'])
    expect(reasons(sending(link(true)), session())).toEqual(['allow'])
  })

  test('a file that an agent chose is held, one that the person chose is not', () => {
    const file = (chosenBy: 'person' | 'agent') => ({ attachments: [{ name: 'a.pdf', sizeBytes: 1, chosenBy }] })
    expect(reasons(sending(file('agent')), session())).toEqual(['attachment'])
    expect(reasons(sending(file('person')), session())).toEqual(['allow'])
  })
})

describe('what is not a letter', () => {
  test('forwards, answers to invitations and unsubscriptions are held', () => {
    expect(reasons(sending({ kind: 'forward' }), session())).toEqual(['forward'])
    for (const kind of ['invitation_reply', 'unsubscribe_mail', 'unsubscribe_post'] as const) {
      expect(reasons(sending({ kind }), session())).toEqual(['sender_chosen_target'])
    }
  })
})

describe('reading', () => {
  test('much mail of other people holds what follows, even when nothing of it is quoted', () => {
    const twenty = Array.from({ length: 20 }, (_, i) => ({ id: `m${i}` }))
    expect(reasons(sending(), having(...twenty))).toEqual(['allow'])
    expect(reasons(sending(), having(...twenty, { id: 'one more' }))).toEqual(['bulk_read'])
  })

  test('the same message again is no further message', () => {
    expect(reasons(sending(), having(...Array.from({ length: 50 }, () => ({}))))).toEqual(['allow'])
  })

  test('reading without end does not hide what came first', () => {
    let taint = untainted
    for (let i = 0; i < 2_100; i++) taint = afterReading(taint, reading({ id: `m${i}`, text: '' }))
    expect(taint.sources).toHaveLength(2_000)
    expect(taint.overflow).toBe(100)
    expect(reasons(sending(), session({ taint }))).toContain('bulk_read')
  })

  test('memory that nobody confirmed holds what follows', () => {
    expect(reasons(sending(), having({ kind: 'memory', unconfirmed: true }))).toEqual(['untrusted_memory'])
  })

  test('a source that was vouched for before it was read is judged by what it is, in either order', () => {
    const vouched = { kind: 'memory', id: 'm1', author: '', audience: [david.address], own: true, text: '' } as const
    const read = { ...vouched, own: false, audience: [], unconfirmed: true, text: party }
    for (const order of [
      [vouched, read],
      [read, vouched],
    ]) {
      expect(reasons(sending({ text: party }), having(...order))).toEqual(['foreign_content', 'untrusted_memory'])
    }
  })
})
