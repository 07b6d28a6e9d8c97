import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  afterWrongTry,
  approve,
  checkToken,
  covers,
  digestOf,
  hashPassphrase,
  isPassphrase,
  matchesPassphrase,
  mintToken,
  nextTryAt,
  noTries,
  type Staged,
  type TokenRow,
} from '#gate/index.ts'

describe('a token', () => {
  const minted = mintToken(randomBytes)
  const row: TokenRow = {
    id: minted.id,
    name: 'claude',
    profile: 'assistant',
    digest: minted.digest,
    createdAt: 0,
    expiresAt: 1_000,
    revokedAt: undefined,
  }
  const find = (id: string) => (id === row.id ? row : undefined)

  test('is known by its digest alone, and only that is kept', () => {
    expect(checkToken(minted.token, find, 999)).toEqual({ ok: true, value: row })
    expect(JSON.stringify(row)).not.toContain(minted.token.slice(-20))
  })

  test('of another secret, id or shape is refused', () => {
    const other = mintToken(randomBytes).token
    expect(checkToken(other, find, 0)).toMatchObject({ error: 'token_unknown' })
    expect(checkToken(`pst_${minted.id}_${other.slice(-43)}`, find, 0)).toMatchObject({ error: 'token_unknown' })
    for (const odd of ['', 'x', minted.token.slice(0, -1), `${minted.token} `, minted.token.toUpperCase()]) {
      expect(checkToken(odd, find, 0)).toMatchObject({ error: 'token_malformed' })
    }
  })

  test('ends when its time is over and when it is revoked', () => {
    expect(checkToken(minted.token, find, 1_000)).toMatchObject({ error: 'token_expired' })
    expect(checkToken(minted.token, () => ({ ...row, revokedAt: 5 }), 6)).toMatchObject({ error: 'token_revoked' })
  })

  test('is not made from a random source that fails', () => {
    expect(() => mintToken(() => new Uint8Array(0))).toThrow()
  })

  test('no text makes the check throw', () => {
    fc.assert(fc.property(fc.string(), text => !checkToken(text, find, 0).ok))
  })
})

describe('a passphrase', () => {
  const row = hashPassphrase('korrekt häst', randomBytes(16))

  test('matches itself, however its letters are composed, and nothing else', () => {
    expect(matchesPassphrase('korrekt ha\u0308st', row)).toBe(true)
    expect(matchesPassphrase('korrekt hast', row)).toBe(false)
  })

  test('of three characters is none', () => {
    expect([isPassphrase('123'), isPassphrase('1234'), isPassphrase('x'.repeat(257))]).toEqual([false, true, false])
  })

  test('can be tried three times at once, then ever more slowly, up to an hour', () => {
    let tries = noTries
    const waits: number[] = []
    for (let i = 0; i < 20; i++) {
      waits.push(nextTryAt(tries, 0))
      tries = afterWrongTry(tries, 0)
    }
    expect(waits.slice(0, 6)).toEqual([0, 0, 0, 10_000, 20_000, 40_000])
    expect(waits.at(-1)).toBe(3_600_000)
  })

  test('is not waited for longer because the clock was set back', () => {
    expect(nextTryAt({ failures: 3, lastAt: 1e12 }, 1_000)).toBe(11_000)
  })
})

describe('an approval', () => {
  const staged: Staged = { id: 'a1f3c2', digest: 'd1', state: 'waiting', createdAt: 0, expiresAt: 100 }

  test('is for what the person was shown', () => {
    expect(approve(staged, 'd2', 1)).toMatchObject({ error: 'staged_changed' })
  })

  test('comes once, and in time', () => {
    for (const state of ['approved', 'denied', 'expired', 'void', 'done', 'failed'] as const) {
      expect(approve({ ...staged, state }, 'd1', 1)).toMatchObject({ error: 'already_decided' })
    }
    expect(approve(staged, 'd1', 100)).toMatchObject({ error: 'staged_expired' })
  })

  test('fits one digest, for a day', () => {
    const approval = approve(staged, 'd1', 1)
    if (!approval.ok) throw new Error('not approved')
    expect(covers(approval.value, 'd1', 2).ok).toBe(true)
    expect(covers(approval.value, 'd2', 2)).toMatchObject({ error: 'staged_changed' })
    expect(covers(approval.value, 'd1', approval.value.expiresAt)).toMatchObject({ error: 'approval_expired' })
  })

  test('no two lists of parts have one digest', () => {
    const parts = fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 })
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const same = JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort())
        expect(digestOf(one) === digestOf(other)).toBe(same)
      }),
    )
    expect(digestOf({ a: '1:b=', b: '' })).not.toBe(digestOf({ a: '', b: '1:b=' }))
  })
})
