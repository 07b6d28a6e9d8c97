import { systemClock } from '#base/clock.ts'
import { ok } from '#base/result.ts'
import { Secret } from '#base/secret.ts'
import { ImapProvider, type ImapServer } from '#mail/providers/imap/index.ts'
import { alice, type Person } from '../../servers/index.ts'

/** A person's account on a server, as the program reaches it. */
export function accountAt(server: ImapServer, { user, password }: Person = alice): ImapProvider {
  return new ImapProvider({
    account: 'home',
    server: () => ok(server),
    login: async () => ok({ user, password: new Secret(password) }),
    clock: systemClock,
  })
}
