import type { Exit } from '#base/failure.ts'
import { printable } from '#base/printable.ts'
import { printDocument } from '#mail/compose/index.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { draftNumber } from './draft-of.ts'

export const run: Run = ({ positionals: [draft = ''] }, session) =>
  withDaemon<Exit>(session, async client => {
    const shown = granted(await client.request('draft.show', { draft_id: draftNumber(draft) }))
    if (session.output.json) session.output.data(shown)
    else session.output.write(`${printable(printDocument(shown.content)).trimEnd()}\n`)
    return 'done'
  })
