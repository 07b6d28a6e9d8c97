import type { Run } from '../../command.ts'
import { changeSaved } from './change-saved.ts'

export const run: Run = async ({ positionals: [name = ''] }, session) => {
  await changeSaved(
    session,
    client => client.request('saved.delete', { name }),
    writer => writer.deleteSavedSearch(name),
  )
  return 'done'
}
