import type { Exit } from '#base/failure.ts'
import { printableLine } from '#base/printable.ts'
import type { ResultOf } from '#daemon/requests/index.ts'
import { formatDraftId } from '#mail/compose/index.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { hasUnsaved } from './edit.ts'
import { localTime } from './local-time.ts'

type Draft = ResultOf<'draft.list'>['items'][number]
type Send = ResultOf<'send.list'>['items'][number]

export const run: Run = ({ options }, session) =>
  withDaemon<Exit>(session, async client => {
    const { output } = session
    const drafts = granted(await client.request('draft.list', {})).items
    const sends = options.flag('sent') ? granted(await client.request('send.list', {})).items : []
    if (output.json) {
      output.data({ drafts: drafts.map(draft => ({ ...draft, unsaved: hasUnsaved(session, draft.draft_id) })), sends })
      return 'done'
    }
    for (const draft of drafts) {
      const note = draft.send === null ? '' : noteOf(draft.send)
      const unsaved = hasUnsaved(session, draft.draft_id) ? 'unsaved text in the editor' : ''
      output.write(
        `${lineOf(draft)}${[note, unsaved]
          .filter(Boolean)
          .map(text => `  [${text}]`)
          .join('')}\n`,
      )
    }
    for (const send of sends.filter(({ state }) => state === 'sent')) {
      const to = send.recipients.map(({ address, state }) => (state === 'taken' ? address : `${address} (${state})`))
      output.write(
        `sent  ${send.settled_at === null ? '' : localTime(send.settled_at)}  ${to.join(', ')}  ${printableLine(send.subject)}\n`,
      )
    }
    if (drafts.length === 0) output.talk('no drafts')
    return 'done'
  })

function lineOf({ draft_id: id, to, subject, files }: Draft): string {
  const people = to.map(({ name, email }) => printableLine(name ?? email)).join(', ')
  const more = files > 0 ? `  ${files} ${files === 1 ? 'file' : 'files'}` : ''
  return `${formatDraftId(id).padEnd(5)} ${people === '' ? '(nobody yet)' : people}  ${printableLine(subject)}${more}`
}

function noteOf({ state, leaves_at: leaves, detail }: Send): string {
  const why = detail === null ? '' : `: ${printableLine(detail)}`
  switch (state) {
    case 'waiting':
      return `leaves ${leaves === null ? '' : localTime(leaves)}${why}`
    case 'unknown':
      return `nobody knows whether it was sent${why}; postern draft settle`
    case 'held':
      return `held${why}; postern draft settle`
    case 'failed':
      return `not sent${why}`
    default:
      return state
  }
}
