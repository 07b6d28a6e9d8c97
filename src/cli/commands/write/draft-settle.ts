import { type Exit, Failure } from '#base/failure.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { draftNumber } from './draft-of.ts'

export const run: Run = ({ positionals: [draft = ''], options }, session) => {
  const resolution = options.value('outcome')
  if (resolution !== 'sent' && resolution !== 'again' && resolution !== 'failed') {
    throw new Failure('usage', 'option_missing', 'say what became of it: --outcome sent, again or failed')
  }
  return withDaemon<Exit>(session, async client => {
    const id = draftNumber(draft)
    const send = granted(await client.request('send.resolve', { draft_id: id, as: resolution }))
    if (session.output.json) session.output.data(send)
    else session.output.write(`d${id} is ${send.state}\n`)
    return 'done'
  })
}
