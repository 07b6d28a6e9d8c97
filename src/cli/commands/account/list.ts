import { printableLine } from '#base/printable.ts'
import type { Run } from '../../command.ts'

export const run: Run = async (_invocation, session) => {
  const { output } = session
  const { accounts, refusedAccounts } = await session.config()
  if (output.json) {
    output.data({
      accounts: accounts.map(({ name, email, enabled, provider, imap, smtp, identities, passwordCommand }) => ({
        name,
        email,
        addresses: identities.map(identity => identity.email),
        enabled,
        provider,
        imap: imap === null ? null : { host: imap.host, port: imap.port, tls: imap.tls },
        smtp: smtp === null ? null : { host: smtp.host, port: smtp.port, tls: smtp.tls },
        password: passwordCommand === null ? 'kept' : 'command',
      })),
      refused: refusedAccounts.map(({ name, line, key, message }) => ({ name, line, key, message })),
    })
    return 'done'
  }
  const width = Math.max(0, ...accounts.map(({ name }) => name.length))
  for (const { name, email, enabled, imap, smtp } of accounts) {
    const ways = [imap === null ? '' : `imap ${imap.host}`, smtp === null ? '' : `smtp ${smtp.host}`].filter(
      way => way !== '',
    )
    output.write(`${name.padEnd(width)}  ${printableLine(email)}  ${ways.join(', ')}${enabled ? '' : '  (off)'}\n`)
  }
  for (const { name, message } of refusedAccounts) output.complain(`not used: [accounts.${name}]: ${message}`)
  if (accounts.length === 0) output.talk('no accounts yet; add one: postern account add imap')
  return 'done'
}
