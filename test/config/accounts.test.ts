import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { accountKeys, parseConfig, providers } from '#config/index.ts'
import { newDirectory, postern } from '../postern.ts'

function read(text: string) {
  const parsed = parseConfig(text)
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('\n'))
  return parsed.value
}

/** What is wrong with `[accounts.work]` that has these lines. */
function refusals(lines: string): string[] {
  return read(`[accounts.work]\n${lines}`).refusedAccounts.map(({ line, message }) => `${line}: ${message}`)
}

describe('an account that cannot be used', () => {
  test.each([
    ['email = "ann@example.org"', '1: accounts.work: nothing says where ann@example.org is'],
    ['email = "ann"\nprovider = "gmail"', '2: accounts.work.email must be an address, not "ann"'],
    ['email = "ann@x.org, bob@x.org"\nprovider = "gmail"', '2: accounts.work.email must be an address'],
    ['email = "a@x.org"\nprovider = "gmial"', '3: accounts.work: there is no provider "gmial"; did you mean "gmail"?'],
    ['email = "a@x.org"\nprovidr = "gmail"', '3: unknown key "providr" in [accounts.work]; did you mean "provider"?'],
    [
      'email = "a@x.org"\nimap = { host = "h", prot = 1 }',
      '3: unknown key "prot" in [accounts.work.imap]; did you mean "port"?',
    ],
    ['email = "a@x.org"\nimap = { host = "h", port = 0 }', '3: accounts.work.imap.port must be 1 to 65535, not 0'],
    ['email = "a@x.org"\nimap = { port = 993 }', '3: accounts.work: imap.host is missing'],
    [
      'email = "a@x.org"\nimap = { host = "mail.example.org", tls = "none" }',
      '3: accounts.work: tls = "none" is for servers on this machine',
    ],
    [
      'email = "a@x.org"\nimap = { host = "mail.example.org" }\nauth = "none"',
      '4: accounts.work: auth = "none" is for servers on this machine',
    ],
    [
      'email = "a@x.org"\nprovider = "gmail"\nhistory = "soon"',
      '4: accounts.work.history must be all, or a time such as 90d or 1y',
    ],
    [
      'email = "a@gmail.com"\nimap = { host = "h", ca_file = "certs/ca.pem" }',
      '3: accounts.work.imap.ca_file must be an absolute path',
    ],
    ['email = "a@gmail.com"\nname = "Ann\\u000d\\u000aBcc: x@evil.example"', '3: accounts.work.name must be a name'],
  ])('is named with its line: %s', (lines, expected) => {
    expect(refusals(lines)[0]).toContain(expected)
  })

  test('does not stop the other accounts', () => {
    const { accounts, refusedAccounts } = read(
      '[accounts.bad]\nemail = 1\n[accounts.good]\nemail = "ann@gmail.com"\n[accounts."Work Mail"]\nemail = "b@gmail.com"',
    )
    expect(accounts.map(({ name }) => name)).toEqual(['good'])
    expect(refusedAccounts.map(({ name, line }) => [name, line])).toEqual([
      ['bad', 2],
      ['Work Mail', 5],
    ])
  })

  test('has the address of another', () => {
    const two = '[accounts.a]\nemail = "ann@gmail.com"\n[accounts.b]\nemail = "Ann@Gmail.com"'
    expect(read(two).refusedAccounts[0]).toMatchObject({
      line: 4,
      message: 'accounts.b.email is that of [accounts.a] too',
    })
  })

  test('makes config check fail', () => {
    const home = newDirectory('home')
    mkdirSync(join(home, '.config/postern'), { recursive: true, mode: 0o700 })
    writeFileSync(join(home, '.config/postern/config.toml'), '[accounts.a]\nemail = "x"\n', { mode: 0o600 })
    expect(postern(['config', 'check'], { env: { HOME: home } })).toMatchObject({ exit: 2 })
    expect(postern(['config', 'show'], { env: { HOME: home } })).toMatchObject({ exit: 0 })
  })
})

