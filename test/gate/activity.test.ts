import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ActivityDetails, type ActivityEntry, chainStart, sealActivity, verifyChain } from '#gate/index.ts'

const details: ActivityDetails = {
  origin: 'mcp',
  actor: 'a1b2c3d4e5f6',
  profile: 'assistant',
  action: 'mail.read',
  verdict: 'allow',
  reason: null,
  accounts: ['work'],
  targets: ['6M1TJ8Z2Q4'],
  counts: {},
}

function chain(length: number): ActivityEntry[] {
  const entries: ActivityEntry[] = []
  for (let i = 0; i < length; i++) {
    const previous = entries.at(-1) ?? { seq: 0, hash: chainStart }
    entries.push(sealActivity(previous, { at: i, tier: 'standard', details, salt: randomBytes(16) }))
  }
  return entries
}

describe('the chain', () => {
  const entries = chain(12)
  const last = entries.at(-1)

  test('holds', () => {
    expect(verifyChain(entries, undefined, last)).toMatchObject({ fault: undefined, seq: 12 })
  })

  test('holds after details were taken away, and goes on from a checkpoint', () => {
    const redacted = entries.map(entry => (entry.seq % 2 === 0 ? { ...entry, details: undefined } : entry))
    expect(verifyChain(redacted).fault).toBeUndefined()
    expect(verifyChain(redacted.slice(5), redacted[4]).fault).toBeUndefined()
  })

  test('shows any changed, missing, swapped or inserted entry', () => {
    const index = fc.nat(entries.length - 1)
    const damage = fc.oneof(
      index.map(at => entries.toSpliced(at, 1)).filter(left => left.length < 12 && left.at(-1) === last),
      index.map(at => entries.toSpliced(at, 0, ...entries.slice(at, at + 1))),
      index
        .filter(at => at > 0)
        .map(at => entries.with(at, { ...(entries[at - 1] ?? entries[0]), seq: at + 1 } as ActivityEntry)),
      index.map(at => entries.with(at, { ...entries[at], at: 99 } as ActivityEntry)),
      index.map(at => entries.with(at, { ...entries[at], tier: 'important' } as ActivityEntry)),
      index.map(at => entries.with(at, { ...entries[at], details: '{}' } as ActivityEntry)),
    )
    fc.assert(fc.property(damage, damaged => verifyChain(damaged).fault !== undefined))
  })

  test('that was cut off at its end is missed by whoever knows its head', () => {
    expect(verifyChain(entries.slice(0, 9)).fault).toBeUndefined()
    expect(verifyChain(entries.slice(0, 9), undefined, last).fault).toBe('cut_off')
  })

  test('the same details give another digest each time, so that they cannot be guessed', () => {
    expect(entries[0]?.detailsDigest).not.toBe(entries[1]?.detailsDigest)
  })
})
