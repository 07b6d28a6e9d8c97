import { Failure } from '#base/failure.ts'
import { ensurePrivateDirectory } from '#base/private-directory.ts'
import type { ProcessLock } from '#base/process-lock.ts'
import { takeWriterLock } from '#daemon/writer-lock.ts'
import { MailWriter } from '#mail/store/index.ts'
import type { Session } from '../../session.ts'
import { storeFile, unwrap } from './open-store.ts'

/**
 * Runs `work` as the one that writes the mail of this instance; makes the store if there is none. A daemon that has it
 * ends for as long as that takes, and is started again afterwards: long work of a person goes before, and a mailbox
 * that two processes fill is slower than one after the other. Needs the permissions `net`, `child` and `fs.write`.
 */
export async function withWriter<T>(session: Session, work: (writer: MailWriter) => T | Promise<T>): Promise<T> {
  ensurePrivateDirectory(session.paths.dataDir, session.paths.homeDir)
  const { lock, resume } = await takeOver(session)
  try {
    const writer = unwrap(MailWriter.open(storeFile(session), session.clock))
    try {
      return await work(writer)
    } finally {
      writer.close()
    }
  } finally {
    lock.release()
    await resume()
  }
}

interface TakenOver {
  readonly lock: ProcessLock
  readonly resume: () => Promise<void>
}

async function takeOver(session: Session): Promise<TakenOver> {
  const { paths, output } = session
  const what = 'another command of yours'
  try {
    return { lock: takeWriterLock(paths, what), resume: async () => undefined }
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'daemon_running')) throw error
  }
  const { stopDaemon } = await import('../daemon/stop.ts')
  output.talk('the daemon pauses for this')
  await stopDaemon(session)
  const lock = takeWriterLock(paths, what, lockMs)
  return {
    lock,
    resume: async () => {
      const { withDaemon } = await import('../../with-daemon.ts')
      await withDaemon(session, async () => undefined)
    },
  }
}

/** Another command may have started the daemon again in between: it is not asked twice. */
const lockMs = 2_000
