import { describe, expect, test } from 'vitest'
import { following } from '#daemon/sending/outcome.ts'
import type { SmtpOutcome, SmtpTrouble } from '#mail/providers/smtp/index.ts'

const now = 1_000_000_000
const answered = (outcome: SmtpOutcome, attempts = 1, firstTryAt = now) =>
  following(outcome, { claimed: { id: 1, attempts, pending: ['a@b.example'] }, now, firstTryAt, chance: 0.5 })
const no = (
  code: SmtpTrouble['code'],
  refused: Extract<SmtpOutcome, { outcome: 'not_taken' }>['refused'] = [],
): SmtpOutcome => ({
  outcome: 'not_taken',
  trouble: { code, message: 'm' },
  refused,
})

describe('a message', () => {
  test('of which nobody knows is not tried again', () => {
    const { settlement } = answered({ outcome: 'unknown', trouble: { code: 'network', message: 'cut' } })
    expect(settlement.outcome).toBe('unknown')
  })

  test('that is refused for good is over', () => {
    expect(answered(no('refused')).settlement.outcome).toBe('given_up')
  })

  test('whose recipients alone are refused is not over for the others', () => {
    const refused = [{ recipient: 'a@b.example', isForNow: false, reply: 550, message: 'no' }]
    expect(answered(no('refused', refused)).settlement).toMatchObject({
      outcome: 'not_taken',
      refused: [{ code: '550' }],
    })
  })

  test('that is refused for now (greylisting) is tried after a minute, and ever less often', () => {
    const waits = [1, 2, 3, 4, 5, 6, 50].map(
      attempts => answered(no('refused_for_now'), attempts).settlement.againAt - now,
    )
    expect(waits).toEqual([60_000, 300_000, 900_000, 1_800_000, 3_600_000, 3_600_000, 3_600_000])
  })

  test('that was refused for five days is given up', () => {
    const days = 24 * 60 * 60_000
    expect(answered(no('refused_for_now'), 90, now - 4.9 * days).settlement.outcome).toBe('not_taken')
    expect(answered(no('refused_for_now'), 90, now - 5.1 * days).settlement.outcome).toBe('given_up')
  })

  test('waits for the network as long as that takes', () => {
    const weekAgo = now - 7 * 24 * 60 * 60_000
    const { settlement, pauseUntil } = answered(no('network'), 500, weekAgo)
    expect(settlement.outcome).toBe('not_taken')
    expect(pauseUntil).toBe(now + 15 * 60_000)
  })

  test.each(['auth', 'auth_unsupported'] as const)('that %s stops waits for a person and for nothing else', code => {
    expect(answered(no(code)).pauseUntil).toBe('person')
  })

  test('with a certificate that is wrong is not given up and not hurried', () => {
    expect(answered(no('tls'), 9).pauseUntil).toBe(now + 15 * 60_000)
  })
})
