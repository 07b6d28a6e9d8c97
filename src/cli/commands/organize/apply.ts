import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { exitOf, tellDecided } from './tell.ts'

export const run: Run = ({ positionals: [plan = ''] }, session) =>
  withDaemon(session, async client => {
    const decided = granted(await client.request('plan.apply', { plan_id: plan }))
    if (decided.is_repeat) session.output.talk('it was applied before')
    tellDecided(decided, 'changed', session.output)
    return exitOf(decided)
  })
