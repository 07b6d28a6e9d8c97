import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'
import { newDirectory, postern } from '../postern.ts'

const story = join(import.meta.dirname, '..', '..', 'scripts', 'story.ts')
const source = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

const executable = inject('executable')

test.each([
  { how: 'from source, as npm start does', teller: [process.execPath, story], program: [process.execPath, source] },
  { how: 'with the executable', teller: [process.execPath, story, executable], program: [executable] },
  { how: 'by the executable itself', teller: [executable, 'demo', '--story', '-n', '500'], program: [executable] },
])('the story is told by the running system: $how', ({ teller: [file = '', ...words], program }) => {
  const HOME = newDirectory('home')
  const env = { HOME, PATH: process.env.PATH ?? '' }
  const run = (...args: string[]) => postern(['--demo', ...args], { program, env })
  onTestFinished(() => {
    run('daemon', 'stop')
  })
  const told = spawnSync(file, words, { env, encoding: 'utf8', timeout: 120_000 })
  expect(told.stderr).toBe('')
  expect(told.status).toBe(0)
  expect(told.stdout).toContain('500 messages added')
  expect(told.stdout).toContain('it reads the thread: 5 messages')
  expect(told.stdout).toMatch(/the gate: Held for the person \(.*one_time_code.*\)/)
  expect(told.stdout).toMatch(/2 drafts: 2 accepted; \d+ memories/)
  expect(told.stdout).toMatch(/mail: message \w+ from henrik\.dahl@harbour-library\.example/)
  expect(told.stdout).toMatch(/tail +clean/)
  expect(told.stdout).toMatch(/sound: \d+ entries/)

  // What it left behind: the letter waits and has gone nowhere, the memory is there and leads back to its message.
  const waiting = JSON.parse(run('approvals', 'list', '--json').stdout)
  expect(waiting.items).toMatchObject([{ state: 'waiting', request: 'send.queue' }])
  const sent = JSON.parse(run('search', 'to:mark.black-2134@quickmail.example in:sent', '--json').stdout)
  expect(sent.items).toEqual([])
  const [recalled] = JSON.parse(run('memory', 'recall', 'when does planting begin', '--json').stdout).items
  expect(recalled).toMatchObject({ confirmed: false, waiting: false })
  expect(run('memory', 'verify')).toMatchObject({ exit: 0 })
  expect(run('activity', 'verify')).toMatchObject({ exit: 0 })
})
