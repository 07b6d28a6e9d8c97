import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { largePages } from '#base/large-pages.ts'
import { demoInstance, resolvePaths } from '#base/paths.ts'
import { connectDaemon, daemonEnvironment } from '../../src/daemon/client/index.ts'
import { checkSocketPath, keyFile, storeFile } from '../../src/daemon/places.ts'
import { takeWriterLock } from '../../src/daemon/writer-lock.ts'
import { openForWriting } from '../../src/mail/store/database.ts'
import { migrate, migrations } from '../../src/mail/store/migrations.ts'
import { value } from '../mail/store/mailbox.ts'
import { newDirectory, postern } from '../postern.ts'
import { clientOf, type Instance, newInstance, startDaemon, withMail } from './daemon.ts'

/** A command in an instance whose daemon ends with the test. */
function run(instance: Instance, ...args: string[]) {
  return postern(args, { env: instance.env })
}

function stoppedAtEnd(instance: Instance): Instance {
  onTestFinished(() => {
    run(instance, 'daemon', 'stop')
  })
  return instance
}

function logged(instance: Instance, event: string): number {
  const log = join(instance.paths.logDir, 'postern.log')
  if (!existsSync(log)) return 0
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter(line => line.includes(`"event":"${event}"`)).length
}

function begin(instance: Instance, ...args: string[]): ChildProcess & { readonly ended: Promise<number | null> } {
  const main = join(import.meta.dirname, '../../src/main.ts')
  const child = spawn(process.execPath, [main, ...args], { env: instance.env, stdio: 'ignore' })
  return Object.assign(child, { ended: new Promise<number | null>(resolve => child.once('exit', resolve)) })
}

describe('one daemon', () => {
  test('eight clients at once start exactly one, and all are answered by it', async () => {
    const instance = stoppedAtEnd(newInstance())
    const ends = await Promise.all(Array.from({ length: 8 }, () => begin(instance, 'status').ended))
    expect(ends).toEqual(Array.from({ length: 8 }, () => 0))
    expect(logged(instance, 'daemon.started')).toBe(1)
    expect(logged(instance, 'daemon.failed')).toBe(0)
  })

  test('two that are started at once: one serves, the other ends without touching the store', async () => {
    const instance = stoppedAtEnd(newInstance())
    const daemons = [begin(instance, 'daemon', 'run'), begin(instance, 'daemon', 'run')]
    const first = await Promise.race(daemons.map(({ ended }) => ended))
    expect(first).toBe(75)
    await expect.poll(() => run(instance, 'daemon', 'status').exit).toBe(0)
    expect(logged(instance, 'daemon.started')).toBe(1)
  })

  test('one that was killed leaves nothing that keeps the next from starting', async () => {
    const instance = stoppedAtEnd(newInstance())
    const pid = (): number => JSON.parse(run(instance, 'daemon', 'start', '--json').stdout).pid
    const first = pid()
    process.kill(first, 'SIGKILL')
    const second = pid()
    expect(second).not.toBe(first)
    expect(existsSync(instance.paths.socketFile)).toBe(true)
  })

  test('SIGTERM ends it cleanly: the socket is gone, the log says why, the store is whole', async () => {
    const instance = newInstance()
    const daemon = begin(instance, 'daemon', 'run')
    await expect.poll(() => existsSync(instance.paths.socketFile), { timeout: 20_000 }).toBe(true)
    await expect.poll(() => logged(instance, 'daemon.started'), { timeout: 20_000 }).toBe(1)
    daemon.kill('SIGTERM')
    expect(await daemon.ended).toBe(0)
    expect(existsSync(instance.paths.socketFile)).toBe(false)
    expect(logged(instance, 'daemon.stopped')).toBe(1)
    expect(existsSync(`${storeFile(instance.paths)}-wal`)).toBe(false)
  })

  test('status of it never starts it, stop without it is no failure', () => {
    const instance = newInstance()
    expect(run(instance, 'daemon', 'status')).toMatchObject({ exit: 4 })
    expect(run(instance, 'daemon', 'stop', '--json').stdout).toBe('{"stopped":false,"pid":null}\n')
    expect(existsSync(instance.paths.dataDir)).toBe(false)
  })

  test('a configuration that cannot be used keeps it from starting, with the line', () => {
    const instance = newInstance()
    mkdirSync(instance.paths.configDir, { recursive: true, mode: 0o700 })
    writeFileSync(instance.paths.configFile, '[log]\nlevle = "debug"\n', { mode: 0o600 })
    const ran = run(instance, 'daemon', 'run')
    expect(ran.exit).toBe(2)
    expect(ran.stderr).toContain('config.toml:2')
    expect(existsSync(storeFile(instance.paths))).toBe(false)
  })

  test('a store of an older version is left to the daemon, which brings it up to date', () => {
    const instance = stoppedAtEnd(newInstance())
    mkdirSync(instance.paths.dataDir, { recursive: true, mode: 0o700 })
    const database = openForWriting(storeFile(instance.paths))
    value(migrate(database, 0, migrations.slice(0, 1)))
    database.close()
    const read = run(instance, 'search', 'hello')
    expect(read.exit).toBe(75)
    expect(read.stderr).toContain('postern daemon restart')
    expect(run(instance, 'daemon', 'restart').exit).toBe(0)
    expect(run(instance, 'search', 'hello').exit).toBe(0)
  })

  test('a store of a newer version is refused, and the client is told why', () => {
    const instance = newInstance()
    withMail(instance, [{}])
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
    const database = new DatabaseSync(storeFile(instance.paths))
    database.exec('PRAGMA user_version = 999')
    database.close()
    const ran = run(instance, 'archive', '06nfhf40wm')
    expect(ran.exit).toBe(1)
    expect(ran.stderr).toContain('newer version')
  })
})

