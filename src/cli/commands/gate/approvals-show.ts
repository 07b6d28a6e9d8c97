import type { Exit } from '#base/failure.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { shownText } from './shown.ts'

export const run: Run = ({ positionals: [id = ''] }, session) =>
  withDaemon<Exit>(session, async client => {
    const staged = granted(await client.request('approval.show', { id }))
    if (session.output.json) session.output.data(staged)
    else session.output.write(shownText(staged))
    if (staged.state === 'waiting') {
      session.output.talk(`yes: postern approvals approve ${id}    no: postern approvals deny ${id}`)
    }
    return 'done'
  })
