import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Files, systemFiles } from '#memory/canonical/files.ts'
import {
  acquireLock,
  isGone,
  type LockOptions,
  lockHolder,
  lockPathOf,
  type Machine,
  parseHolder,
} from '#memory/canonical/lock.ts'
import { thisMachine } from '#memory/canonical/machine.ts'
import { newDirectory } from '../../postern.ts'
import { faultyFiles } from './faults.ts'

const vectors: { lock_paths: [string, string][] } = JSON.parse(
  readFileSync(new URL('../../vectors/memory/core.json', import.meta.url), 'utf8'),
)
const machine: Machine = {
  pid: 100,
  host: 'h',
  boot: 'b1',
  pidSpace: 'p',
  startOf: pid => (pid === 101 ? '' : pid < 200 ? `s${pid}` : undefined),
}
const options: LockOptions = { files: systemFiles, machine, owner: 'test', now: 5 }

function logPath(): string {
  return join(newDirectory('lock'), 'canonical.log')
}

test.each(vectors.lock_paths)('the lock of %s is %s', (log, lock) => {
  expect(lockPathOf(log)).toBe(lock)
})

describe('a lock', () => {
  test('is written in five lines of the reference and four of ours', () => {
    const log = logPath()
    expect(acquireLock(log, options).ok).toBe(true)
    const lines = readFileSync(`${log}.lock`, 'utf8').split('\n')
    expect(lines[0]).toMatch(/^lock_id=100-5-\d+$/)
    expect(lines.slice(1)).toEqual([
      'owner=test',
      'pid=100',
      'acquired_at_ms=5',
      `log_path=${log}`,
      'host=h',
      'boot=b1',
      'started=s100',
      'pid_space=p',
      '',
    ])
  })

  test('is held until it is released', () => {
    const log = logPath()
    const lock = acquireLock(log, options)
    if (!lock.ok) throw new Error('not acquired')
    expect(acquireLock(log, options)).toMatchObject({
      error: { code: 'AlreadyHeld', holder: { owner: 'test', pid: 100 } },
    })
    lock.value.release()
    expect(existsSync(`${log}.lock`)).toBe(false)
    expect(acquireLock(log, options).ok).toBe(true)
  })

  test('that somebody replaced is not removed', () => {
    const log = logPath()
    const lock = acquireLock(log, options)
    if (!lock.ok) throw new Error('not acquired')
    writeFileSync(`${log}.lock`, 'lock_id=other\n')
    lock.value.release()
    expect(lockHolder(systemFiles, log)?.lockId).toBe('other')
  })

  test('of a process that is gone is taken over, once, and told', () => {
    const log = logPath()
    acquireLock(log, { ...options, machine: { ...machine, pid: 300, startOf: () => 's300' } })
    const gone: number[] = []
    const taken = acquireLock(log, { ...options, onTakeover: pid => gone.push(pid) })
    expect(taken.ok).toBe(true)
    expect(gone).toEqual([300])
    expect(acquireLock(log, options)).toMatchObject({ error: { code: 'AlreadyHeld', holder: { pid: 100 } } })
    expect(readdirSync(join(log, '..'))).toEqual(['canonical.log.lock'])
  })

  /** The guard of the takeover of the lock that lies beside `log`. */
  function guardOf(log: string): string {
    const lockId = lockHolder(systemFiles, log)?.lockId ?? ''
    return `${log}.lock.takeover-${createHash('sha256').update(lockId).digest('hex').slice(0, 16)}`
  }

  test('that is being taken over by another is not taken over too', () => {
    const log = logPath()
    acquireLock(log, { ...options, machine: { ...machine, pid: 300, startOf: () => 's300' } })
    writeFileSync(
      guardOf(log),
      readFileSync(`${log}.lock`, 'utf8').replace('pid=300', 'pid=101').replace('started=s300', 'started=s101'),
    )
    expect(acquireLock(log, options)).toMatchObject({ error: { code: 'AlreadyHeld' } })
    expect(lockHolder(systemFiles, log)?.pid).toBe(300)
  })

  test('left in the middle of a takeover by a process that is gone is taken over all the same', () => {
    const log = logPath()
    acquireLock(log, { ...options, machine: { ...machine, pid: 300, startOf: () => 's300' } })
    writeFileSync(guardOf(log), readFileSync(`${log}.lock`, 'utf8').replace('lock_id=', 'lock_id=2'))
    expect(acquireLock(log, options).ok).toBe(true)
    expect(readdirSync(join(log, '..'))).toEqual(['canonical.log.lock'])
  })

  test('after process upon process died over a takeover is left to a person', () => {
    const log = logPath()
    acquireLock(log, { ...options, machine: { ...machine, pid: 300, startOf: () => 's300' } })
    const text = readFileSync(`${log}.lock`, 'utf8')
    let path = guardOf(log)
    for (let n = 1; n <= 3; n++) {
      writeFileSync(path, text.replace(/lock_id=.*/, `lock_id=${n}`))
      path += `.takeover-${createHash('sha256').update(`${n}`).digest('hex').slice(0, 16)}`
    }
    expect(acquireLock(log, options)).toMatchObject({ error: { code: 'AlreadyHeld', holder: { pid: 300 } } })
  })

  test('is there with all its lines or not at all, wherever the writing of it stops', () => {
    for (const bytes of [0, 1, 40, 100]) {
      const log = logPath()
      const files = faultyFiles({ writeAfter: { suffix: '', bytes } })
      expect(acquireLock(log, { ...options, files })).toMatchObject({ error: { code: 'Io' } })
      expect(readdirSync(join(log, '..'))).toEqual([])
      expect(acquireLock(log, options).ok).toBe(true)
    }
  })

  test('is made where a file can have one name only', () => {
    const log = logPath()
    const files: Files = {
      ...systemFiles,
      link() {
        throw Object.assign(new Error('no links here'), { code: 'EPERM' })
      },
    }
    expect(acquireLock(log, { ...options, files }).ok).toBe(true)
    expect(acquireLock(log, { ...options, files })).toMatchObject({ error: { code: 'AlreadyHeld' } })
    expect(readdirSync(join(log, '..'))).toEqual(['canonical.log.lock'])
  })

  test('is not made where something that is no directory is in the way', () => {
    const directory = newDirectory('lock')
    writeFileSync(join(directory, 'file'), '')
    expect(acquireLock(join(directory, 'file', 'canonical.log'), options)).toMatchObject({ error: { code: 'Io' } })
    mkdirSync(join(directory, 'canonical.log.lock'))
    expect(acquireLock(join(directory, 'canonical.log'), options).ok).toBe(false)
    expect(lockHolder(systemFiles, join(directory, 'canonical.log'))).toMatchObject({ lockId: '', pid: undefined })
  })
})

