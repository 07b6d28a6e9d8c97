import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemFiles } from '#memory/canonical/files.ts'
import { acquireLock, type Machine } from '#memory/canonical/lock.ts'
import { thisMachine } from '#memory/canonical/machine.ts'
import { LogPlace } from './memory.ts'

const readers = [
  ['status'],
  ['verify'],
  ['decode'],
  ['decode', '--memories'],
  ['log'],
  ['symbols'],
  ['episodes'],
  ['repair'],
  ['query', '(query)'],
]

/** Names, bytes and times of everything beside the log. */
function picture(directory: string): unknown {
  return readdirSync(directory)
    .sort()
    .map(name => {
      const path = join(directory, name)
      const { mtimeMs, ctimeMs, size, mode, ino } = statSync(path)
      return {
        name,
        mtimeMs,
        ctimeMs,
        size,
        mode,
        ino,
        bytes: statSync(path).isFile() ? readFileSync(path, 'hex') : '',
      }
    })
}

/** Every command that reads, on one log: what each answered, and that none of them left a trace. */
async function readAll(place: LogPlace): Promise<Readonly<Record<string, number | null>>> {
  const before = picture(place.directory)
  const exits: [string, number | null][] = []
  for (const words of readers) {
    const { exit, stderr, signal } = await place.run(words)
    expect(signal).toBeNull()
    if (exit !== 0) expect(stderr).toMatch(/^(note: .*\n)?postern: /)
    expect(stderr).not.toContain('fault in Postern')
    exits.push([words.join(' '), exit])
  }
  expect(picture(place.directory)).toEqual(before)
  return Object.fromEntries(exits)
}

const every = (exit: number) => Object.fromEntries(readers.map(words => [words.join(' '), exit]))

describe('no command that reads changes bytes, times or names:', () => {
  test('of a sound log', async () => {
    const place = await new LogPlace().filled()
    utimesSync(place.path, 1, 1)
    expect(await readAll(place)).toEqual(every(0))
  })

  test('of a log with a batch that was never finished', async () => {
    const place = await new LogPlace().filled()
    appendFileSync(place.path, Uint8Array.of(1, 99, 0))
    expect(await readAll(place)).toEqual(every(0))
    expect((await place.run(['decode'])).stderr).toBe('note: 3 bytes behind the last commit are passed over\n')
    expect((await place.run(['verify'])).stdout).toContain('orphan (3 bytes, the next commit removes them)')
  })

  test('of a log with a changed bit, which all of them notice', async () => {
    const place = await new LogPlace().filled()
    const bytes = readFileSync(place.path)
    bytes[8 + 110] = (bytes[8 + 110] ?? 0) ^ 1 // in the middle of an address
    writeFileSync(place.path, bytes)
    expect(await readAll(place)).toEqual({ ...every(6), repair: 0 })
  })

  test('of a log that goes on after damage', async () => {
    const place = await new LogPlace().filled()
    const bytes = readFileSync(place.path)
    bytes[8 + 155] = 0xff // the opcode of the first checkpoint
    writeFileSync(place.path, bytes)
    expect(await readAll(place)).toEqual({ ...every(6), repair: 0 })
    const { stdout, stderr } = await place.run(['log'])
    expect(stdout.trim().split('\n')).toHaveLength(0 + 1)
    expect(stderr).toContain('offset 155')
  })

  test('of a log that was cut, although it ends with a whole batch', async () => {
    const place = await new LogPlace().filled()
    truncateSync(place.path, 8 + 167)
    expect(await readAll(place)).toEqual({ ...every(6), repair: 0 })
  })

  test.each([
    ['of another program', 'hello, world'],
    ['of a later version', Buffer.from('4d494d5202000000', 'hex')],
    ['that is too short', 'MIM'],
    ['that is empty', ''],
  ])('of a file %s', async (_what, content) => {
    const place = new LogPlace()
    writeFileSync(place.path, content)
    expect(await readAll(place)).toEqual(every(6))
  })

  test('of a directory, a link, a pipe without a writer', async () => {
    const directory = new LogPlace()
    mkdirSync(directory.path)
    expect(await readAll(directory)).toEqual(every(1))
    const link = new LogPlace()
    symlinkSync((await new LogPlace().filled()).path, link.path)
    expect(await readAll(link)).toEqual(every(1))
    const pipe = new LogPlace()
    expect(spawnSync('mkfifo', [pipe.path]).status).toBe(0)
    for (const words of [['verify'], ['commit', '(retire @a)'], ['init']]) {
      expect(await pipe.run(words)).toMatchObject({ stdout: '', exit: 1 })
    }
  })
})

describe('a writer leaves alone', () => {
  test.each([
    ['what is no log', 'hello, world', 6],
    ['a damaged log', undefined, 6],
  ])('%s', async (_what, content, exit) => {
    const place = new LogPlace()
    if (content === undefined) {
      await place.filled()
      const bytes = readFileSync(place.path)
      bytes[8 + 155] = 0xff
      writeFileSync(place.path, bytes)
    } else writeFileSync(place.path, content)
    const before = readFileSync(place.path)
    expect((await place.run(['commit', '(retire @alice)'])).exit).toBe(exit)
    expect((await place.run(['init'])).exit).toBe(exit)
    expect(readFileSync(place.path).equals(before)).toBe(true)
    expect(readdirSync(place.directory)).not.toContain('canonical.log.lock')
  })
})

