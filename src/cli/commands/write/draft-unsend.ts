import type { Exit } from '#base/failure.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { draftNumber } from './draft-of.ts'

export const run: Run = ({ positionals: [draft = ''] }, session) =>
  withDaemon<Exit>(session, async client => {
    const id = draftNumber(draft)
    const send = granted(await client.request('send.cancel', { draft_id: id }))
    if (session.output.json) session.output.data(send)
    else session.output.write(`d${id} was taken back; it is a draft again\n`)
    return 'done'
  })
