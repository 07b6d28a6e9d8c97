import { type Provider, providers, type ServerPreset, type TlsMode } from '#config/index.ts'

/** What can be asked of the network; nothing of it is believed without TLS to the servers that it names. */
export interface Network {
  /** RFC 2782; empty when there is none. */
  srv(
    name: string,
  ): Promise<
    readonly { readonly name: string; readonly port: number; readonly priority: number; readonly weight: number }[]
  >
  mx(domain: string): Promise<readonly string[]>
  /** A document over HTTPS from a public host; undefined when there is none. */
  text(url: string): Promise<string | undefined>
}

export interface Discovered {
  readonly imap: ServerPreset
  readonly smtp: ServerPreset
  readonly provider?: string
  readonly username?: string
  /** For a person: where it was found. */
  readonly how: string
}

/**
 * The servers of an address: the provider to which the domain's mail goes, what the domain announces (RFC 6186 and
 * 8314), or what it publishes for mail programs. A stranger on the way can answer all of these: whoever asks shows
 * them to a person before a password goes there.
 */
export async function discover(email: string, network: Network): Promise<Discovered | undefined> {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  const hosted = await hostedBy(domain, network)
  if (hosted !== undefined) {
    return {
      imap: hosted.imap,
      smtp: hosted.smtp,
      provider: hosted.name,
      how: `mail of ${domain} is at ${hosted.title}`,
    }
  }
  return (await announced(domain, network)) ?? (await published(email, domain, network))
}

async function hostedBy(domain: string, network: Network): Promise<Provider | undefined> {
  const hosts = (await network.mx(domain)).map(host => host.toLowerCase().replace(/\.$/, ''))
  return providers.find(({ mxEndings }) =>
    hosts.some(host => mxEndings.some(ending => host === ending || host.endsWith(`.${ending}`))),
  )
}

async function announced(domain: string, network: Network): Promise<Discovered | undefined> {
  const imap =
    (await first(`_imaps._tcp.${domain}`, 'implicit', network)) ??
    (await first(`_imap._tcp.${domain}`, 'starttls', network))
  if (imap === undefined) return undefined
  const smtp =
    (await first(`_submissions._tcp.${domain}`, 'implicit', network)) ??
    (await first(`_submission._tcp.${domain}`, 'starttls', network))
  return smtp === undefined ? undefined : { imap, smtp, how: `${domain} says so in its DNS` }
}

/** The one that is preferred; a name of one dot means "not here" (RFC 2782). */
async function first(name: string, tls: TlsMode, network: Network): Promise<ServerPreset | undefined> {
  const found = [...(await network.srv(name))].sort((a, b) => a.priority - b.priority || b.weight - a.weight)[0]
  const host = found?.name.replace(/\.$/, '').toLowerCase()
  if (found === undefined || host === undefined || !isHost(host) || found.port < 1 || found.port > 65_535)
    return undefined
  return { host, port: found.port, tls }
}

async function published(email: string, domain: string, network: Network): Promise<Discovered | undefined> {
  for (const url of [
    `https://autoconfig.${domain}/mail/config-v1.1.xml?emailaddress=${encodeURIComponent(email)}`,
    `https://${domain}/.well-known/autoconfig/mail/config-v1.1.xml`,
  ]) {
    const text = await network.text(url)
    const found = text === undefined ? undefined : readAutoconfig(text, email)
    if (found !== undefined) return { ...found, how: `${domain} publishes it` }
  }
  return undefined
}

const documentCharactersMax = 256 * 1024
const serversMax = 50

/** The first servers of a config-v1.1 document that are encrypted. Pure. */
export function readAutoconfig(text: string, email: string): Omit<Discovered, 'how'> | undefined {
  if (text.length > documentCharactersMax) return undefined
  const imap = serverIn(text, 'incoming', 'imap')
  const smtp = serverIn(text, 'outgoing', 'smtp')
  if (imap === undefined || smtp === undefined) return undefined
  const local = email.slice(0, email.lastIndexOf('@'))
  const isLocal = imap.username === '%EMAILLOCALPART%'
  return { imap: imap.server, smtp: smtp.server, ...(isLocal ? { username: local } : {}) }
}

function serverIn(text: string, way: string, type: string): { server: ServerPreset; username: string } | undefined {
  const start = `<${way}Server`
  let at = text.indexOf(start)
  for (let count = 0; at >= 0 && count < serversMax; count++) {
    const end = text.indexOf(`</${way}Server>`, at)
    if (end < 0) return undefined
    const block = text.slice(at, end)
    const head = block.slice(0, block.indexOf('>'))
    const value = (name: string) =>
      new RegExp(`<${name}>\\s{0,20}([^<]{1,300}?)\\s{0,20}</${name}>`).exec(block)?.[1] ?? ''
    const host = value('hostname').toLowerCase()
    const port = Number(value('port'))
    const tls = value('socketType') === 'SSL' ? 'implicit' : value('socketType') === 'STARTTLS' ? 'starttls' : undefined
    if (head.includes(`type="${type}"`) && tls !== undefined && isHost(host) && port >= 1 && port <= 65_535) {
      return { server: { host, port, tls }, username: value('username') }
    }
    at = text.indexOf(start, end)
  }
  return undefined
}

function isHost(host: string): boolean {
  return /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/.test(host)
}
