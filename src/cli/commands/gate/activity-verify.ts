import type { Exit } from '#base/failure.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'

export const run: Run = (_invocation, session) =>
  withDaemon<Exit>(session, async client => {
    const verified = granted(await client.request('activity.verify', {}))
    const { is_sound: isSound, fault, entries, head } = verified
    if (session.output.json) session.output.data(verified)
    else if (isSound) session.output.write(`sound: ${entries} entries, head ${head}\n`)
    else session.output.complain(`not sound: ${fault?.replaceAll('_', ' ')} at entry ${entries + 1}`)
    return isSound ? 'done' : 'integrity'
  })
