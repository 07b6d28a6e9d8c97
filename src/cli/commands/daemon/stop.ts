import { Failure } from '#base/failure.ts'
import { ProcessLock } from '#base/process-lock.ts'
import { writerLockFile } from '#daemon/places.ts'
import { holderOf } from '#daemon/writer-lock.ts'
import type { Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { granted, withRunningDaemon } from '../../with-daemon.ts'

export const run: Run = async (_, session) => {
  const { output } = session
  const pid = await stopDaemon(session)
  if (output.json) output.data({ stopped: pid !== undefined, pid: pid ?? null })
  else output.talk(pid === undefined ? 'no daemon runs' : `the daemon has ended (process ${pid})`)
  return 'done'
}

const endMs = 20_000

/** Ends the daemon and waits until it is gone; the number that its process had, or undefined when none runs. */
export async function stopDaemon(session: Session): Promise<number | undefined> {
  const pid = await withRunningDaemon(session, async client => {
    granted(await client.request('daemon.shutdown', {}))
    await client.closed()
    return client.hello.pid
  })
  if (pid === undefined) return undefined
  const began = session.clock.monotonicMs()
  while (!hasLetGo(session, pid)) {
    if (session.clock.monotonicMs() - began > endMs) {
      throw new Failure('try_later', 'daemon_still_ending', `the daemon (process ${pid}) is still ending`, {
        next: 'postern daemon logs',
      })
    }
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  return pid
}

/** Its lock says so, whatever the system still shows of the process. Another daemon may have it by now. */
function hasLetGo({ paths }: Session, pid: number): boolean {
  const lock = ProcessLock.take(writerLockFile(paths))
  lock?.release()
  return lock !== undefined || holderOf(paths)?.pid !== pid
}
