import { demoInstance, type Paths } from '#base/paths.ts'
import type { Account } from '#config/index.ts'
import type { MailReader } from '#mail/store/index.ts'

/** What the provider of a demo account is called. No settings can name it: it takes mail and delivers it nowhere. */
export const demoProvider = 'demo'

/**
 * In the demo everything can be tried, sending included: its accounts are those of its store, and what they send is
 * kept as sent and goes nowhere. Only the demo's instance has such accounts; a real one never does.
 */
export function demoAccounts(paths: Paths, reader: MailReader): readonly Account[] {
  if (paths.instance !== demoInstance) return []
  return reader.accounts().flatMap(({ name, addresses: [email, ...others] }) => {
    if (email === undefined) return []
    const identity = (address: string) => ({ email: address, name: null, signature: null, defaultFor: [] })
    const account: Account = {
      name,
      email,
      enabled: true,
      provider: demoProvider,
      imap: null,
      smtp: { host: 'demo.invalid', port: 25, tls: 'none', caFile: null, certificateSha256: null, username: null },
      passwordCommand: null,
      historyDays: null,
      syncIntervalMs: 60_000,
      folders: { include: [], exclude: [] },
      sentCopy: 'append',
      identities: [email, ...others].map(identity),
    }
    return [account]
  })
}