describe('a holder', () => {
  const holder = {
    lockId: 'x',
    owner: 'o',
    pid: 300,
    acquiredAtMs: 1,
    host: 'h',
    boot: 'b1',
    started: 's300',
    pidSpace: 'p',
  }

  test.each([
    ['there is no process of that number', {}, true],
    ['the machine was started anew', { pid: 100, boot: 'b0' }, true],
    ['another process has its number by now', { pid: 100, started: 's99' }, true],
    ['it is on another machine', { host: 'other' }, false],
    ['it counts its processes elsewhere', { pidSpace: 'q' }, false],
    ['it is there', { pid: 100, started: 's100' }, false],
    [
      'it is of the reference, which says nothing of its machine',
      { host: undefined, boot: undefined, pidSpace: undefined },
      false,
    ],
    ['it names no process', { pid: undefined }, false],
    ['nobody may see since when it runs', { pid: 101 }, false],
  ])('is proven gone when %s: %#', (_why, change, gone) => {
    expect(isGone({ ...holder, ...change }, machine)).toBe(gone)
  })

  test('is never proven gone on a machine that says nothing of itself', () => {
    expect(isGone({ ...holder, boot: undefined }, { ...machine, boot: '' })).toBe(false)
  })

  test('can be read out of any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), text => typeof parseHolder(text).lockId === 'string'))
  })
})

test.runIf(process.platform === 'linux')('this machine knows itself and that it runs', () => {
  const here = thisMachine()
  expect(here.startOf(process.pid)).toMatch(/^\d+$/)
  expect(here.boot).toMatch(/^[0-9a-f-]{36}$/)
  expect(here.startOf(2 ** 30)).toBeUndefined()
})
