import type { Exit } from '#base/failure.ts'
import type { Run } from '../../command.ts'
import { withDaemon } from '../../with-daemon.ts'
import { draftNumber } from './draft-of.ts'
import { editDraft } from './edit.ts'

export const run: Run = ({ positionals: [draft = ''] }, session) =>
  withDaemon<Exit>(session, async client => {
    const id = draftNumber(draft)
    await editDraft(session, client, id)
    if (session.output.json) session.output.data({ draft_id: id })
    else session.output.write(`d${id}\n`)
    return 'done'
  })
