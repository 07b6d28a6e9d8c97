import { type Exit, Failure } from '#base/failure.ts'
import { printableLine } from '#base/printable.ts'
import { asking } from '../../ask.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { draftNumber } from './draft-of.ts'
import { forgetUnsaved } from './edit.ts'

export const run: Run = ({ positionals: [draft = ''], options }, session) =>
  withDaemon<Exit>(session, async client => {
    const id = draftNumber(draft)
    const { content } = granted(await client.request('draft.show', { draft_id: id }))
    const question = `Delete d${id}, "${printableLine(content.subject)}"?`
    if (!options.flag('yes') && !asking(session).yes(question, { option: '--yes', standard: false })) {
      throw new Failure('failed', 'cancelled', 'nothing was changed')
    }
    granted(await client.request('draft.delete', { draft_id: id }))
    forgetUnsaved(session, id)
    if (session.output.json) session.output.data({ deleted: id })
    else session.output.write(`deleted d${id}\n`)
    return 'done'
  })
