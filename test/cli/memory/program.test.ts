import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { Failure } from '#base/failure.ts'
import { programBytesMax, readProgram } from '#cli/commands/memory/program.ts'

const bytes = (program: unknown) => Buffer.from(JSON.stringify(program))

describe('what is no program is refused:', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['no JSON', Buffer.from('(sem @a b 1)')],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['a broken gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0])],
    ['a list', bytes([])],
    ['no steps', bytes({ seed: 1 })],
    ['a step that is a text', bytes({ steps: ['x'] })],
    ['a commit without its time', bytes({ steps: [{ commit: '' }] })],
    ['a time that is none', bytes({ steps: [{ commit: '', now: 'soon' }] })],
    ['a negative time', bytes({ steps: [{ commit: '', now: -1 }] })],
    ['a time with a fraction', bytes({ steps: [{ commit: '', now: 1.5 }] })],
    ['a number that JSON has rounded', bytes({ steps: [{ commit: '', now: 2 ** 60 }] })],
    ['the time that is none in the log', bytes({ steps: [{ commit: '', now: '18446744073709551615' }] })],
    ['a commit that is no text', bytes({ steps: [{ commit: 1, now: 1 }] })],
  ])('%s', (_name, given) => {
    expect(() => readProgram(given)).toThrow(Failure)
  })

  test('a small file that unpacks to more than any program has', () => {
    expect(() => readProgram(gzipSync(Buffer.alloc(programBytesMax + 1, 0x20)))).toThrow(Failure)
  })
})

test('commits with their times and queries, gzipped or not', () => {
  const program = {
    seed: 7,
    steps: [
      { commit: '(a)', now: '1713350400000', ok: true },
      { commit: '', now: 5 },
      { query: '(query)', flags: 0 },
      { commit: '(b)', now: '18446744073709551614' },
    ],
  }
  const steps = [
    { type: 'commit', input: '(a)', now: 1713350400000 },
    { type: 'commit', input: '', now: 5 },
    { type: 'query', input: '(query)' },
    { type: 'commit', input: '(b)', now: 2n ** 64n - 2n },
  ]
  expect(readProgram(bytes(program))).toEqual(steps)
  expect(readProgram(gzipSync(bytes(program)))).toEqual(steps)
})
