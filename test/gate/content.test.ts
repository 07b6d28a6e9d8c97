import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codesIn, hasCode } from '#gate/content/codes.ts'
import { fingerprints, overlaps, pieceLength, reduced, windowPrints } from '#gate/content/fingerprints.ts'
import { linksIn, normalLink } from '#gate/content/links.ts'
import { hasPaymentDetails } from '#gate/content/payment.ts'
import { hasSecret } from '#gate/content/secrets.ts'

describe('fingerprints', () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,12}$/)

  test('a shared run of pieces and window always shares one', () => {
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 40 }),
        fc.array(word, { maxLength: 40 }),
        fc.stringMatching(/^[a-z0-9]{39,80}$/),
        (before, after, shared) => {
          expect(shared.length).toBeGreaterThanOrEqual(pieceLength + windowPrints - 1)
          const one = fingerprints(`${before.join(' ')} ${shared} ${after.join(' ')}`)
          const other = fingerprints(`${after.join(', ')}; ${shared.toUpperCase()}. ${before.join('-')}`)
          expect(overlaps(one, other)).toBe(true)
        },
      ),
    )
  })

  test('different texts share none', () => {
    const one = fingerprints('The quarterly report is due on Friday, please send the numbers of your team.')
    const other = fingerprints('We had a lovely time at the lake and the children want to come back in summer.')
    expect(overlaps(one, other)).toBe(false)
  })

  test('a text shorter than a piece has none', () => {
    expect(fingerprints('ok, thanks').size).toBe(0)
  })

  test('wide letters and soft hyphens are the letters that they look like', () => {
    expect(reduced('Ｈｅｌ\u00adｌｏ, World')).toBe('helloworld')
  })
})

describe('codes', () => {
  test('stand near a word that announces them, also a line away', () => {
    expect([...codesIn('Your verification code\n\n   463 820\n\nvalid for 10 minutes')]).toContain('463820')
  })

  test('years, dates and telephone numbers elsewhere are none', () => {
    expect(codesIn('Dinner in 2026? Call 0151 2345678.').size).toBe(0)
  })

  test('are found however they are spaced', () => {
    expect(hasCode('4-6-3-8-2-0', new Set(['463820']))).toBe(true)
    expect(hasCode('463 821', new Set(['463820']))).toBe(false)
  })
})

describe('links', () => {
  test.each([
    ['see https://Example.COM./a?b=1#c.', 'https://example.com/a?b=1#c'],
    ['bit.ly/sUf7tOJ', 'https://bit.ly/sUf7tOJ'],
    ['www.example.org', 'https://www.example.org/'],
    ['[x](https://a.example/y)', 'https://a.example/y'],
    ['javascript:alert1', 'javascript:alert1'],
  ])('%s', (text, link) => {
    expect(linksIn(text).map(normalLink)).toContain(link.endsWith('alert1') ? normalLink(link) : link)
  })

  test.each(['Note: see below', 'at 10:30', 'a@example.com', 'and/or', '3.5/4'])('%s is none', text => {
    expect(linksIn(text)).toEqual([])
  })
})

test('order numbers and prices are no payment details', () => {
  expect(hasPaymentDetails('Order 1234567890123456, total 19.99, room 4, on 2024-05-19')).toBe(false)
})

test('no text makes the searches slow or throw', () => {
  const hostile = [
    'a.'.repeat(100_000),
    '4 '.repeat(100_000),
    'code '.repeat(50_000),
    'eyJ'.repeat(60_000),
    'http://'.repeat(40_000),
    'DE89 '.repeat(40_000),
    'password is '.repeat(30_000),
  ]
  for (const text of hostile) {
    const before = process.cpuUsage()
    linksIn(text)
    codesIn(text)
    hasSecret(text)
    hasPaymentDetails(text)
    fingerprints(text)
    const { user } = process.cpuUsage(before)
    expect(user / 1e6, text.slice(0, 12)).toBeLessThan(5)
  }
})
