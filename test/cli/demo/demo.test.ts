import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { newDirectory, postern, type Ran } from '../../postern.ts'

function person() {
  const HOME = newDirectory('home')
  const run = (...args: string[]): Ran => postern(args, { env: { HOME } })
  const share = join(HOME, '.local', 'share')
  return { HOME, share, run, real: join(share, 'postern'), demo: join(share, 'postern-demo') }
}

describe('postern demo', () => {
  test('takes no other number than one from 1 to 100,000', () => {
    const me = person()
    expect(me.run('demo', '-n', '100001')).toMatchObject({ exit: 2, stdout: '' })
    expect(me.run('demo', '-n', '0')).toMatchObject({ exit: 2, stdout: '' })
    expect(existsSync(me.demo)).toBe(false)
  })

  test('makes a mailbox of its own, and nothing of the real one', () => {
    const me = person()
    const { stdout, exit } = me.run('demo', '-n', '100', '--json')
    expect(exit).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ account: 'demo', stored: 100, known: 0, data_directory: me.demo })
    expect(existsSync(me.real)).toBe(false)
    expect(me.run('search', 'budget')).toMatchObject({ exit: 4, stdout: '' })
    expect(me.run('--demo', 'search', 'roof garden', '--ids').stdout.trim().split('\n').length).toBeGreaterThan(2)
  })

  test('given again adds what is missing and nothing else', () => {
    const me = person()
    me.run('demo', '-n', '80')
    expect(me.run('demo', '-n', '80').stdout).toMatch(/^0 messages added, 80 were there/)
    expect(me.run('demo', '-n', '120').stdout).toMatch(/^40 messages added, 80 were there/)
    expect(me.run('--demo', 'count', 'in:anywhere').stdout).toBe('120\n')
  })

  test('knows the addresses of its person', () => {
    const me = person()
    me.run('demo', '-n', '80')
    const { stdout } = me.run('--demo', 'search', 'from:me', 'in:sent', '--format', 'jsonl')
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ from: { email: expect.stringMatching(/^nora/) } })
  })

  test('is never moved by the variables that move the real one', () => {
    const HOME = newDirectory('home')
    const elsewhere = newDirectory('elsewhere')
    postern(['demo', '-n', '70'], { env: { HOME, POSTERN_DATA_DIR: elsewhere } })
    expect(readdirSync(elsewhere)).toEqual([])
  })

  test('removed leaves nothing, and the real mail as it was', () => {
    const me = person()
    mkdirSync(me.real, { recursive: true, mode: 0o700 })
    writeFileSync(join(me.real, 'mail.db'), 'precious', { mode: 0o600 })
    me.run('demo', '-n', '70')
    const removed = me.run('demo', '--remove', '--json')
    expect(JSON.parse(removed.stdout)).toEqual({ removed: [me.demo] })
    expect(readdirSync(me.share)).toEqual(['postern'])
    expect(readdirSync(me.real)).toEqual(['mail.db'])
    expect(me.run('demo', '--remove').stdout).toBe('there is no demo\n')
  })

  test('reset forgets what was done in it', () => {
    const me = person()
    me.run('demo', '-n', '70')
    me.run('--demo', 'saved', 'add', 'mine', 'is:unread')
    me.run('demo', '-n', '70', '--reset')
    expect(me.run('--demo', 'saved', 'list').stdout).toBe('')
  })

  test.each(['--reset', '--remove'])('%s deletes no directory that is not marked as the demo', option => {
    const me = person()
    mkdirSync(me.demo, { recursive: true, mode: 0o700 })
    writeFileSync(join(me.demo, 'diary.txt'), 'mine')
    expect(me.run('demo', option)).toMatchObject({ exit: 5, stderr: expect.stringContaining('it has no mark') })
    expect(readdirSync(me.demo)).toEqual(['diary.txt'])
  })

  test('removes nothing through a link', () => {
    const me = person()
    me.run('demo', '-n', '70')
    const precious = newDirectory('precious')
    writeFileSync(join(precious, 'diary.txt'), 'mine')
    mkdirSync(join(me.HOME, '.config'), { recursive: true, mode: 0o700 })
    symlinkSync(precious, join(me.HOME, '.config', 'postern-demo'))
    expect(me.run('demo', '--remove')).toMatchObject({ exit: 5, stderr: expect.stringContaining('it is a link') })
    expect(readdirSync(precious)).toEqual(['diary.txt'])
    expect(existsSync(join(me.demo, 'mail.db'))).toBe(true)
  })

  test('takes over no mail that lies where the demo would', () => {
    const me = person()
    mkdirSync(me.demo, { recursive: true, mode: 0o700 })
    writeFileSync(join(me.demo, 'mail.db'), 'somebody’s', { mode: 0o600 })
    expect(me.run('demo')).toMatchObject({ exit: 5, stderr: expect.stringContaining('holds mail and has no mark') })
  })
})
