import { type LookupAddress, lookup as lookUp } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { get } from 'node:https'
import { BlockList, isIPv6 } from 'node:net'
import type { Network } from './discover.ts'

const bytesMax = 256 * 1024
const redirectsMax = 2
const requestMs = 8_000
const resolveMs = 5_000

/** The network of this machine. What an address makes us ask for goes to public hosts only (R-02-50). */
export function systemNetwork(signal: AbortSignal): Network {
  const resolver = new Resolver({ timeout: resolveMs, tries: 1 })
  signal.addEventListener('abort', () => resolver.cancel(), { once: true })
  const orNone = <T>(asked: Promise<T[]>): Promise<T[]> => asked.catch(() => [])
  return {
    srv: name => orNone(resolver.resolveSrv(name)),
    mx: async domain => (await orNone(resolver.resolveMx(domain))).map(({ exchange }) => exchange),
    text: url => fetchText(new URL(url), signal, redirectsMax),
  }
}

/** Undefined for whatever goes wrong: a domain need not publish anything. */
function fetchText(url: URL, signal: AbortSignal, redirects: number): Promise<string | undefined> {
  if (url.protocol !== 'https:' || redirects < 0 || signal.aborted) return Promise.resolve(undefined)
  return new Promise(resolve => {
    const none = () => resolve(undefined)
    const request = get(
      url,
      { lookup: publicLookup, signal, timeout: requestMs, headers: { 'user-agent': 'Postern', accept: 'text/xml' } },
      response => {
        const { statusCode = 0, headers } = response
        if (statusCode >= 301 && statusCode <= 308 && headers.location !== undefined) {
          response.destroy()
          const next = URL.parse(headers.location, url)
          resolve(next === null || next.hostname !== url.hostname ? undefined : fetchText(next, signal, redirects - 1))
          return
        }
        const chunks: Buffer[] = []
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > bytesMax) response.destroy()
          else chunks.push(chunk)
        })
        response.on('end', () => resolve(statusCode === 200 ? Buffer.concat(chunks).toString('utf8') : undefined))
        response.on('error', none)
        response.on('close', none)
      },
    )
    request.on('timeout', () => request.destroy())
    request.on('error', none)
  })
}

type LookupDone = (error: Error | null, addresses: LookupAddress[]) => void

/** Resolves, and refuses what is not public, so that what is connected to is what was checked. */
function publicLookup(host: string, _options: unknown, done: LookupDone): void {
  lookUp(host, { all: true }, (error, addresses) => {
    if (error !== null) return done(error, [])
    const isAllPublic = addresses.length > 0 && addresses.every(({ address }) => isPublic(address))
    done(isAllPublic ? null : new Error('no public host'), isAllPublic ? addresses : [])
  })
}

const reserved = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  reserved.addSubnet(net, bits, 'ipv4')
}

/** Only what is routed on the Internet: in IPv6 that is 2000::/3, without what wraps IPv4 or is for examples. */
export function isPublic(address: string): boolean {
  if (!isIPv6(address)) return !reserved.check(address, 'ipv4')
  return globalUnicast.check(address, 'ipv6') && !wrapped.check(address, 'ipv6')
}

const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')
const wrapped = new BlockList()
for (const [net, bits] of [
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2001:10::', 28],
] as const) {
  wrapped.addSubnet(net, bits, 'ipv6')
}
