import { rmSync } from 'node:fs'
import { afterAll, describe } from 'vitest'
import { encodeMailboxName } from '#mail/providers/imap/utf7.ts'
import { conforms } from '../../mail/providers/conformance.ts'
import { has } from '../../needs.ts'
import {
  alice,
  type Dovecot,
  type DovecotOptions,
  makeSite,
  type Person,
  RawImap,
  type Site,
  startDovecot,
} from '../../servers/index.ts'
import { accountAt } from './account.ts'

/** Servers as they are: with everything, and with less and less of it. */
const variants: Readonly<Record<string, DovecotOptions>> = {
  'Dovecot with QRESYNC': {},
  'Dovecot with CONDSTORE alone, under a prefix': { without: ['QRESYNC'], prefix: 'INBOX.', separator: '.' },
  'a server that has next to nothing': {
    without: ['QRESYNC', 'CONDSTORE', 'MOVE', 'ESEARCH', 'LIST-STATUS', 'LIST-EXTENDED', 'IDLE', 'ENABLE', 'NAMESPACE'],
    hasSpecialUse: false,
  },
}

const everybody: readonly Person[] = Array.from({ length: 20 }, (_, at) => ({
  user: `person${at}@example.org`,
  password: alice.password,
}))

function siteOf(people: readonly Person[]): Site {
  const site = makeSite()
  for (const person of people) site.addPerson(person)
  return site
}

describe.skipIf(!has('dovecot'))('IMAP', () => {
  for (const [name, options] of Object.entries(variants)) {
    let site: Site | undefined
    let dovecot: Dovecot | undefined
    afterAll(async () => {
      await dovecot?.stop()
      if (site !== undefined) rmSync(site.directory, { recursive: true, force: true })
    })
    let people = 0
    conforms(name, async () => {
      site ??= siteOf(everybody)
      dovecot ??= await startDovecot(site, options)
      // Somebody new for each test: an empty mailbox without starting a server.
      const person = everybody[people++] ?? alice
      const provider = accountAt({ host: dovecot.host, port: dovecot.port, tls: 'none' }, person)
      const raw = await RawImap.open(dovecot.port, person.user, person.password)
      const prefix = options.prefix ?? ''
      const wire = (mailbox: string) => (mailbox === 'INBOX' ? mailbox : `${prefix}${mailbox}`)
      return {
        provider,
        prefix,
        elsewhere: {
          put: (mailbox, letter) => raw.append(wire(mailbox), letter),
          star: async (mailbox, uid) => {
            await raw.run(`SELECT "${wire(mailbox)}"`)
            await raw.run(`UID STORE ${uid} +FLAGS (\\Flagged)`)
          },
          expunge: async (mailbox, uid) => {
            await raw.run(`SELECT "${wire(mailbox)}"`)
            await raw.run(`UID STORE ${uid} +FLAGS (\\Deleted)`)
            await raw.run(`UID EXPUNGE ${uid}`)
          },
          create: async mailbox => {
            await raw.run(`CREATE "${encodeMailboxName(wire(mailbox)).replace(/[\\"]/g, '\\$&')}"`)
          },
        },
        stop: async () => {
          raw.close()
          await provider.close()
        },
      }
    })
  }
})
