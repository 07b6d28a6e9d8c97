import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/**
 * The numbered requirements on harness, librarian, drafts, mirror and quorum, on memory as a channel of injection, and
 * on what goes on under load. Most stand in the title of the test that holds them; for the others the file and a piece
 * of the title are named here, or why there is none.
 */
const elsewhere: Readonly<Record<string, readonly [file: string, title: string] | string>> = {
  'S7.4':
    'nothing writes a configuration anew: accounts are added to it as text, with a backup (test/config/edit.test.ts)',
  'S7.14': ['librarian/drafts.test.ts', 'never moves a draft over another of the same name'],
  'S7.15': ['cli/librarian.test.ts', 'a draft that was changed on disk is put aside, not believed'],
  'S7.16': [
    'librarian/drafts.test.ts',
    'never shares its id with one of other fields, wherever the borders between them are',
  ],
  'S7.17': ['librarian/drafts.test.ts', 'keeps a draft once, in whichever state it is'],
  'S9.8': 'needs a live model; bench/adversarial.ts counts the same without one',
  'S9.9': ['base/printable.test.ts', 'nothing that steers a terminal is left, whatever comes in'],
  'S10.2': 'the suite names no host but this machine; bypasses.test.ts, 10, names the files that can speak HTTP',
  'S10.4': 'docs/memory.md and docs/librarian.md: nothing is deleted, revoking appends',
  'S11.1': ['memory/store.test.ts', 'takes over from a process that is gone, and tells'],
  'S11.2': [
    'system/full-disk.test.ts',
    'on a full disk decisions are refused, those before stay, and with room it goes on',
  ],
  'S11.3': ['librarian/queue-size.test.ts', 'of a hundred thousand drafts'],
  'S11.6': [
    'memory/compile/properties.test.ts',
    'clocks of commits only ever grow, whatever the clock on the wall does',
  ],
}

const root = join(import.meta.dirname, '..')
const tests = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.test.ts') && !file.endsWith('numbers.test.ts'))
  .map(file => readFileSync(join(root, file), 'utf8'))
  .join('\n')
const numbers = [...range('S7', 34), ...range('S9', 9), ...range('S10', 4), ...range('S11', 6)]

test.each(numbers)('%s is held by a test', number => {
  const known = elsewhere[number]
  if (known === undefined)
    expect(new RegExp(`['\`][^'\`\\n]*\\b${number.replace('.', '\\.')}\\b`).test(tests)).toBe(true)
  else if (typeof known === 'string') expect(known.length).toBeGreaterThan(30)
  else expect(readFileSync(join(root, known[0]), 'utf8')).toContain(known[1])
})

function range(chapter: string, last: number): string[] {
  return Array.from({ length: last }, (_, at) => `${chapter}.${at + 1}`)
}
