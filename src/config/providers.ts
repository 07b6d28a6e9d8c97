/** How a server is reached without TLS being said: from the first byte, or by STARTTLS before anything else is sent. */
export type TlsMode = 'implicit' | 'starttls' | 'none'

export interface ServerPreset {
  readonly host: string
  readonly port: number
  readonly tls: TlsMode
}

/** What is known of a provider, so that a person need not: servers, and what its passwords are about. */
export interface Provider {
  readonly name: string
  readonly title: string
  /** Domains whose mailboxes live there. */
  readonly domains: readonly string[]
  /** Endings of the MX hosts of domains that are hosted there. */
  readonly mxEndings: readonly string[]
  readonly imap: ServerPreset
  readonly smtp: ServerPreset
  /** It files what is sent over its SMTP server by itself: a second copy would be a double. */
  readonly filesSentMail: boolean
  /** What a person must do before a password works. */
  readonly hint?: string
}

const imaps = (host: string): ServerPreset => ({ host, port: 993, tls: 'implicit' })
const smtps = (host: string): ServerPreset => ({ host, port: 465, tls: 'implicit' })
const submission = (host: string): ServerPreset => ({ host, port: 587, tls: 'starttls' })

/** In the order in which lists show them. */
export const providers: readonly Provider[] = [
  {
    name: 'gmail',
    title: 'Gmail',
    domains: ['gmail.com', 'googlemail.com'],
    mxEndings: ['google.com', 'googlemail.com'],
    imap: imaps('imap.gmail.com'),
    smtp: smtps('smtp.gmail.com'),
    filesSentMail: true,
    hint: 'Gmail wants an app password: https://myaccount.google.com/apppasswords',
  },
  {
    name: 'outlook',
    title: 'Outlook and Microsoft 365',
    domains: ['outlook.com', 'hotmail.com', 'live.com', 'msn.com'],
    mxEndings: ['outlook.com'],
    imap: imaps('outlook.office365.com'),
    smtp: submission('smtp.office365.com'),
    filesSentMail: true,
    hint: 'Microsoft takes no passwords over IMAP any more: it wants OAuth, which this version does not speak',
  },
  {
    name: 'fastmail',
    title: 'Fastmail',
    domains: ['fastmail.com', 'fastmail.fm', 'messagingengine.com'],
    mxEndings: ['messagingengine.com'],
    imap: imaps('imap.fastmail.com'),
    smtp: smtps('smtp.fastmail.com'),
    filesSentMail: false,
    hint: 'Fastmail wants an app password: Settings, Privacy & Security, Connected apps',
  },
  {
    name: 'icloud',
    title: 'iCloud',
    domains: ['icloud.com', 'me.com', 'mac.com'],
    mxEndings: ['mail.icloud.com'],
    imap: imaps('imap.mail.me.com'),
    smtp: submission('smtp.mail.me.com'),
    filesSentMail: false,
    hint: 'iCloud wants an app-specific password: https://account.apple.com',
  },
  {
    name: 'yahoo',
    title: 'Yahoo',
    domains: ['yahoo.com', 'yahoo.co.uk', 'yahoo.de', 'yahoo.fr', 'ymail.com', 'rocketmail.com', 'aol.com'],
    mxEndings: ['yahoodns.net'],
    imap: imaps('imap.mail.yahoo.com'),
    smtp: smtps('smtp.mail.yahoo.com'),
    filesSentMail: true,
    hint: 'Yahoo wants an app password: Account security, Generate app password',
  },
  {
    name: 'proton-bridge',
    title: 'Proton Mail Bridge',
    domains: [],
    mxEndings: ['protonmail.ch'],
    imap: { host: '127.0.0.1', port: 1143, tls: 'starttls' },
    smtp: { host: '127.0.0.1', port: 1025, tls: 'starttls' },
    filesSentMail: true,
    hint: 'Proton Mail is reached through its Bridge on this machine; its certificate must be pinned (certificate_sha256)',
  },
  {
    name: 'zoho',
    title: 'Zoho Mail',
    domains: ['zoho.com', 'zohomail.com'],
    mxEndings: ['zoho.com'],
    imap: imaps('imap.zoho.com'),
    smtp: smtps('smtp.zoho.com'),
    filesSentMail: true,
  },
  {
    name: 'yandex',
    title: 'Yandex Mail',
    domains: ['yandex.com', 'yandex.ru', 'ya.ru'],
    mxEndings: ['yandex.net', 'yandex.ru'],
    imap: imaps('imap.yandex.com'),
    smtp: smtps('smtp.yandex.com'),
    filesSentMail: false,
    hint: 'Yandex wants an app password: Yandex ID, Security, App passwords',
  },
  {
    name: 'mail-ru',
    title: 'Mail.ru',
    domains: ['mail.ru', 'inbox.ru', 'list.ru', 'bk.ru'],
    mxEndings: ['mail.ru'],
    imap: imaps('imap.mail.ru'),
    smtp: smtps('smtp.mail.ru'),
    filesSentMail: false,
    hint: 'Mail.ru wants a password for external applications',
  },
  {
    name: 'gmx',
    title: 'GMX',
    domains: ['gmx.net', 'gmx.de', 'gmx.at', 'gmx.ch', 'gmx.com'],
    mxEndings: ['gmx.net'],
    imap: imaps('imap.gmx.net'),
    smtp: smtps('mail.gmx.net'),
    filesSentMail: false,
    hint: 'GMX lets programs in once IMAP is switched on in its settings',
  },
  {
    name: 'web-de',
    title: 'WEB.DE',
    domains: ['web.de'],
    mxEndings: ['web.de'],
    imap: imaps('imap.web.de'),
    smtp: submission('smtp.web.de'),
    filesSentMail: false,
    hint: 'WEB.DE lets programs in once IMAP is switched on in its settings',
  },
  {
    name: 'mailbox-org',
    title: 'mailbox.org',
    domains: ['mailbox.org'],
    mxEndings: ['mailbox.org'],
    imap: imaps('imap.mailbox.org'),
    smtp: smtps('smtp.mailbox.org'),
    filesSentMail: false,
  },
  {
    name: 'posteo',
    title: 'Posteo',
    domains: ['posteo.de', 'posteo.net', 'posteo.org', 'posteo.eu'],
    mxEndings: ['posteo.de'],
    imap: imaps('posteo.de'),
    smtp: smtps('posteo.de'),
    filesSentMail: false,
  },
]

export function providerNamed(name: string): Provider | undefined {
  return providers.find(provider => provider.name === name)
}

/** The provider of an address, by its domain alone. */
export function providerOf(email: string): Provider | undefined {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  return providers.find(({ domains }) => domains.includes(domain))
}
