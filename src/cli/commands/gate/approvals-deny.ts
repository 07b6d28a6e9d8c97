import type { Exit } from '#base/failure.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'

export const run: Run = ({ positionals: [id = ''] }, session) =>
  withDaemon<Exit>(session, async client => {
    const denied = granted(await client.request('approval.deny', { id }))
    if (session.output.json) session.output.data(denied)
    else session.output.write(`${denied.state}  ${id}\n`)
    return 'done'
  })