describe('who else writes', () => {
  test('an import goes before: the daemon pauses and is there again afterwards', () => {
    const instance = stoppedAtEnd(newInstance())
    expect(run(instance, 'status').exit).toBe(0)
    const letter = join(newDirectory('mail'), 'a.eml')
    writeFileSync(letter, 'From: ann@a.example\r\nSubject: x\r\n\r\nhello\r\n')
    const ran = run(instance, 'import', letter)
    expect(ran).toMatchObject({ exit: 0 })
    expect(ran.stderr).toContain('the daemon pauses')
    expect(run(instance, 'daemon', 'status').exit).toBe(0)
    expect(logged(instance, 'daemon.started')).toBe(2)
  })

  test('while an import writes, the daemon does not start, and says who is in the way', () => {
    const instance = newInstance()
    withMail(instance, [{}])
    const lock = takeWriterLock(instance.paths, 'an import')
    const ran = run(instance, 'status')
    lock.release()
    expect(ran.exit).toBe(75)
    expect(ran.stderr).toContain(`an import (process ${process.pid})`)
  })

  test('a saved search is kept by the daemon when it runs, and without one when not', () => {
    const instance = stoppedAtEnd(newInstance())
    withMail(instance, [{}])
    expect(run(instance, 'saved', 'add', 'one', 'hello').exit).toBe(0)
    expect(run(instance, 'daemon', 'status').exit).toBe(4)
    run(instance, 'status')
    expect(run(instance, 'saved', 'add', 'two', 'hello').exit).toBe(0)
    expect(run(instance, 'saved', 'add', 'two', 'hello')).toMatchObject({ exit: 2 })
    expect(run(instance, 'saved', 'list').stdout).toMatch(/^one .*\ntwo /s)
    expect(logged(instance, 'daemon.started')).toBe(1)
  })
})

describe('its socket', () => {
  test('is 0600 in a directory that is 0700, whatever the umask', async () => {
    for (const umask of [0o000, 0o077]) {
      const before = process.umask(umask)
      const daemon = await startDaemon()
      process.umask(before)
      expect((statSync(daemon.paths.socketFile).mode & 0o777).toString(8)).toBe('600')
      expect((statSync(daemon.paths.runtimeDir).mode & 0o777).toString(8)).toBe('700')
      expect((statSync(keyFile(daemon.paths)).mode & 0o777).toString(8)).toBe('600')
      await daemon.stop()
    }
  })

  test('a directory that others may enter is refused on both sides', async () => {
    const daemon = await startDaemon()
    chmodSync(daemon.paths.runtimeDir, 0o755)
    await expect(clientOf(daemon)).rejects.toMatchObject({ code: 'path_not_private' })
    await daemon.stop()
    await expect(startDaemon(daemon)).rejects.toMatchObject({ code: 'path_not_private' })
    chmodSync(daemon.paths.runtimeDir, 0o700)
  })

  test('what is no socket, or a link to one, is refused', async () => {
    const daemon = await startDaemon()
    const other = newInstance()
    mkdirSync(other.paths.runtimeDir, { recursive: true, mode: 0o700 })
    symlinkSync(daemon.paths.socketFile, other.paths.socketFile)
    writeFileSync(keyFile(other.paths), 'x', { mode: 0o600 })
    await expect(clientOf(other)).rejects.toMatchObject({ code: 'not_a_socket' })
    await expect(startDaemon(other)).rejects.toMatchObject({ code: 'not_a_socket' })
  })

  test('a key that others may read is not used', async () => {
    const daemon = await startDaemon()
    chmodSync(keyFile(daemon.paths), 0o644)
    await expect(clientOf(daemon)).rejects.toMatchObject({ code: 'path_not_private' })
    chmodSync(keyFile(daemon.paths), 0o600)
  })

  test('a path that the system would cut off is refused with a way out', () => {
    const socketFile = `/${'x'.repeat(120)}/daemon.sock`
    expect(() => checkSocketPath({ socketFile }, 'linux')).toThrow(
      expect.objectContaining({ code: 'socket_path_too_long', next: expect.stringContaining('POSTERN_RUNTIME_DIR') }),
    )
    expect(() => checkSocketPath({ socketFile: `/${'x'.repeat(93)}/daemon.sock` }, 'linux')).not.toThrow()
    expect(() => checkSocketPath({ socketFile: `/${'x'.repeat(93)}/daemon.sock` }, 'darwin')).toThrow()
  })

  test('another one in its place is not removed, and ends the daemon that lost it', async () => {
    const daemon = await startDaemon()
    rmSync(daemon.paths.socketFile)
    const stranger = createServer()
    await new Promise<void>(resolve => stranger.listen(daemon.paths.socketFile, resolve))
    const identity = lstatSync(daemon.paths.socketFile).ino
    await daemon.stop()
    expect(lstatSync(daemon.paths.socketFile).ino).toBe(identity)
    stranger.close()
  })

  test('at which another daemon answers is not taken', async () => {
    const daemon = await startDaemon()
    const other = newInstance()
    const paths = { ...other.paths, runtimeDir: daemon.paths.runtimeDir, socketFile: daemon.paths.socketFile }
    await expect(startDaemon({ ...other, paths })).rejects.toMatchObject({ code: 'socket_taken' })
    expect((await (await clientOf(daemon)).request('daemon.ping', {})).ok).toBe(true)
  })

  test('a client of other mail does not get in, even at the same socket', async () => {
    const daemon = await startDaemon()
    const paths = { ...daemon.paths, dataDir: '/elsewhere' }
    await expect(connectDaemon({ paths, client: 'test', timeoutMs: 5_000 })).rejects.toMatchObject({
      code: 'other_instance',
    })
  })

  test('mail that lies elsewhere has a socket of its own, the demo too', () => {
    const input = { platform: 'linux' as const, home: '/home/a', instance: 'postern' }
    const env = { XDG_RUNTIME_DIR: '/run/user/1' }
    const usual = resolvePaths({ ...input, env }).socketFile
    const elsewhere = resolvePaths({ ...input, env: { ...env, POSTERN_DATA_DIR: '/mnt/mail' } }).socketFile
    const demo = resolvePaths({ ...input, env, instance: demoInstance }).socketFile
    expect(new Set([usual, elsewhere, demo]).size).toBe(3)
    expect(elsewhere).toBe('/mnt/mail/run/daemon.sock')
  })
})

