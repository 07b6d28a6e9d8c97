import { dirname } from 'node:path'
import { checkRemote, writeRemote } from '#harness/mirror/remote.ts'
import type { Run } from '../../command.ts'
import { placeOf, remoteFailure } from './options.ts'

export const run: Run = async ({ positionals: [url = ''], options }, session) => {
  const checked = checkRemote({ url, branch: options.value('branch') ?? 'main' })
  if (!checked.ok) throw remoteFailure(checked.error)
  writeRemote(dirname(placeOf(options, session)), checked.value)
  if (session.output.json) session.output.data(checked.value)
  else session.output.write(`${checked.value.url}, branch ${checked.value.branch}\n`)
  session.output.talk('next: postern memory remote status')
  return 'done'
}
