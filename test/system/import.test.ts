import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { crashRounds } from '../../scripts/import-crash/rounds.ts'
import { letter, tree } from '../mail/import/tree.ts'
import { newDirectory, postern } from '../postern.ts'

const executable = inject('executable')

test('the executable imports a Maildir, an mbox and letters, and finds them', () => {
  const env = { HOME: newDirectory('home') }
  const run = (...args: string[]) => postern(args, { program: [executable], env })
  const root = tree({
    'Mail/cur/1.a:2,S': letter('in a Maildir'),
    'Mail/.Sent/new/2.b': letter('sent'),
    'Mail/.Sent/cur/': '',
    'old.mbox': `From ann@a.example Thu Oct  1 12:00:00 2026\n${letter('in an mbox')}\n`,
    'letters/3.eml': letter('in a file'),
  })
  const { stdout, stderr, exit } = run('import', '--json', root)
  expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 })
  expect(JSON.parse(stdout)).toMatchObject({ imported: 4, skipped: 0, defective: 0, seconds: expect.any(Number) })
  expect(run('search', '--ids', 'subject:in').stdout.trim().split('\n')).toHaveLength(3)
  expect(JSON.parse(run('import', '--json', '--dry-run', join(root, 'old.mbox')).stdout)).toMatchObject({ skipped: 1 })
})

test('the executable, killed and started again, imports what it would have imported', async () => {
  const options = { program: [executable], rounds: 4, messages: 3000, seed: 3, tell: () => {} }
  expect(await crashRounds(options)).toEqual({ kills: 4, compared: expect.any(Number) })
})