test.skipIf(process.getuid?.() !== 0)(
  'another user of this machine is kept out by the socket itself, and cannot read the key',
  async () => {
    const daemon = await startDaemon()
    const { HOME = '' } = daemon.env
    // As if every directory were open: what is left is the socket and the key.
    for (let path = daemon.paths.runtimeDir; path.startsWith(HOME); path = dirname(path)) chmodSync(path, 0o755)
    const script = `
    process.setgroups([])
    process.setgid(65534)
    process.setuid(65534)
    const fs = require('node:fs')
    const key = () => { try { fs.readFileSync(process.argv[2]); return 'read' } catch (error) { return error.code } }
    require('node:net').connect(process.argv[1])
      .on('connect', () => { console.log('connected', key()); process.exit() })
      .on('error', error => console.log(error.code, key()))`
    const child = spawn(process.execPath, ['-e', script, daemon.paths.socketFile, keyFile(daemon.paths)])
    let said = ''
    child.stdout.setEncoding('utf8').on('data', piece => {
      said += piece
    })
    await new Promise(resolve => child.once('close', resolve))
    expect(said.trim()).toBe('EACCES EACCES')
  },
)

test('what a shell happens to hold does not live on in the daemon', () => {
  const kept = daemonEnvironment({
    HOME: '/h',
    PATH: '/bin',
    LC_TIME: 'C',
    XDG_RUNTIME_DIR: '/r',
    DBUS_SESSION_BUS_ADDRESS: 'x',
    AWS_SECRET_ACCESS_KEY: 'secret',
    GITHUB_TOKEN: 'secret',
    LD_PRELOAD: 'evil.so',
    GLIBC_TUNABLES: 'glibc.malloc.check=3',
  })
  expect(kept.GLIBC_TUNABLES).toBe(largePages.GLIBC_TUNABLES)
  const names = Object.keys(kept).filter(name => !/^(?:MALLOC_|GLIBC_TUNABLES$)/.test(name))
  expect(names).toEqual(['HOME', 'PATH', 'LC_TIME', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'])
})

test('every file of an instance is its owner’s alone, whatever the umask', async () => {
  const before = process.umask(0)
  const instance = newInstance()
  withMail(instance, [{}])
  const daemon = await startDaemon(instance)
  process.umask(before)
  const client = await clientOf(daemon)
  await client.request('saved.save', { name: 'x', query: 'hello' })
  const { readdirSync } = process.getBuiltinModule('node:fs')
  const home = instance.env.HOME ?? ''
  const open = readdirSync(home, { recursive: true, withFileTypes: true })
    .map(entry => join(entry.parentPath, entry.name))
    // What lies above our own directories is the person's.
    .filter(path => path.includes('postern/') && (lstatSync(path).mode & 0o077) !== 0)
  expect(open).toEqual([])
})
