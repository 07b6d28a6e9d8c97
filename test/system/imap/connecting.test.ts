import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ImapProvider, ImapServer } from '#mail/providers/imap/index.ts'
import { has } from '../../needs.ts'
import { alice, type Dovecot, makeSite, type Site, startDovecot, startProxy } from '../../servers/index.ts'
import { accountAt } from './account.ts'

const signal = new AbortController().signal

describe.skipIf(!has('dovecot'))('a connection', () => {
  let site: Site
  let good: Dovecot
  let expired: Dovecot
  let elsewhere: Dovecot
  beforeAll(async () => {
    site = makeSite()
    good = await startDovecot(site, { tls: 'required' })
    expired = await startDovecot(site, { certificate: 'expired' })
    elsewhere = await startDovecot(site, { certificate: 'other_host' })
  })
  afterAll(async () => {
    for (const server of [good, expired, elsewhere]) await server?.stop()
    if (site !== undefined) rmSync(site.directory, { recursive: true, force: true })
  })

  const asking = async (server: ImapServer, password = alice.password) => {
    const provider: ImapProvider = accountAt(server, { ...alice, password })
    try {
      return await provider.mailboxes(signal)
    } finally {
      await provider.close()
    }
  }
  const implicit = (dovecot: Dovecot, more: Partial<ImapServer> = {}): ImapServer => {
    return { host: 'localhost', port: dovecot.tlsPort, tls: 'implicit', ...more }
  }
  const starttls = (dovecot: Dovecot, more: Partial<ImapServer> = {}): ImapServer => {
    return { host: 'localhost', port: dovecot.port, tls: 'starttls', ...more }
  }

  test('is made by TLS from the first byte or by STARTTLS, with an authority from the settings', async () => {
    const { ca } = site.authority
    expect((await asking(implicit(good, { ca }))).ok).toBe(true)
    expect((await asking(starttls(good, { ca }))).ok).toBe(true)
  })

  test('is refused when nobody vouches for the certificate, and shows it', async () => {
    for (const server of [implicit(good), starttls(good)]) {
      const answer = await asking(server)
      expect(answer).toMatchObject({
        ok: false,
        error: {
          code: 'certificate',
          retryable: false,
          certificate: {
            subject: 'localhost',
            issuer: 'Postern test authority',
            sha256: good.fingerprint.replaceAll(':', '').toLowerCase(),
          },
        },
      })
    }
  })

  test('is refused when the certificate has expired, and when it is for another server', async () => {
    const { ca } = site.authority
    for (const make of [implicit, starttls]) {
      const late = await asking(make(expired, { ca }))
      expect(late).toMatchObject({
        ok: false,
        error: { code: 'certificate', certificate: { reason: 'CERT_HAS_EXPIRED' } },
      })
      expect(late.ok ? '' : late.error.message).toContain('it has expired')
      const other = await asking(make(elsewhere, { ca }))
      expect(other).toMatchObject({
        ok: false,
        error: { code: 'certificate', certificate: { reason: 'ERR_TLS_CERT_ALTNAME_INVALID' } },
      })
    }
  })

  test('is made to a pinned certificate whatever is wrong with it, and to no other', async () => {
    for (const make of [implicit, starttls]) {
      expect((await asking(make(expired, { certificateSha256: expired.fingerprint }))).ok).toBe(true)
      // One that everybody vouches for is not the pinned one either; the password stays here.
      const other = await asking(make(good, { ca: site.authority.ca, certificateSha256: expired.fingerprint }))
      expect(other).toMatchObject({ ok: false, error: { code: 'certificate' } })
    }
  })

  test('with a wrong password is refused as that, and the server asked once', async () => {
    const proxy = await startProxy(elsewhere.port)
    const provider = accountAt({ host: '127.0.0.1', port: proxy.port, tls: 'none' }, { ...alice, password: 'wrong' })
    const first = await provider.mailboxes(signal)
    expect(first).toMatchObject({ ok: false, error: { code: 'auth', retryable: false } })
    expect(await provider.mailboxes(signal)).toEqual(first)
    expect(proxy.connections).toBe(1)
    await provider.close()
    await proxy.stop()
  })

  test('where nobody listens is a network error that may pass', async () => {
    const answer = await asking({ host: '127.0.0.1', port: 1, tls: 'implicit' })
    expect(answer).toMatchObject({ ok: false, error: { code: 'network', retryable: true } })
  })
})
