import type { Result } from '#base/result.ts'
import type { DaemonClient } from '#daemon/client/index.ts'
import type { RequestError } from '#daemon/protocol/errors.ts'
import type { MailWriter, StoreError } from '#mail/store/index.ts'
import type { Session } from '../../session.ts'
import { granted, withRunningDaemon } from '../../with-daemon.ts'
import { unwrap } from './open-store.ts'
import { withWriter } from './write-store.ts'

/** A small change that the daemon makes when it runs; it is not started for it. */
export async function changeSaved(
  session: Session,
  ask: (client: DaemonClient) => Promise<Result<unknown, RequestError>>,
  change: (writer: MailWriter) => Result<unknown, StoreError>,
): Promise<void> {
  const asked = await withRunningDaemon(session, async client => {
    granted(await ask(client))
    return true
  })
  if (asked !== true) await withWriter(session, writer => unwrap(change(writer)))
}
