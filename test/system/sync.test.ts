import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { has } from '../needs.ts'
import { newDirectory, postern, type Ran } from '../postern.ts'
import { alice, type Dovecot, makeSite, type Person, RawImap, type Site, startDovecot } from '../servers/index.ts'

describe.skipIf(!has('dovecot'))('postern sync, as a person runs it', () => {
  let site: Site
  let dovecot: Dovecot
  let home: string
  const people: Person[] = Array.from({ length: 10 }, (_, at) => ({ ...alice, user: `walker${at}@example.org` }))
  let person: Person = alice
  let taken = 0
  beforeAll(async () => {
    site = makeSite()
    for (const each of people) site.addPerson(each)
    dovecot = await startDovecot(site)
  })
  afterAll(async () => {
    await dovecot?.stop()
    if (site !== undefined) rmSync(site.directory, { recursive: true, force: true })
  })
  beforeEach(() => {
    home = newDirectory('sync-home')
    person = people[taken++] ?? alice
  })
  afterEach(() => {
    run('daemon', 'stop')
  })

  const run = (...args: string[]): Ran => postern(args, { program: [inject('executable')], env: { HOME: home } })
  const settings = (lines: readonly string[], password = person.password) => {
    const directory = join(home, '.config', 'postern')
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    chmodSync(join(home, '.config'), 0o700)
    const file = join(directory, 'config.toml')
    const text = [
      '[accounts.home]',
      `email = "${person.user}"`,
      `password_command = ["/bin/echo", "${password}"]`,
      '[accounts.home.imap]',
      'host = "localhost"',
      `port = ${dovecot.tlsPort}`,
      'tls = "implicit"',
      ...lines,
      '[accounts.home.smtp]',
      'host = "localhost"',
      'port = 2525',
    ]
    writeFileSync(file, `${text.join('\n')}\n`, { mode: 0o600 })
  }
  const trusted = () => [`ca_file = "${site.authority.caFile}"`]

  test('mail comes, is found, and what is decided about it reaches the server', async () => {
    const raw = await RawImap.open(dovecot.port, person.user, person.password)
    for (let number = 0; number < 3; number++) {
      await raw.append(
        'INBOX',
        `From: Bob <bob@example.org>\r\nTo: ${person.user}\r\nMessage-ID: <walk${number}@x>\r\nSubject: noodles ${number}\r\n\r\nlunch?\r\n`,
      )
    }
    settings(trusted())
    expect(run('sync', '--wait').stdout).toMatch(/^home {2}\d new, \d changed, 0 removed\n$/)
    expect(run('search', 'noodles', '--ids').stdout.trim().split('\n').length).toBe(3)
    expect(run('archive', '--search', 'subject:"noodles 1"', '--yes').exit).toBe(0)
    // The daemon delivers by itself, as soon as it can.
    for (const deadline = performance.now() + 20_000; (await raw.look('Archive')).length === 0; ) {
      if (performance.now() > deadline) throw new Error('it was not delivered')
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    expect((await raw.look('Archive')).map(({ messageId }) => messageId)).toEqual(['walk1@x'])
    const shown = JSON.parse(run('sync', '--mailboxes', '--json').stdout)
    expect(shown.accounts[0].mailboxes.map((mailbox: { name: string }) => mailbox.name)).toContain('INBOX')
    raw.close()
  })

  test('a wrong password is said with the command that helps, and asked of the server once', () => {
    settings(trusted(), 'wrong')
    const before = failures()
    const ran = run('sync', '--wait')
    expect(ran.exit).toBe(1)
    expect(ran.stderr).toContain('refused the login')
    expect(ran.stderr).toContain('next: postern account edit home --password')
    expect(failures() - before).toBeLessThanOrEqual(2)
    const status = JSON.parse(run('status', '--json').stdout)
    expect(status.accounts[0]).toMatchObject({ name: 'home', state: 'auth_needed' })
    const after = failures()
    run('status')
    expect(failures()).toBe(after)
  })

  test('a certificate that nobody vouches for stops it, and says so', () => {
    settings([])
    const ran = run('sync', '--wait', '--json')
    expect(ran.exit).toBe(1)
    expect(JSON.parse(ran.stdout).accounts[0]).toMatchObject({ outcome: 'failed', code: 'certificate' })
    settings([`certificate_sha256 = "${dovecot.fingerprint}"`])
    run('daemon', 'restart')
    expect(run('sync', '--wait').exit).toBe(0)
  })

  test('an account that is not there, or none at all, is named', () => {
    settings(trusted())
    expect(run('sync', '--account', 'work')).toMatchObject({ exit: 4 })
  })

  function failures(): number {
    return readFileSync(join(dovecot.directory, 'dovecot.log'), 'utf8').match(/auth failed/g)?.length ?? 0
  }
})
