import { readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { programs } from '../../memory/vectors.ts'
import { newDirectory } from '../../postern.ts'
import { inProcess } from './in-process.ts'

const vectors = resolve(import.meta.dirname, '../../vectors/memory')
const replayed = async (file: string) => {
  const { stdout, stderr, exit } = await inProcess(['memory', 'replay', file])
  expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 })
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}

describe('the verdicts of another implementation are reproduced, field by field:', () => {
  test.each(programs().map(program => [program.name, program] as const))('%s', async (name, { steps, log }) => {
    const lines = await replayed(join(vectors, name))
    const expected = steps.map(({ commit: _commit, now: _now, query: _query, ...verdict }) => verdict)
    expect(lines.slice(0, -1)).toEqual(expected)
    expect(lines.at(-1)).toEqual({ len: log.len, sha256: log.sha256 })
  })
})

test('a program of one’s own needs nothing but its steps, and leaves nothing behind', async () => {
  const file = join(newDirectory('program'), 'program.json')
  writeFileSync(file, JSON.stringify({ steps: [{ commit: '', now: 5 }, { query: '(query' }, { query: '(query)' }] }))
  expect(await replayed(file)).toEqual([
    { ok: true, committed_at: 5, log_len: 31 },
    { ok: false, err: 'Parse.UnexpectedEof' },
    { ok: true, flags: 0, records: [] },
    { len: 39, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ])
  expect(readdirSync(tmpdir()).filter(name => name.startsWith(`postern-replay-${process.pid}-`))).toEqual([])
})

test('what is no program is refused', async () => {
  const file = join(newDirectory('program'), 'program.json')
  expect(await inProcess(['memory', 'replay', file])).toMatchObject({ stdout: '', exit: 4 })
  writeFileSync(file, '[]')
  expect(await inProcess(['memory', 'replay', file])).toMatchObject({ stdout: '', exit: 2 })
})
