import { ensurePrivateDirectory } from '#base/private-directory.ts'
import { MailWriter } from '#mail/store/index.ts'
import type { Session } from '../../session.ts'
import { storeFile, unwrap } from './open-store.ts'

/** Runs `work` as the one that writes the mail of this instance; makes the store if there is none. */
export async function withWriter<T>(session: Session, work: (writer: MailWriter) => T | Promise<T>): Promise<T> {
  ensurePrivateDirectory(session.paths.dataDir, session.paths.homeDir)
  const writer = unwrap(MailWriter.open(storeFile(session), session.clock))
  try {
    return await work(writer)
  } finally {
    writer.close()
  }
}
