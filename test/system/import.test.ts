import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
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

const kernelSetting = '/sys/kernel/mm/transparent_hugepage/enabled'
const givesLargePages = existsSync(kernelSetting) && readFileSync(kernelSetting, 'latin1').includes('[madvise]')

// Elsewhere nothing is started anew: the kernel gives such pages to everybody or nobody.
test.runIf(givesLargePages)('the executable starts itself anew for large pages, and is the same process', async () => {
  const root = tree(Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`${at}.eml`, letter(`number ${at}`)])))
  const child = spawn(executable, ['import', '--json', root], { env: { HOME: newDirectory('home'), KEPT: 'yes' } })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', piece => {
    said += piece
  })
  const closed = once(child, 'close')
  let environment = ''
  while (child.exitCode === null && !environment.includes('GLIBC_TUNABLES=')) {
    environment = readFileSync(`/proc/${child.pid}/environ`, 'latin1')
    await delay(1)
  }
  await closed
  expect(environment).toContain('KEPT=yes')
  expect(environment).toContain('GLIBC_TUNABLES=glibc.malloc.hugetlb=1')
  expect(JSON.parse(said)).toMatchObject({ imported: 500 })
})
