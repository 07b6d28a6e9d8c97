import type { Run } from '../../command.ts'
import { withDaemon } from '../../with-daemon.ts'
import { draftNumber } from './draft-of.ts'
import { sendDraft } from './send-draft.ts'

export const run: Run = ({ positionals: [draft = ''], options }, session) => {
  const id = draftNumber(draft)
  return withDaemon(session, client => sendDraft(session, client, { id, options }))
}