describe('a password in the file', () => {
  test.each(['password', 'pass', 'secret', 'token'])('under the name %s is refused and never repeated', name => {
    const [refusal = ''] = refusals(`email = "a@gmail.com"\n${name} = "hunter2"`)
    expect(refusal).toContain('3: a secret has no place in this file')
    expect(refusal).toContain('postern account edit work --password')
    expect(refusal).not.toContain('hunter2')
  })

  test('where a command belongs is refused and never repeated', () => {
    const [refusal = ''] = refusals('email = "a@gmail.com"\npassword_command = "hunter2"')
    expect(refusal).toBe('3: accounts.work.password_command must be a list of words')
  })
})

describe('an account', () => {
  test('of a known provider takes three lines', () => {
    const [account] = read('[accounts.work]\nemail = "ann@example.org"\nprovider = "fastmail"').accounts
    expect(account).toEqual({
      name: 'work',
      email: 'ann@example.org',
      enabled: true,
      provider: 'fastmail',
      imap: server('imap.fastmail.com', 993, 'implicit'),
      smtp: server('smtp.fastmail.com', 465, 'implicit'),
      passwordCommand: null,
      historyDays: null,
      syncIntervalMs: 300_000,
      folders: { include: [], exclude: [] },
      sentCopy: 'append',
      identities: [{ email: 'ann@example.org', name: null, signature: null, defaultFor: [] }],
    })
  })

  test('of a well-known domain takes two', () => {
    const [account] = read('[accounts.home]\nemail = "ann@gmail.com"').accounts
    expect(account).toMatchObject({ provider: 'gmail', sentCopy: 'server' })
  })

  test('with servers of its own is what they say, and no more', () => {
    const text = '[accounts.a]\nemail = "ann@gmail.com"\n[accounts.a.smtp]\nhost = "relay.example.org"\nport = 587'
    const [account] = read(text).accounts
    expect(account).toMatchObject({ imap: null, smtp: { port: 587, tls: 'starttls', username: 'ann@gmail.com' } })
  })

  test('pins one certificate, in any of the usual spellings', () => {
    const hex = 'AB:'.repeat(31).concat('CD')
    const text = `[accounts.a]\nemail = "ann@pm.me"\nprovider = "proton-bridge"\n[accounts.a.imap]\ncertificate_sha256 = "${hex}"`
    const [account] = read(text).accounts
    expect(account?.imap).toMatchObject({ host: '127.0.0.1', port: 1143, certificateSha256: `${'ab'.repeat(31)}cd` })
  })

  test('has its own address first among those it may write from', () => {
    const text =
      '[accounts.a]\nemail = "a@gmail.com"\nname = "Ann"\n[[accounts.a.identities]]\nemail = "sales@x.org"\ndefault_for = ["x.org"]'
    const [account] = read(text).accounts
    expect(account?.identities.map(({ email, name }) => [email, name])).toEqual([
      ['a@gmail.com', 'Ann'],
      ['sales@x.org', 'Ann'],
    ])
  })
})

test('every known provider makes an account with TLS', () => {
  for (const { name } of providers) {
    const { accounts, refusedAccounts } = read(`[accounts.a]\nemail = "ann@example.org"\nprovider = "${name}"`)
    expect(refusedAccounts).toEqual([])
    expect(accounts[0]?.imap?.tls).not.toBe('none')
    expect(accounts[0]?.smtp?.tls).not.toBe('none')
  }
})

test('every key of an account says what it is and what it does', () => {
  for (const { key, summary, type } of accountKeys()) {
    expect(summary, key).not.toBe('')
    expect(type, key).not.toBe('')
  }
})

function server(host: string, port: number, tls: string) {
  return { host, port, tls, caFile: null, certificateSha256: null, username: 'ann@example.org' }
}
