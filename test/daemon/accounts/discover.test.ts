import { describe, expect, test } from 'vitest'
import { discover, type Network, readAutoconfig } from '#daemon/accounts/discover.ts'
import { isPublic } from '#daemon/accounts/network.ts'

const nothing: Network = { srv: async () => [], mx: async () => [], text: async () => undefined }
const srv = (records: Record<string, [string, number, number, number]>) => async (name: string) => {
  const found = records[name]
  return found === undefined ? [] : [{ name: found[0], port: found[1], priority: found[2], weight: found[3] }]
}
const server = (way: string, type: string, host: string, port: number, socket: string) =>
  `<${way}Server type="${type}"><hostname>${host}</hostname><port>${port}</port><socketType>${socket}</socketType><username>%EMAILADDRESS%</username></${way}Server>`

describe('the servers of an address', () => {
  test('are those of the provider to which its domain’s mail goes', async () => {
    const network = { ...nothing, mx: async () => ['aspmx.l.google.com'] }
    expect(await discover('ann@firm.example', network)).toMatchObject({
      provider: 'gmail',
      imap: { host: 'imap.gmail.com' },
    })
    expect(await discover('ann@firm.example', { ...nothing, mx: async () => ['mx.notgoogle.com'] })).toBeUndefined()
  })

  test('are what the domain announces, TLS from the first byte before STARTTLS', async () => {
    const network = {
      ...nothing,
      srv: srv({
        '_imaps._tcp.a.example': ['IMAP.a.example.', 993, 0, 1],
        '_imap._tcp.a.example': ['other.a.example', 143, 0, 1],
        '_submission._tcp.a.example': ['smtp.a.example', 587, 0, 1],
      }),
    }
    expect(await discover('ann@a.example', network)).toMatchObject({
      imap: { host: 'imap.a.example', port: 993, tls: 'implicit' },
      smtp: { host: 'smtp.a.example', port: 587, tls: 'starttls' },
    })
  })

  test('are none where the domain says so, or says nonsense', async () => {
    for (const name of ['.', 'a b.example', 'x'.repeat(300), 'localhost', '-x.example']) {
      const network = {
        ...nothing,
        srv: srv({
          '_imaps._tcp.a.example': [name, 993, 0, 0],
          '_submissions._tcp.a.example': ['s.a.example', 465, 0, 0],
        }),
      }
      expect(await discover('ann@a.example', network)).toBeUndefined()
    }
  })

  test('are what the domain publishes over HTTPS, and only if encrypted', async () => {
    const asked: string[] = []
    const text = `<clientConfig>${server('incoming', 'pop3', 'p.a.example', 995, 'SSL')}${server('incoming', 'imap', 'i.a.example', 143, 'plain')}${server('incoming', 'imap', 'i.a.example', 993, 'SSL')}${server('outgoing', 'smtp', 's.a.example', 587, 'STARTTLS')}</clientConfig>`
    const network = {
      ...nothing,
      text: async (url: string) => {
        asked.push(url)
        return url.includes('well-known') ? text : undefined
      },
    }
    expect(await discover('ann+x@a.example', network)).toMatchObject({
      imap: { port: 993, tls: 'implicit' },
      smtp: { port: 587, tls: 'starttls' },
    })
    expect(asked[0]).toBe('https://autoconfig.a.example/mail/config-v1.1.xml?emailaddress=ann%2Bx%40a.example')
  })

  test.each([
    '',
    '<incomingServer',
    '<incomingServer type="imap">'.repeat(5000),
    `${server('incoming', 'imap', 'i', 993, 'SSL')}`,
    'x'.repeat(300_000),
  ])('are none in a document that makes no sense', text => {
    expect(readAutoconfig(text, 'ann@a.example')).toBeUndefined()
  })
})

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  'fe80::1',
  'fc00::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '2001:db8::1',
])('%s is no public address: nothing is fetched from it', address => {
  expect(isPublic(address)).toBe(false)
})

test.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111'])('%s is a public address', address => {
  expect(isPublic(address)).toBe(true)
})
