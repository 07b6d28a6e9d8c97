import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Mailbox } from '#mail/providers/provider.ts'
import { chooseMailboxes, matches } from '#mail/sync/choose.ts'
import { ProgressMeter } from '#mail/sync/progress.ts'

const mailbox = (key: string, role: Mailbox['role'] = null): Mailbox => {
  return { key, name: key, role, messages: null, objectId: null, state: null }
}

describe('which mailboxes', () => {
  test('the inbox comes first, what was thrown away last', () => {
    const all = [mailbox('Trash', 'trash'), mailbox('A'), mailbox('Sent', 'sent'), mailbox('INBOX', 'inbox')]
    const chosen = chooseMailboxes(all, { include: [], exclude: [] })
    expect(chosen.map(({ key }) => key)).toEqual(['INBOX', 'Sent', 'A', 'Trash'])
  })

  test('what is excluded stays out, even when it is included', () => {
    const all = [mailbox('Lists/a'), mailbox('Lists/b'), mailbox('Other')]
    expect(chooseMailboxes(all, { include: ['Lists/*'], exclude: ['*/b'] }).map(({ key }) => key)).toEqual(['Lists/a'])
  })

  test('a pattern matches what the same regular expression does', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', '*', '/') })
    fc.assert(
      fc.property(words, fc.string({ unit: fc.constantFrom('a', 'b', '/') }), (pattern, text) => {
        const oracle = new RegExp(`^${pattern.replaceAll('*', '.*')}$`)
        expect(matches(pattern, text)).toBe(oracle.test(text))
      }),
    )
  })
})

describe('progress', () => {
  test('counts what is here and what is to come, and guesses from the last minute', () => {
    const meter = new ProgressMeter()
    meter.expect('INBOX', 1_000)
    expect(meter.read(0)).toEqual({ done: 0, total: 1_000, etaMs: null })
    meter.note('INBOX', { remaining: 900, stored: 100 }, 1_000)
    meter.note('INBOX', { remaining: 800, stored: 100 }, 2_000)
    expect(meter.read(2_000)).toEqual({ done: 200, total: 1_000, etaMs: 8_000 })
    meter.note('INBOX', { remaining: 0, stored: 800 }, 3_000)
    expect(meter.read(3_000)).toEqual({ done: 1_000, total: 1_000, etaMs: 0 })
  })
})
