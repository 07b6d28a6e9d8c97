import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { err, ok } from '#base/result.ts'
import { Secret } from '#base/secret.ts'
import type { Server } from '#config/index.ts'
import { sendBySmtp, testSmtp } from '#mail/providers/smtp/index.ts'
import { has } from '../needs.ts'
import { alice, type Exim, makeSite, type Site, startExim, startProxy } from '../servers/index.ts'

const sentinel = alice.password
const bytes = Buffer.from(
  'From: <alice@example.org>\r\nTo: <bob@example.org>\r\nSubject: hi\r\nMessage-ID: <1@example.org>\r\n\r\n.dot\r\n..\r\nend\r\n',
)

describe.skipIf(!has('exim4'))('handing a message to a server', () => {
  let site: Site
  let exim: Exim
  beforeAll(async () => {
    site = makeSite()
    exim = await startExim(site)
  })
  afterAll(async () => {
    await exim?.stop()
    if (site !== undefined) rmSync(site.directory, { recursive: true, force: true })
  })
  beforeEach(() => rmSync(join(site.mailDirectory, 'bob@example.org'), { recursive: true, force: true }))

  const server = (more: Partial<Server> = {}): Server => ({
    host: '127.0.0.1',
    port: exim.tlsPort,
    tls: 'implicit',
    caFile: site.authority.caFile,
    certificateSha256: null,
    username: alice.user,
    ...more,
  })

  interface Said {
    readonly server?: Partial<Server>
    readonly to?: readonly string[]
    readonly password?: string
    readonly beforeEnd?: () => Promise<void>
  }

  const send = async ({ server: more, to = ['bob@example.org'], password = sentinel, beforeEnd }: Said = {}) =>
    sendBySmtp(
      { from: alice.user, to, bytes },
      { server: server(more), password: async () => ok(new Secret(password)), signal: new AbortController().signal },
      beforeEnd ?? (async () => {}),
    )

  /** What lies in Bob's mailbox, once the server has delivered what it took. */
  const delivered = async (atLeast: number): Promise<string[]> => {
    const directory = join(site.mailDirectory, 'bob@example.org', 'new')
    for (let tries = 0; ; tries++) {
      const names = list(directory)
      if (names.length >= atLeast || tries > 200)
        return names.map(name => readFileSync(join(directory, name), 'latin1'))
      await new Promise(resolve => setTimeout(resolve, 25))
    }
  }

  test('a wrong password is said, and nothing is sent', async () => {
    expect(await send({ password: 'wrong' })).toMatchObject({ outcome: 'not_taken', trouble: { code: 'auth' } })
  })

  test('a password that cannot be had is the keeper’s refusal', async () => {
    const dialogue = {
      server: server(),
      password: async () => err({ code: 'x', message: 'locked' }),
      signal: new AbortController().signal,
    }
    expect(await testSmtp(dialogue)).toMatchObject({ error: { code: 'auth', message: 'locked' } })
  })

  test.each([
    ['an authority that nobody knows', () => ({ caFile: null }), /authority that this machine does not know/],
    [
      'another certificate than the pinned one',
      () => ({ certificateSha256: 'ab'.repeat(32) }),
      /not the one that certificate_sha256/,
    ],
    ['a name that the certificate does not have', () => ({ host: '127.0.0.2' }), /nothing answers|another name/],
    ['no TLS where STARTTLS is asked for', () => ({ port: exim.tlsPort, tls: 'starttls' as const }), /./],
  ])('%s ends it before the password is asked for', async (_why, more, message) => {
    let asked = 0
    const password = async () => {
      asked++
      return ok(new Secret(sentinel))
    }
    const outcome = await sendBySmtp(
      { from: alice.user, to: ['bob@example.org'], bytes },
      { server: server(more()), password, signal: AbortSignal.timeout(1500) },
      async () => {},
    )
    expect(outcome.outcome === 'not_taken' && outcome.trouble.message).toMatch(message)
    expect(asked).toBe(0)
  })

  test.each(['expired', 'other_host'] as const)(
    'a certificate that is wrong (%s) is refused, unless it is pinned',
    async certificate => {
      const odd = await startExim(site, { certificate })
      try {
        const refused = await send({ server: { port: odd.tlsPort } })
        expect(refused).toMatchObject({
          outcome: 'not_taken',
          trouble: {
            code: 'tls',
            message: certificate === 'expired' ? 'its certificate has expired' : 'its certificate is for another name',
          },
        })
        const pinned = { certificateSha256: odd.fingerprint.replaceAll(':', '').toLowerCase() }
        for (const way of [{ port: odd.tlsPort }, { port: odd.port, tls: 'starttls' as const }]) {
          expect(await send({ server: { ...way, ...pinned, caFile: null } })).toMatchObject({ outcome: 'taken' })
        }
      } finally {
        await odd.stop()
      }
    },
  )

  test('a server whose STARTTLS was stripped on the way gets neither password nor mail', async () => {
    const seen: string[] = []
    const stripped = await fakeServer((line, answer) => {
      seen.push(line)
      answer(
        line.startsWith('EHLO')
          ? '250-localhost\r\n250 AUTH PLAIN LOGIN\r\n'
          : line === 'STARTTLS'
            ? '502 no\r\n'
            : '250 ok\r\n',
      )
    })
    expect(await send({ server: { port: stripped.port, tls: 'starttls' } })).toMatchObject({
      outcome: 'not_taken',
      trouble: { code: 'tls' },
    })
    expect(seen.join(' ')).not.toMatch(/AUTH|MAIL/)
    stripped.close()
  })

  test('a message arrives byte for byte, by TLS and by STARTTLS', async () => {
    expect(await send()).toMatchObject({ outcome: 'taken', refused: [] })
    expect(await send({ server: { port: exim.port, tls: 'starttls' } })).toMatchObject({ outcome: 'taken' })
    const mails = await delivered(2)
    expect(mails).toHaveLength(2)
    for (const mail of mails) expect(mail.replaceAll('\n', '\r\n')).toContain(bytes.toString())
  })

  test('recipients that are refused are named, for now or for good; the others get it', async () => {
    const outcome = await send({ to: ['bob@example.org', 'refuse@x.example', 'later@x.example'] })
    expect(outcome).toMatchObject({
      outcome: 'taken',
      refused: [
        { recipient: 'refuse@x.example', isForNow: false, reply: 550 },
        { recipient: 'later@x.example', isForNow: true, reply: 451 },
      ],
    })
    expect(await delivered(1)).toHaveLength(1)
  })

  test.each([
    ['refuse@x.example', 'refused', 550],
    ['later@x.example', 'refused_for_now', 451],
    ['data-refuse@x.example', 'refused', 550],
    ['data-later@x.example', 'refused_for_now', 451],
  ])('a server that says no (%s) has surely not taken it', async (to, code, reply) => {
    expect(await send({ to: [to] })).toMatchObject({ outcome: 'not_taken', trouble: { code, reply } })
  })

  test('what cannot be noted before the end is never ended', async () => {
    const failing = async () => {
      throw new Error('disk full')
    }
    await expect(send({ beforeEnd: failing })).rejects.toThrow('disk full')
    expect(await send()).toMatchObject({ outcome: 'taken' }) // so that a wrong delivery would have come by now
    expect(await delivered(1)).toHaveLength(1)
  })

  test('the connection cut at any byte: what is told as sure is sure, and nothing is delivered twice', async () => {
    const clear = { port: exim.port, tls: 'starttls' as const }
    for (let cut = 0; cut < 24; cut++) {
      rmSync(join(site.mailDirectory, 'bob@example.org'), { recursive: true, force: true })
      const proxy = await startProxy(exim.port, () =>
        cut % 2 === 0 ? { cutAfterClientBytes: 40 + cut * 70 } : { cutAfterServerBytes: 60 + cut * 85 },
      )
      const outcome = await send({ server: { ...clear, port: proxy.port } })
      await proxy.stop()
      await send({ to: ['marker@elsewhere.example'] })
      const mails = await delivered(outcome.outcome === 'taken' ? 1 : 0)
      expect(mails.length).toBeLessThanOrEqual(1)
      if (outcome.outcome === 'taken') expect(mails).toHaveLength(1)
      if (outcome.outcome === 'not_taken') expect(mails).toHaveLength(0)
    }
  })

  test('a connection that ends right after the message leaves the outcome unknown', async () => {
    const silent = await fakeServer((line, answer, socket) => {
      if (line.startsWith('EHLO')) answer('250 localhost\r\n')
      else if (line === 'DATA') answer('354 go\r\n')
      else if (line === '.') socket.destroy()
      else if (/^(?:MAIL|RCPT)/.test(line)) answer('250 ok\r\n')
    })
    const noted: string[] = []
    const outcome = await send({
      server: { port: silent.port, tls: 'none', username: null },
      beforeEnd: async () => {
        noted.push('ending')
      },
    })
    expect(outcome).toMatchObject({ outcome: 'unknown', trouble: { code: 'network' } })
    expect(noted).toEqual(['ending'])
    silent.close()
  })

  test.each([
    ['answers before the end', '552 too large\r\n', 'not_taken'],
    ['says yes before the end', '250 fine\r\n', 'unknown'],
  ])('a server that %s gets no end', async (_what, early, outcome) => {
    const lines: string[] = []
    const hasty = await fakeServer((line, answer) => {
      lines.push(line)
      if (line.startsWith('EHLO')) answer('250 localhost\r\n')
      else if (line === 'DATA') answer(`354 go\r\n${early}`)
      else if (/^(?:MAIL|RCPT)/.test(line)) answer('250 ok\r\n')
    })
    const told = await send({
      server: { port: hasty.port, tls: 'none', username: null },
      beforeEnd: () => new Promise(resolve => setTimeout(resolve, 100)),
    })
    expect(told.outcome).toBe(outcome)
    expect(lines).not.toContain('.')
    hasty.close()
  })

  test.each([
    ['closes at once', ''],
    ['never ends its line', 'x'.repeat(200_000)],
    ['steers the terminal', '500 \x1b[31mno\r\n'],
    ['says goodbye after hello', '220 hi\r\n421 bye\r\n'],
    ['is a web server', 'HTTP/1.1 400 Bad\r\n\r\n'],
  ])('a server that %s is refused in words that cannot steer a terminal', async (_what, greeting) => {
    const odd = await fakeServer((_line, _answer, socket) => socket.destroy(), greeting)
    const outcome = await send({ server: { port: odd.port, tls: 'none', username: null } })
    expect(outcome.outcome).toBe('not_taken')
    expect(JSON.stringify(outcome)).not.toMatch(/\\u001b/)
    odd.close()
  })

  test('no password stands in anything that comes back', async () => {
    for (const outcome of [
      await send({ password: `${sentinel}x` }),
      await send(),
      await send({ server: { caFile: null } }),
    ]) {
      expect(inspect(outcome, { depth: 9 })).not.toContain(sentinel)
    }
  })
})

function list(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

/** A server of a few lines, for what no real one does. */
async function fakeServer(
  onLine: (line: string, answer: (text: string) => void, socket: Socket) => void,
  greeting = '220 localhost\r\n',
): Promise<{ port: number; close(): void }> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.write(greeting)
    if (greeting === '') socket.destroy()
    let rest = ''
    socket.on('data', chunk => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (!socket.destroyed) onLine(line, text => socket.write(text), socket)
    })
    setTimeout(() => socket.destroy(), 5_000).unref()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { port: address.port, close: () => server.close() }
}
