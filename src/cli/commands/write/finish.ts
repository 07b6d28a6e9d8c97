import type { Exit } from '#base/failure.ts'
import type { DaemonClient } from '#daemon/client/index.ts'
import { formatDraftId } from '#mail/compose/index.ts'
import type { Options } from '../../command.ts'
import type { Session } from '../../session.ts'
import { granted } from '../../with-daemon.ts'
import { editDraft } from './edit.ts'
import { sendDraft } from './send-draft.ts'

/** A draft was begun: the person writes it if they are there to, and decides what becomes of it. */
export async function finishDraft(
  session: Session,
  client: DaemonClient,
  { id, isWritten }: { readonly id: number; readonly isWritten: boolean },
): Promise<Exit> {
  const { output, input } = session
  const name = formatDraftId(id)
  if (!isWritten && input.isTerminal) {
    await editDraft(session, client, id)
    for (;;) {
      process.stderr.write('Send it? [y]es, [e]dit again, [k]eep as a draft: ')
      const answer = input.readLine()?.trim().toLowerCase() ?? 'k'
      if (answer.startsWith('y')) return sendDraft(session, client, { id, options: nothing })
      if (answer.startsWith('k') || answer === '') break
      if (answer.startsWith('e')) await editDraft(session, client, id)
    }
  }
  const { revision } = granted(await client.request('draft.show', { draft_id: id }))
  if (output.json) output.data({ draft_id: id, draft: name, revision })
  else output.write(`${name}\n`)
  output.talk(`kept as a draft; send it: postern send ${name}`)
  return 'done'
}

/** No option was given. */
const nothing: Options = { flag: () => false, value: () => undefined, values: () => [] }