describe('a log that is cut anywhere', () => {
  test('opens without its last batch, or is refused; never with less than its seal knows', async () => {
    const place = await new LogPlace().filled()
    const whole = readFileSync(place.path)
    for (const size of [9, 8 + 155, 8 + 160, 8 + 167, whole.length - 40, whole.length - 12, whole.length - 1]) {
      writeFileSync(place.path, whole.subarray(0, size))
      const { exit, stderr } = await place.run(['commit', '; nothing'])
      expect({ exit, size: statSync(place.path).size }).toEqual({ exit: 6, size })
      expect(stderr).toContain('were sealed')
    }
  })
})

describe('repair', () => {
  test('keeps a copy, says what is lost, and leaves a log that works', async () => {
    const place = await new LogPlace().filled()
    const bytes = readFileSync(place.path)
    const start = bytes.indexOf('__ep_4') - 4 - 8 // the record that begins the fifth batch
    bytes[8 + start] = 0xff
    writeFileSync(place.path, bytes)
    const plan = await place.run(['repair'])
    expect(plan.stdout).toContain(
      `kept: 4 batches up to offset ${start}; would be lost: ${bytes.length - 8 - start} bytes`,
    )
    expect(plan.stderr).toBe('do it: add --yes\n')
    expect(readFileSync(place.path).equals(bytes)).toBe(true)

    const done = await place.run(['repair', '--yes'])
    expect(done).toMatchObject({ stderr: '', exit: 0 })
    const copy = /as it was: (.*canonical\.log\.damaged-[0-9a-f]+)\n/.exec(done.stdout)?.[1] ?? ''
    expect(readFileSync(copy).equals(bytes)).toBe(true)
    expect((await place.run(['verify'])).exit).toBe(0)
    expect((await place.run(['commit', '(retire @alice)'])).exit).toBe(0)
    expect(JSON.parse((await place.run(['status', '--json'])).stdout)).toMatchObject({ memories: 4, episodes: 5 })
  })
})

describe('the lock', () => {
  const held = (place: LogPlace, machine: Machine) => {
    const lock = acquireLock(place.path, { files: systemFiles, machine, owner: 'another program', now: 1713350400000 })
    if (!lock.ok) throw new Error(lock.error.code)
    return lock.value
  }

  test('of a process that lives is respected, and named', async () => {
    const place = await new LogPlace().filled()
    const lock = held(place, thisMachine())
    const before = picture(place.directory)
    const { stderr, stdout, exit } = await place.run(['commit', '(retire @alice)', '--json'])
    expect(exit).toBe(75)
    expect(stderr).toContain(`by another program, process ${process.pid}`)
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'log_locked', data: { holder: { pid: process.pid } } })
    expect((await place.run(['init'])).exit).toBe(75)
    expect((await place.run(['repair', '--yes'])).exit).toBe(75)
    expect(await readAll(place)).toEqual(every(0))
    expect((await place.run(['status'])).stdout).toContain(`held by another program, process ${process.pid}`)
    expect(picture(place.directory)).toEqual(before)
    lock.release()
    expect((await place.run(['commit', '(retire @alice)'])).exit).toBe(0)
  })

  test('of a process that is gone is taken over, and that is logged', async () => {
    const place = await new LogPlace().filled()
    const { pid = 0 } = spawnSync('true')
    held(place, { ...thisMachine(), pid, startOf: () => '1' })
    expect((await place.run(['status'])).stdout).toContain('that process is gone, the next writer takes over')
    expect(JSON.parse((await place.run(['status', '--json'])).stdout).lock).toMatchObject({ pid, gone: true })
    expect(await place.run(['commit', '(retire @alice)'])).toMatchObject({ stderr: '', exit: 0 })
    expect(readdirSync(place.directory).sort()).toEqual(['canonical.log', 'canonical.seal'])
    const log = readFileSync(join(place.home, '.local', 'state', 'postern', 'postern.log'), 'utf8')
    expect(log).toContain(`"event":"postern.lock.taken_over","pid":${pid}`)
  })

  test('with an owner that would steer the terminal is shown harmlessly', async () => {
    const place = await new LogPlace().filled()
    const machine = { ...thisMachine(), host: 'else\u001b[2Jwhere' }
    acquireLock(place.path, { files: systemFiles, machine, owner: '\u001b[31mred\u202e', now: 1 })
    for (const words of [['status'], ['status', '--json'], ['commit', '(retire @alice)']]) {
      const { stdout, stderr } = await place.run(words)
      expect(stdout + stderr).toContain('red')
      expect(stdout + stderr).not.toMatch(/[\u001b\u202e]/)
    }
  })

  test('of another machine is never touched', async () => {
    const place = await new LogPlace().filled()
    held(place, { ...thisMachine(), host: 'elsewhere', pid: 1 })
    expect(await place.run(['commit', '(retire @alice)'])).toMatchObject({ exit: 75 })
    expect((await place.run(['status'])).stdout).toContain('on elsewhere since 2024-04-17T10:40:00Z')
  })
})
