import type { Clock } from '#base/clock.ts'
import type { Account, Server } from '#config/index.ts'
import { ImapProvider } from '#mail/providers/imap/index.ts'
import type { ShownCertificate } from '#mail/providers/provider-error.ts'
import { testSmtp } from '#mail/providers/smtp/index.ts'
import type { Credentials, Protocol } from '../credentials/index.ts'
import { imapServer, loginOf } from '../sync/account.ts'

/** What came of a try to log in to a server of an account. */
export interface Tried {
  readonly protocol: Protocol
  readonly host: string
  readonly port: number
  readonly trouble: {
    readonly code: string
    readonly message: string
    /** What the server showed, where that is the trouble. */
    readonly certificate: ShownCertificate | null
  } | null
  /** Mailboxes that were seen. */
  readonly mailboxes: number | null
}

export interface Trying {
  readonly clock: Clock
  readonly password: Credentials['password']
  readonly signal: AbortSignal
}

/** Logs in to each server of an account and changes nothing there. */
export async function tryAccount(account: Account, trying: Trying): Promise<Tried[]> {
  const tried: Promise<Tried>[] = []
  if (account.imap !== null) tried.push(tryImap(account, account.imap, trying))
  if (account.smtp !== null) tried.push(trySmtp(account, account.smtp, trying))
  return Promise.all(tried)
}

async function tryImap(account: Account, server: Server, { clock, password, signal }: Trying): Promise<Tried> {
  const provider = new ImapProvider({
    account: account.name,
    server: imapServer(server),
    login: () => loginOf(account, server, { password }),
    clock,
  })
  try {
    const listed = await provider.mailboxes(signal)
    const place = { protocol: 'imap', host: server.host, port: server.port } as const
    if (listed.ok) return { ...place, trouble: null, mailboxes: listed.value.length }
    const { code, message, certificate } = listed.error
    return { ...place, trouble: { code, message, certificate: certificate ?? null }, mailboxes: null }
  } finally {
    await provider.close()
  }
}

async function trySmtp(account: Account, server: Server, { password, signal }: Trying): Promise<Tried> {
  const tested = await testSmtp({ server, password: () => password(account, 'smtp'), signal })
  const trouble = tested.ok ? null : { code: tested.error.code, message: tested.error.message, certificate: null }
  return { protocol: 'smtp', host: server.host, port: server.port, trouble, mailboxes: null }
}
