import { type Exit, Failure } from '#base/failure.ts'
import type { Run } from '../../command.ts'
import { askUnshown } from '../../controlling-terminal.ts'
import { granted, requestFailure, withDaemon } from '../../with-daemon.ts'
import { shownText } from './shown.ts'

export const run: Run = ({ positionals: [id = ''] }, session) =>
  withDaemon<Exit>(session, async client => {
    const { output } = session
    const staged = granted(await client.request('approval.show', { id }))
    if (staged.state !== 'waiting') {
      throw new Failure('refused', 'already_decided', `${id} is ${staged.state}`, { next: 'postern approvals list' })
    }
    const { is_set: isSet } = granted(await client.request('passphrase.state', {}))
    if (!isSet) {
      const message = 'no passphrase is set: without one, whoever has your shell could approve'
      throw new Failure('refused', 'passphrase_unset', message, { next: 'postern approvals passphrase' })
    }
    // What is approved is what was shown here: the digest goes along.
    output.complain(shownText(staged).trimEnd())
    const passphrase = await askUnshown(`passphrase, to approve ${id}: `)
    const approved = await client.request('approval.approve', { id, digest: staged.digest, passphrase })
    if (!approved.ok) throw requestFailure(approved.error)
    if (output.json) output.data(approved.value)
    else output.write(`${approved.value.state}  ${id}\n`)
    return 'done'
  })
