import type { Run } from '../../command.ts'
import { withDaemon } from '../../with-daemon.ts'

export const run: Run = (_, session) =>
  withDaemon(session, async ({ hello }) => {
    const { output } = session
    if (output.json) output.data({ running: true, pid: hello.pid, version: hello.server })
    else output.talk(`the daemon runs (process ${hello.pid})`)
    return 'done' as const
  })
