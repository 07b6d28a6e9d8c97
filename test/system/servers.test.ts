import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../needs.ts'
import {
  alice,
  bob,
  type Dovecot,
  type Exim,
  type FaultyProxy,
  makeSite,
  type Site,
  startDovecot,
  startExim,
  startKeyring,
  startProxy,
} from '../servers/index.ts'

let site: Site

describe.skipIf(!has('dovecot') || !has('exim4'))('the servers of the tests', () => {
  let dovecot: Dovecot
  let exim: Exim
  beforeAll(async () => {
    site = makeSite()
    dovecot = await startDovecot(site)
    exim = await startExim(site)
  })
  afterAll(async () => {
    await dovecot?.stop()
    await exim?.stop()
    if (site !== undefined) rmSync(site.directory, { recursive: true, force: true })
  })

  const signIn = Buffer.from(`\0${alice.user}\0${alice.password}`).toString('base64')

  test('mail that Exim takes lies in the mailbox that Dovecot serves', async () => {
    const answers = await smtp(exim, [
      `AUTH PLAIN ${signIn}`,
      `MAIL FROM:<${alice.user}>`,
      `RCPT TO:<${bob.user}>`,
      'DATA',
      'Subject: from the other side\r\n\r\nhello\r\n.',
    ])
    expect(answers.map(code => code.slice(0, 3))).toEqual(['235', '250', '250', '354', '250'])
    await until(() => spawnSync('ls', [join(site.mailDirectory, bob.user, 'new')], { encoding: 'utf8' }).stdout !== '')
    const found = dovecot.admin(['fetch', '-u', bob.user, 'hdr.subject', 'mailbox', 'INBOX'])
    expect(found).toContain('from the other side')
  })

  test('recipients are refused, put off and bounced as their names say', async () => {
    const answers = await smtp(exim, [
      `AUTH PLAIN ${signIn}`,
      `MAIL FROM:<${alice.user}>`,
      'RCPT TO:<refused@x.org>',
      'RCPT TO:<later@x.org>',
      'RCPT TO:<bouncer@x.org>',
      'RCPT TO:<data-refused@x.org>',
      'DATA',
      'Subject: x\r\n\r\nhello\r\n.',
    ])
    expect(answers.map(code => code.slice(0, 3))).toEqual(['235', '250', '550', '451', '250', '250', '354', '550'])
  })

  test('nobody sends elsewhere without signing in, and nobody signs in with a wrong password', async () => {
    const answers = await smtp(exim, [
      `AUTH PLAIN ${Buffer.from(`\0${alice.user}\0wrong`).toString('base64')}`,
      'MAIL FROM:<x@x.org>',
      'RCPT TO:<y@y.org>',
    ])
    expect(answers.map(code => code.slice(0, 3))).toEqual(['535', '250', '550'])
  })

  test('the proxy counts commands, and cuts at the byte that it was told', async () => {
    let proxy: FaultyProxy | undefined
    try {
      proxy = await startProxy(dovecot.port, connection => (connection === 0 ? {} : { cutAfterServerBytes: 10 }))
      const whole = await imap(proxy.port, ['a1 NOOP', 'a2 CAPABILITY', 'a3 LOGOUT'])
      expect(whole).toContain('a3 OK')
      expect(proxy.commands).toEqual(['NOOP', 'CAPABILITY', 'LOGOUT'])
      expect((await imap(proxy.port, [])).length).toBeLessThanOrEqual(10)
    } finally {
      await proxy?.stop()
    }
  })
})

describe.skipIf(!has('gnome-keyring-daemon') || !has('secret-tool'))('the keyring of the tests', () => {
  test('a secret that is stored is found again', async () => {
    const site = makeSite()
    const keyring = await startKeyring(site.directory)
    try {
      const env = { PATH: process.env.PATH ?? '', ...keyring.env }
      execFileSync('secret-tool', ['store', '--label=x', 'service', 's'], { env, input: 'a secret' })
      expect(execFileSync('secret-tool', ['lookup', 'service', 's'], { env, encoding: 'utf8' })).toBe('a secret')
    } finally {
      await keyring.stop()
      rmSync(site.directory, { recursive: true, force: true })
    }
  })
})

test.skipIf(!has('dovecot'))('scripts/servers refuses a directory that holds something else', () => {
  const site = makeSite()
  const script = join(import.meta.dirname, '../../scripts/servers')
  const ran = spawnSync(script, ['start', 'dovecot', '--directory', site.directory], { encoding: 'utf8' })
  expect([ran.status, ran.stderr]).toEqual([1, `${site.directory} holds other things: name an empty one\n`])
  expect(readdirSync(site.directory)).toContain('ca.pem')
  rmSync(site.directory, { recursive: true, force: true })
})

/** The answers to these lines, without the greeting and the answer to EHLO. */
function smtp({ tlsPort }: Exim, lines: readonly string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port: tlsPort, host: '127.0.0.1', ca: site.authority.ca })
    const answers: string[] = []
    const queue = ['EHLO test', ...lines]
    let text = ''
    socket.once('error', reject)
    socket.on('data', piece => {
      text += piece.toString('latin1')
      for (let found = answer.exec(text); found !== null; found = answer.exec(text)) {
        text = text.slice(found[0].length)
        answers.push(found[0])
        const next = queue.shift()
        if (next !== undefined) socket.write(`${next}\r\n`)
        else {
          socket.end()
          resolve(answers.slice(2))
        }
      }
    })
  })
}

const answer = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/

/** All that the server says until the connection ends. */
function imap(port: number, lines: readonly string[]): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write(lines.map(line => `${line}\r\n`).join('')))
    let text = ''
    socket.on('data', piece => {
      text += piece.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}

async function until(isTrue: () => boolean): Promise<void> {
  for (const deadline = performance.now() + 10_000; !isTrue(); await wait(20)) {
    if (performance.now() > deadline) throw new Error('it did not happen within ten seconds')
  }
}
