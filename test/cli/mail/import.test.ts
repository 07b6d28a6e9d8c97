import { Buffer } from 'node:buffer'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { letter, plant, tree } from '../../mail/import/tree.ts'
import { newDirectory, postern, type Ran } from '../../postern.ts'

/** A person's own, and what it says. */
function person() {
  const HOME = newDirectory('home')
  const run = (...args: string[]): Ran => postern(args, { env: { HOME } })
  return {
    HOME,
    run,
    report: (...args: string[]) => lastLine(run('import', '--json', ...args)),
    found: (query: string) =>
      run('search', '--format', 'jsonl', query)
        .stdout.trim()
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line)),
  }
}

function lastLine({ stdout, stderr }: Ran) {
  const line = stdout.trim().split('\n').at(-1) ?? ''
  if (line === '') throw new Error(`nothing on stdout, on stderr: ${stderr}`)
  return JSON.parse(line)
}

describe('postern import', { timeout: 180_000 }, () => {
  test('takes in a Maildir, and the second time knows all of it', () => {
    const me = person()
    const root = tree({
      'cur/1.a:2,FS': letter('an invoice'),
      'new/2.b': letter('unread'),
      '.Sent/cur/3.c:2,S': letter('written'),
      '.Sent/new/': '',
    })
    const { exit, stdout } = me.run('import', '--json', root)
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^\{"imported":3,"skipped":0,"defective":0,"seconds":[\d.]+,.*\}\n$/)
    expect(me.found('invoice')).toMatchObject([
      { subject: 'an invoice', labels: [{ name: 'INBOX', role: 'inbox' }], flags: { read: true, starred: true } },
    ])
    expect(me.found('in:sent')).toMatchObject([{ subject: 'written' }])
    expect(me.found('is:unread')).toMatchObject([{ subject: 'unread' }])
    expect(me.report(root)).toMatchObject({ imported: 0, skipped: 3, defective: 0, changed: 0 })
  })

  test('joins labels and flags of mail that lies in two places, and adds those that came since', () => {
    const me = person()
    const same = letter('in two places')
    const root = tree({ 'cur/1.a:2,': same, '.Work/cur/2.b:2,S': same, '.Work/new/': '' })
    expect(me.report(root)).toMatchObject({ imported: 1, skipped: 1 })
    const names = () =>
      me
        .found('places')
        .map(({ labels, flags }) => [labels.map((each: { name: string }) => each.name).sort(), flags.starred])
    expect(names()).toEqual([[['INBOX', 'Work'], false]])
    plant(root, { '.Later/cur/3.c:2,F': same })
    expect(me.report(root)).toMatchObject({ imported: 0, skipped: 3, changed: 1 })
    expect(names()).toEqual([[['INBOX', 'Later', 'Work'], true]])
  })

  test('says in a dry run what it would do, and does nothing', () => {
    const me = person()
    const same = letter('twice')
    const root = tree({ 'cur/1.a': same, 'cur/2.b': same, 'cur/3.c': letter('once') })
    expect(me.report('--dry-run', root)).toMatchObject({ imported: 2, skipped: 1, dry_run: true })
    expect(me.run('count', 'in:anywhere').exit).toBe(4)
    me.report(root)
    plant(root, { 'cur/4.d': letter('new') })
    expect(me.report('--dry-run', root)).toMatchObject({ imported: 1, skipped: 3 })
    expect(me.found('new')).toEqual([])
  })

  test('keeps accounts apart', () => {
    const me = person()
    const root = tree({ 'a.eml': letter('here') })
    me.report('--account', 'work', root)
    expect(me.found('account:work here')).toHaveLength(1)
    expect(me.report('--account', 'home', root)).toMatchObject({ imported: 1 })
    expect(me.run('import', '--account', 'a\u001bb', root).exit).toBe(2)
  })

  test('gives the bytes back as they were', () => {
    const me = person()
    const raw = Buffer.concat([Buffer.from(letter('bytes')), Buffer.from([0xff, 0, 0xe9, 13, 10, 10])])
    me.report(tree({ 'cur/1.a': raw }))
    const [{ id }] = me.found('bytes')
    const out = spawnSync(process.execPath, [resolve('src/main.ts'), 'raw', id], { env: { HOME: me.HOME } })
    expect(out.stdout.equals(raw)).toBe(true)
  })

  test('says nothing on stderr when nothing is wrong and nobody is watching', () => {
    expect(person().run('import', tree({ 'cur/1.a': letter('quiet') }))).toMatchObject({ stderr: '', exit: 0 })
  })

  test('tells a person who is watching how far it is, and takes the line back', () => {
    const watched = (messages: number) => {
      const me = person()
      const files = Object.fromEntries(
        Array.from({ length: messages }, (_, at) => [`cur/${at}`, letter(`n ${at}`, 'word '.repeat(4000))]),
      )
      const command = [process.execPath, resolve('src/main.ts'), 'import', tree(files)].join(' ')
      const { stdout } = spawnSync('script', ['-qec', `${command} >${me.HOME}/out`, '/dev/null'], {
        env: { HOME: me.HOME, PATH: process.env.PATH ?? '', TERM: 'xterm' },
        encoding: 'utf8',
      })
      return stdout
    }
    // An import that is over within a second says nothing, and how many messages that takes is the machine's affair.
    const seen = watched(3_000) || watched(9_000) || watched(27_000)
    expect(seen).toMatch(/imported, .*\/s/)
    expect(seen).toMatch(/\r\u001b\[K$/)
  })
})

