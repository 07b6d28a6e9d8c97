import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '#base/clock.ts'
import { demoInstance, resolvePaths } from '#base/paths.ts'
import { ensurePrivateDirectory } from '#base/private-directory.ts'
import { MailWriter } from '#mail/store/index.ts'
import { bytesOf, type Recording } from './tasks.ts'

export const account = 'work'

/**
 * The recorded mail as a Maildir, for the program's own import. The account has its address before, because whose
 * mail is the person's own follows from it; it is set in the store, since the demo's accounts stand in no settings.
 */
export function layOut(home: string, { me, mails }: Recording): string {
  const { platform } = process
  const { dataDir, homeDir } = resolvePaths({ platform, env: {}, home, instance: demoInstance })
  ensurePrivateDirectory(dataDir, homeDir)
  const writer = MailWriter.open(join(dataDir, 'mail.db'), systemClock)
  if (!writer.ok) throw new Error(`the store cannot be made: ${writer.error.code}`)
  const set = writer.value.setAddresses(account, [me])
  writer.value.close()
  if (!set.ok) throw new Error(`the address of the account cannot be set: ${set.error.code}`)

  const directory = join(home, 'Maildir')
  for (const folder of ['', '.Sent']) {
    for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(directory, folder, part), { recursive: true })
  }
  for (const [at, mail] of mails.entries()) {
    const folder = mail.status === 'sent' ? '.Sent' : ''
    writeFileSync(join(directory, folder, 'cur', `${at}.replay:2,${mail.read ? 'S' : ''}`), bytesOf(mail))
  }
  return directory
}
