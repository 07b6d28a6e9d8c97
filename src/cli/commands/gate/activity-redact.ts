import { type Exit, Failure } from '#base/failure.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { passphraseFor } from './person.ts'

export const run: Run = ({ positionals: [text = ''] }, session) =>
  withDaemon<Exit>(session, async client => {
    const seq = Number(text)
    if (!Number.isSafeInteger(seq) || seq < 1) {
      throw new Failure('usage', 'number_invalid', `"${text}" is no number of an entry`, {
        next: 'postern activity list',
      })
    }
    granted(await client.request('activity.redact', { seq, ...(await passphraseFor(client, `redact entry ${seq}`)) }))
    if (session.output.json) session.output.data({ ok: true, seq })
    else session.output.write(`entry ${seq} has no details any more\n`)
    return 'done'
  })