describe('bad input:', { timeout: 180_000 }, () => {
  test('an mbox that is a PDF is refused, and mail beside it is taken in', () => {
    const me = person()
    const root = tree({ 'archive.mbox': '%PDF-1.7\n%âãÏÓ\n', 'letter.eml': letter('beside') })
    const alone = me.run('import', '--json', join(root, 'archive.mbox'))
    expect(alone.exit).toBe(1)
    expect(lastLine(alone)).toMatchObject({ error: { code: 'not_mail', message: expect.stringMatching(/PDF/) } })
    const both = me.run('import', root)
    expect(both.exit).toBe(1)
    expect(both.stdout).toMatch(/^1 imported/)
    expect(both.stderr).toMatch(/archive\.mbox: no mailbox and no message/)
  })

  test('a Maildir without cur is read as far as it is there, with a word about it', () => {
    const me = person()
    const ran = me.run('import', tree({ 'new/1.a': letter('whole'), 'tmp/': '' }))
    expect(ran).toMatchObject({ exit: 0, stderr: expect.stringMatching(/has no cur/) })
    expect(me.found('whole')).toHaveLength(1)
  })

  test('an empty Maildir is imported, an empty folder is not', () => {
    const me = person()
    expect(me.report(tree({ 'cur/': '', 'new/': '' }))).toMatchObject({ imported: 0, skipped: 0, defective: 0 })
    const nothing = me.run('import', '--json', tree())
    expect(nothing.exit).toBe(4)
    expect(lastLine(nothing)).toMatchObject({ error: { code: 'no_mail_found' } })
  })

  test('files without leave are named, the others are taken in, and the command goes on once they are given', () => {
    const me = person()
    const root = tree({ 'cur/1.a': letter('open'), 'cur/2.b': letter('shut'), 'cur/3.c': letter('open too') })
    chmodSync(join(root, 'cur/2.b'), 0)
    const ran = asOrdinary(me.HOME, ['import', '--json', root])
    expect(ran.status).toBe(1)
    expect(ran.stderr).toMatch(/2\.b: this message cannot be read: permission denied/)
    expect(JSON.parse(ran.stdout)).toMatchObject({ imported: 2, defective: 1, troubles: [{ code: 'file_unreadable' }] })
    chmodSync(join(root, 'cur/2.b'), 0o644)
    expect(JSON.parse(asOrdinary(me.HOME, ['import', '--json', root]).stdout)).toMatchObject({
      imported: 1,
      skipped: 2,
    })
  })

  test('an empty file is counted and no failure', () => {
    expect(person().report(tree({ 'cur/1.a': '', 'cur/2.b': letter('x') }))).toMatchObject({
      imported: 1,
      defective: 1,
    })
  })

  test('a pipe and a link in a Maildir are left alone', () => {
    const me = person()
    const outside = tree({ 'secret.eml': letter('outside') })
    const root = tree({ 'cur/1.a': letter('inside') })
    execFileSync('mkfifo', [join(root, 'cur/2.pipe')])
    symlinkSync(join(outside, 'secret.eml'), join(root, 'cur/3.link'))
    const ran = me.run('import', '--json', root)
    expect(ran.exit).toBe(0)
    expect(lastLine(ran)).toMatchObject({
      imported: 1,
      troubles: [{ code: expect.any(String) }, { code: expect.any(String) }],
    })
    expect(me.found('outside')).toEqual([])
  })

  test('a message of 60 MB and one of a thousand nested multiparts are taken in', () => {
    const me = person()
    const line = `${Buffer.alloc(57, 7).toString('base64')}\r\n`
    const huge = `Subject: heavy\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=big.zip\r\n\r\n${line.repeat(800_000)}--b--\r\n`
    const open = Array.from({ length: 1000 }, (_, at) => `Content-Type: multipart/mixed; boundary="${at}"\n\n--${at}\n`)
    const nested = `Subject: nested\nMIME-Version: 1.0\n${open.join('')}Content-Type: text/plain\n\ndeep\n`
    expect(huge.length).toBeGreaterThan(60_000_000)
    const root = tree({ 'cur/1.a': huge, 'cur/2.b': nested, 'cur/3.c': letter('after them') })
    expect(me.report(root)).toMatchObject({ imported: 3, defective: 0 })
    const [{ id, size, has_attachments: has }] = me.found('heavy')
    expect({ size, has }).toEqual({ size: huge.length, has: true })
    expect(me.run('raw', id).stdout.length).toBe(huge.length)
    expect(me.found('after')).toHaveLength(1)
    expect(me.found('nested')).toHaveLength(1)
  })

  const mountable = canMount()
  test.skipIf(!mountable)(
    'a full disk stops it with nothing lost, and the same command goes on once there is room',
    () => {
      const me = person()
      const small = newDirectory('small')
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=7m,mode=700', 'tmpfs', small])
      try {
        const noise = (at: number) =>
          Array.from({ length: 120 }, (_, word) => (((at * 7919 + word) * 2654435761) % 4294967296).toString(36)).join(
            ' ',
          )
        const root = tree(
          Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`cur/${at}`, letter(`n${at}`, noise(at))])),
        )
        const dataDir = join(small, 'data')
        mkdirSync(dataDir, { mode: 0o700 })
        const run = (...args: string[]) => postern(args, { env: { HOME: me.HOME, POSTERN_DATA_DIR: dataDir } })
        const full = run('import', '--json', root)
        expect(full.exit).toBe(1)
        expect(lastLine(full)).toMatchObject({ error: { code: 'disk_full', next: expect.stringMatching(/make room/) } })
        expect(lastLine(run('count', '--json', 'in:anywhere')).total).toBe(lastLine(full).error.data.imported)
        expect(lastLine(full).error.data.imported).toBeGreaterThan(0)
        execFileSync('mount', ['-o', 'remount,size=100m', small])
        const again = lastLine(run('import', '--json', root))
        expect(again.imported + again.skipped).toBe(3000)
        expect(lastLine(run('count', '--json', 'in:anywhere'))).toMatchObject({ total: 3000 })
      } finally {
        execFileSync('umount', [small])
      }
    },
  )
})

/** As a person runs it: root may read everything, unless it gives that up. */
function asOrdinary(HOME: string, args: readonly string[]) {
  const given = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] : []
  const [file = '', ...rest] = [...given, process.execPath, resolve('src/main.ts'), ...args]
  return spawnSync(file, rest, { env: { HOME, PATH: process.env.PATH ?? '' }, encoding: 'utf8' })
}

function canMount(): boolean {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return false
  const directory = newDirectory('mount')
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory]).status !== 0) return false
  spawnSync('umount', [directory])
  return true
}
