import type { Exit } from '#base/failure.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'

export const run: Run = ({ positionals: [name = ''] }, session) =>
  withDaemon<Exit>(session, async client => {
    const revoked = granted(await client.request('agent.revoke', { name }))
    if (session.output.json) session.output.data(revoked)
    else session.output.write(`${revoked.name} is out\n`)
    return 'done'
  })
