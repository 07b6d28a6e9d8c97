import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { type Authority, makeAuthority } from './certificates.ts'

/**
 * What servers of one test share: a directory, an authority, and the people who have a mailbox. Dovecot reads the
 * people's passwords, the mail server their names, and both write below `mail/`.
 */
export interface Site {
  readonly directory: string
  readonly authority: Authority
  readonly mailDirectory: string
  readonly passwordsFile: string
  addPerson(person: Person): void
}

export interface Person {
  /** `alice@example.org` */
  readonly user: string
  readonly password: string
}

export const alice: Person = { user: 'alice@example.org', password: 'correct horse' }
export const bob: Person = { user: 'bob@example.org', password: 'battery staple' }

/** Whose the mailboxes are: Dovecot refuses to serve mail as root, Exim can deliver as nobody but itself. */
export const mailOwner = 'Debian-exim'

export function makeSite(directory = mkdtempSync(join(tmpdir(), 'postern-servers-'))): Site {
  if (userInfo().uid !== 0) throw new Error('the mail servers of the tests need root, to become the user who owns mail')
  const mailDirectory = join(directory, 'mail')
  mkdirSync(mailDirectory, { recursive: true })
  // Other users of the system deliver and serve: they pass through, and list nothing.
  chmodSync(directory, 0o711)
  chmodSync(mailDirectory, 0o1777)
  const people = new Map<string, string>()
  const passwordsFile = join(directory, 'passwords')
  const site: Site = {
    directory,
    authority: makeAuthority(directory),
    mailDirectory,
    passwordsFile,
    addPerson({ user, password }) {
      people.set(user, password)
      const lines = (line: (user: string, password: string) => string) =>
        [...people].map(([name, secret]) => `${line(name, secret)}\n`).join('')
      writeFileSync(
        passwordsFile,
        lines((name, secret) => `${name}: ${secret}`),
        { mode: 0o644 },
      )
      writeFileSync(
        `${passwordsFile}.dovecot`,
        lines((name, secret) => `${name}:{PLAIN}${secret}::::::`),
        { mode: 0o644 },
      )
    },
  }
  for (const person of [alice, bob]) site.addPerson(person)
  return site
}
