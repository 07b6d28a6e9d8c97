import { type Exit, Failure } from '#base/failure.ts'
import { isPassphrase } from '#gate/index.ts'
import type { Run } from '../../command.ts'
import { askUnshown } from '../../controlling-terminal.ts'
import { granted, withDaemon } from '../../with-daemon.ts'

export const run: Run = (_invocation, session) =>
  withDaemon<Exit>(session, async client => {
    const { is_set: isSet } = granted(await client.request('passphrase.state', {}))
    const current = isSet ? await askUnshown('current passphrase: ') : undefined
    const next = await askUnshown('new passphrase (at least 4 characters): ')
    if (!isPassphrase(next)) {
      throw new Failure('usage', 'passphrase_short', 'a passphrase has 4 to 256 characters; nothing was changed')
    }
    if ((await askUnshown('again: ')) !== next) {
      throw new Failure('usage', 'passphrase_differs', 'the two are not the same; nothing was changed')
    }
    granted(await client.request('passphrase.set', { next, ...(current === undefined ? {} : { current }) }))
    if (session.output.json) session.output.data({ ok: true })
    else session.output.write('the passphrase is set\n')
    return 'done'
  })
