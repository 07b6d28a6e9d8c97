import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'
import { newDirectory, postern } from '../postern.ts'

const program = [inject('executable')]

/** A file system of a few megabytes; undefined where this user may not mount one. */
function smallDisk(megabytes: number): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'postern-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', directory])
  const isMounted = mounted.status === 0
  onTestFinished(() => {
    if (isMounted) spawnSync('umount', ['-l', directory])
    rmSync(directory, { recursive: true, force: true })
  })
  return isMounted ? directory : undefined
}

test('on a full disk decisions are refused, those before stay, and with room it goes on', ({ skip }) => {
  const disk = smallDisk(6)
  if (disk === undefined) {
    // Only root may mount: in CI that is who runs this.
    if (process.env.CI && process.getuid?.() === 0) throw new Error('no file system could be mounted')
    skip('mounting needs root')
    return
  }
  const data = join(disk, 'data')
  mkdirSync(data, { mode: 0o700 })
  const env = { HOME: newDirectory('home'), PATH: process.env.PATH ?? '', POSTERN_DATA_DIR: data }
  const run = (...args: string[]) => postern(args, { program, env })
  onTestFinished(() => {
    run('daemon', 'stop')
  })
  const mail = newDirectory('mail')
  for (let at = 0; at < 40; at++) {
    writeFileSync(
      join(mail, `${at}.eml`),
      `From: a@b.example\r\nSubject: letter ${at}\r\nMessage-ID: <${at}@b.example>\r\n\r\nx\r\n`,
    )
  }
  expect(run('import', mail)).toMatchObject({ exit: 0 })
  expect(run('star', '--search', 'letter', '--yes')).toMatchObject({ exit: 0 })

  const ballast = join(disk, 'ballast')
  spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4k'])
  let refused: ReturnType<typeof run> | undefined
  for (let turn = 0; turn < 400 && refused === undefined; turn++) {
    const ran = run('mark', turn % 2 === 0 ? 'read' : 'unread', '--search', 'letter', '--yes', '--json')
    if (ran.exit !== 0) refused = ran
  }
  expect(refused?.stdout).toContain('"code":"disk_full"')
  expect(refused?.stderr).toContain('make room')
  expect(run('count', 'is:starred').stdout.trim()).toBe('40')
  // All of a decision or nothing of it.
  expect(['0', '40']).toContain(run('count', 'is:read').stdout.trim())

  rmSync(ballast)
  expect(run('archive', '--search', 'letter', '--yes', '--json')).toMatchObject({ exit: 0 })
  expect(run('doctor').stdout).not.toMatch(/^damage/m)
})
