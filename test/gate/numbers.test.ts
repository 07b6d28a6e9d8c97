import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/**
 * Each numbered requirement on the process, the gate, origins, approvals, activity and MCP, and the test that holds it:
 * file and a piece of its title. Where one does not apply, why.
 */
const held: Readonly<Record<string, readonly (readonly [file: string, title: string])[] | string>> = {
  'S-01': [['daemon/process.test.ts', 'is 0600 in a directory that is 0700, whatever the umask']],
  'S-02': [
    ['daemon/process.test.ts', 'a directory that others may enter is refused on both sides'],
    ['daemon/protocol.test.ts', 'the key is not told to who lacks it'],
  ],
  'S-03': [['daemon/process.test.ts', 'what is no socket, or a link to one, is refused']],
  'S-04': [['base/paths.test.ts', 'never in a shared temporary one']],
  'S-05': [['daemon/process.test.ts', 'one serves, the other ends without touching the store']],
  'S-06': [['daemon/frame.test.ts', 'no bytes make it throw']],
  'S-07': [['daemon/connection.test.ts', 'begins a frame and never ends it, a byte at a time']],
  'S-08': [['mcp/server.test.ts', 'that throws says nothing of why, to the client or the log']],
  'S-09': [['daemon/protocol.test.ts', 'an answer that does not fit into a frame is an error of its own']],
  'S-10': 'the daemon has no TCP socket',
  'S-11': [['daemon/process.test.ts', 'one that was killed leaves nothing that keeps the next from starting']],
  'S-12': [['daemon/process.test.ts', 'another one in its place is not removed']],
  'S-13': [['daemon/protocol.test.ts', 'one that waits keeps no other of its connection waiting']],
  'S-14': [['system/daemon.test.ts', 'over SSH it is standard input and output, and nothing but frames']],
  'S-20': [['gate/bypasses.test.ts', 'S-20: nobody becomes a person by saying so']],
  'S-21': [
    ['gate/accounts.test.ts', 'is refused, by the name of the rule, every request of a capability that it lacks'],
  ],
  'S-22': [['gate/accounts.test.ts', 'learns nothing of another and changes nothing of it, by any request']],
  'S-23': [['gate/accounts.test.ts', 'S-23: is refused what names one account and means another']],
  'S-24': [['gate/accounts.test.ts', 'S-24: asks about all accounts and is answered for its own, not refused']],
  'S-25': [['gate/bypasses.test.ts', '8. S-25: a profile that only reads']],
  'S-26': [['gate/bypasses.test.ts', '7. S-26: no request and no tool takes the path of a file']],
  'S-27': [['gate/decide.test.ts', 'a reader changes nothing and sends nothing']],
  'S-28': [['gate/bypasses.test.ts', 'S-28, nothing that reconfigures is open to an agent']],
  'S-29': [['gate/bypasses.test.ts', '9. S-29: leaving a list is held where it writes a mail']],
  'S-30': [
    ['gate/bypasses.test.ts', '14. S-30: settings that cannot be read open nothing'],
    ['gate/decide.test.ts', 'a restriction more never allows more'],
  ],
  'S-31': 'there is no profile of that name',
  'S-40': [
    [
      'mail/outbox/decide.test.ts',
      'does exactly what was seen: what arrives later is left, what changed since is stale',
    ],
  ],
  'S-41': [['mail/outbox/decide.test.ts', 'is applied once, by whoever made it, within ten minutes']],
  'S-42': [['gate/approvals.test.ts', 'S-42: an approval of another digest, or of what has changed since, is void']],
  'S-43': [['gate/approvals.test.ts', 'S-43: whoever asked cannot approve, however it is tried']],
  'S-44': [['gate/approvals.test.ts', 'S-44: a yes counts once']],
  'S-45': [
    ['gate/decide.test.ts', 'bytes in an hour'],
    ['gate/credentials.test.ts', 'is not waited for longer because the clock was set back'],
  ],
  'S-46': [
    ['mail/drafts/sends.test.ts', 'interrupted before its end waits again; after it nobody knows, and it stays'],
  ],
  'S-47': [
    ['mail/compose/message.test.ts', 'an address that is not the person’s own'],
    ['mail/compose/message.test.ts', 'a header that ends early'],
  ],
  'S-48': 'HTML is made from Markdown by us and taken from nobody; test/mail/compose/markdown.test.ts',
  'S-49': [['daemon/sending/checks.test.ts', 'what looks like a secret is never repeated']],
  'S-50': [['daemon/sending/checks.test.ts', 'domains that were called sensitive block, those below them too']],
  'S-51': [['gate/bypasses.test.ts', '11. S-51: a file of this machine in a draft']],
  'S-52': [['gate/approvals.test.ts', 'S-52: what an agent did is taken back by it, not by another']],
  'S-53': [['gate/approvals.test.ts', 'S-53: the same key again gives the first answer again']],
  'S-60': [['gate/approvals.test.ts', 'S-60, S-61: every origin leaves a row']],
  'S-61': [['gate/approvals.test.ts', 'S-60, S-61: every origin leaves a row']],
  'S-62': [['gate/approvals.test.ts', 'S-62, S-64: a row names the request by its own name']],
  'S-63': 'the record has no switch; bypasses.test.ts, 6',
  'S-64': [['gate/approvals.test.ts', 'S-62, S-64: a row names the request by its own name']],
  'S-65': [['gate/approvals.test.ts', 'S-65: an entry names fifty targets at most']],
  'S-66': [
    ['gate/approvals.test.ts', 'S-66: a row that is changed, or cut off at the end, is noticed'],
    ['gate/activity.test.ts', 'shows any changed, missing, swapped or inserted entry'],
  ],
  'S-67': 'a row is written before an effect is answered: nothing is queued that could be dropped',
  'S-68': [['gate/approvals.test.ts', 'S-68: what the person redacts is gone from list and store']],
  'S-121': [['system/replay.test.ts', 'no recorded attack has an effect, and most honest tasks need nobody']],
  'S-122': [['mail/render/hidden.test.ts', 'characters that cannot be seen are taken out and counted']],
}

test.each(Object.entries(held))('%s is held by a test that is there', (_number, tests) => {
  if (typeof tests === 'string') return expect(tests.length).toBeGreaterThan(15)
  for (const [file, title] of tests)
    expect(readFileSync(join(import.meta.dirname, '..', file), 'utf8')).toContain(title)
})

test('none of the numbers is left out', () => {
  const numbers = [...range(1, 14), ...range(20, 31), ...range(40, 53), ...range(60, 68), 121, 122]
  expect(Object.keys(held)).toEqual(numbers.map(each => `S-${String(each).padStart(2, '0')}`))
})

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at)
}
