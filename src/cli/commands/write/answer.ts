import { Failure } from '#base/failure.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { attach, mailboxes, textOf } from './draft-of.ts'
import { finishDraft } from './finish.ts'

export const run: Run = ({ path, positionals: [id = ''], options }, session) => {
  const kind = path[0] === 'forward' || path[0] === 'reply-all' ? path[0] : 'reply'
  const text = textOf(options, session)
  if (text === undefined && !session.input.isTerminal && kind !== 'forward') {
    throw new Failure('usage', 'text_missing', 'nobody is there to write: give --body or --body-stdin')
  }
  const quote = kind === 'forward' ? undefined : options.value('quote')
  const to = kind === 'forward' ? mailboxes(options.values('to'), '--to') : []
  return withDaemon(session, async client => {
    const begun = granted(
      await client.request('draft.answer', {
        message_id: id,
        kind,
        text: text ?? '',
        signature: !options.flag('no-signature'),
        zone: Temporal.Now.timeZoneId(),
        ...(quote === 'bottom' || quote === 'top' || quote === 'none' ? { quote } : {}),
        ...(kind === 'forward' ? { as_file: options.flag('as-file') } : {}),
      }),
    )
    const files = options.values('attach').map(file => attach(session, file))
    if (to.length > 0 || files.length > 0 || options.flag('plain')) {
      const content = {
        ...begun.content,
        ...(to.length > 0 ? { to: [...to] } : {}),
        files: [...begun.content.files, ...files],
        markup: begun.content.markup && !options.flag('plain'),
      }
      granted(await client.request('draft.save', { draft_id: begun.draft_id, revision: begun.revision, content }))
    }
    return finishDraft(session, client, { id: begun.draft_id, isWritten: text !== undefined })
  })
}
