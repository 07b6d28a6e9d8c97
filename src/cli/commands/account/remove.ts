import { Failure } from '#base/failure.ts'
import { removeAccount } from '#config/edit.ts'
import { readConfigFile } from '#config/index.ts'
import { changeConfigFile } from '#config/write.ts'
import { asking } from '../../ask.ts'
import type { Run } from '../../command.ts'
import { credentialsOf, tellDaemon } from './login.ts'

export const run: Run = async ({ positionals: [name = ''], options }, session) => {
  const { output, paths } = session
  const possible = removeAccount(readConfigFile(paths.configFile) ?? '', name)
  if (!possible.ok) {
    const exit = possible.error.code === 'account_unknown' ? 'not_found' : 'usage'
    throw new Failure(exit, possible.error.code, possible.error.message, { next: 'postern account list' })
  }
  const question = `Remove account ${name} and its password? Mail that was fetched stays.`
  if (!options.flag('yes') && !asking(session).yes(question, { option: '--yes', standard: false })) {
    throw new Failure('failed', 'cancelled', 'nothing was changed')
  }
  // The password first: what cannot be forgotten must not be left behind without an account that names it.
  const forgotten = await (await credentialsOf(session)).forget(name)
  if (!forgotten.ok)
    throw new Failure('failed', forgotten.error.code, forgotten.error.message, { next: forgotten.error.next })
  changeConfigFile(paths, before => removeAccount(before, name))
  await tellDaemon(session, null)
  if (output.json) output.data({ removed: name })
  else output.write(`removed ${name}\n`)
  return 'done'
}
