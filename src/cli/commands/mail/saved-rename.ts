import type { Run } from '../../command.ts'
import { changeSaved } from './change-saved.ts'

export const run: Run = async ({ positionals: [name = '', to = ''] }, session) => {
  await changeSaved(
    session,
    client => client.request('saved.rename', { name, to }),
    writer => writer.renameSavedSearch(name, to),
  )
  return 'done'
}
