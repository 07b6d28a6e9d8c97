import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { resolvePaths } from '#base/paths.ts'
import { crashRuns } from '../../scripts/daemon-crash/rounds.ts'
import { encodeFrame, FrameReader } from '../../src/daemon/protocol/frame.ts'
import { newDirectory, postern } from '../postern.ts'

const program = [inject('executable')]

function home() {
  const HOME = newDirectory('home')
  const env = { HOME, PATH: process.env.PATH ?? '' }
  const run = (...args: string[]) => postern(args, { program, env })
  onTestFinished(() => {
    run('daemon', 'stop')
  })
  const paths = resolvePaths({ platform: process.platform, env, home: HOME, instance: 'postern' })
  return { env, run, paths }
}

function mail(count: number): string {
  const directory = newDirectory('mail')
  for (let at = 0; at < count; at++) {
    const head = `From: Ann <ann@a.example>\r\nSubject: letter ${at}\r\nMessage-ID: <${at}@a.example>\r\n`
    writeFileSync(
      join(directory, `${at}.eml`),
      `${head}Date: Thu, 1 Oct 2026 10:00:${String(at % 60).padStart(2, '0')} +0000\r\n\r\nhello\r\n`,
    )
  }
  return directory
}

describe('the executable as daemon and as client', () => {
  test('a command starts it in the background, and it outlives the command, its session and its shell', () => {
    const { run, paths } = home()
    expect(run('import', mail(20))).toMatchObject({ exit: 0 })
    const starred = run('star', '--search', 'letter', '--yes', '--json')
    expect(starred).toMatchObject({ exit: 0, stderr: '' })
    expect(JSON.parse(starred.stdout)).toMatchObject({ requested: 20, changed: 20, pending: 0 })
    const status = JSON.parse(run('daemon', 'status', '--json').stdout)
    expect(status).toMatchObject({ running: true, messages: 20 })
    // In a session of its own: field 6 of proc_pid_stat(5), after the name in brackets.
    if (process.platform === 'linux') {
      const fields = readFileSync(`/proc/${status.pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
      expect(Number(fields[3])).toBe(status.pid)
    }
    expect(statSync(paths.socketFile).mode & 0o777).toBe(0o600)
    expect(run('undo', '--json')).toMatchObject({ exit: 0, stderr: '' })
    expect(run('count', 'is:starred').stdout.trim()).toBe('0')
    expect(run('daemon', 'stop')).toMatchObject({ exit: 0 })
    expect(run('daemon', 'status')).toMatchObject({ exit: 4 })
    expect(readFileSync(join(paths.runtimeDir, 'daemon.out'), 'utf8')).toBe('')
  })

  test('many clients at once start one', async () => {
    const { env, run, paths } = home()
    const ends = await Promise.all(
      Array.from({ length: 12 }, () => {
        const child = spawn(program[0] ?? '', ['status'], { env, stdio: 'ignore' })
        return new Promise(resolve => child.once('exit', resolve))
      }),
    )
    expect(ends).toEqual(Array.from({ length: 12 }, () => 0))
    const log = readFileSync(join(paths.logDir, 'postern.log'), 'utf8')
    expect(log.match(/"daemon.started"/g)).toHaveLength(1)
    expect(run('daemon', 'logs').stdout).toContain('daemon.started')
  })

  test('over SSH it is standard input and output, and nothing but frames', async () => {
    const { env } = home()
    const child = spawn(program[0] ?? '', ['daemon', 'dial-stdio'], { env })
    const frames = framesOf(child)
    send(child, { hello: { protocol: [1, 1], client: 'far away', instance: '', data_dir: '', key: '' } })
    expect((await frames.next()).value).toMatchObject({ hello: { protocol: 1 } })
    send(child, { id: 1, request: 'daemon.ping', params: {} })
    expect((await frames.next()).value).toEqual({ id: 1, result: {} })
    child.stdin.end()
    expect(await new Promise(resolve => child.once('exit', resolve))).toBe(0)
  })

  test('killed again and again while it is told what to do, it did all that it acknowledged, once', async () => {
    const kills = Number(process.env.CRASH_ROUNDS ?? 30)
    const report = await crashRuns({ home: newDirectory('crash'), kills, seed: 11, program })
    expect(report.findings).toEqual([])
    expect(report.decisions).toBe(report.sent)
  })
})

function send(child: ChildProcessWithoutNullStreams, value: unknown): void {
  const frame = encodeFrame(value)
  if (frame.ok) child.stdin.write(frame.value)
}

async function* framesOf(child: ChildProcessWithoutNullStreams) {
  const reader = new FrameReader(1024 * 1024)
  for await (const chunk of child.stdout) {
    reader.push(Buffer.from(chunk))
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
      if (!frame.ok) throw new Error(frame.error.message)
      yield frame.value
    }
  }
}
