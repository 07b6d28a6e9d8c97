import type { Run } from '../../command.ts'
import { unwrap } from './open-store.ts'
import { withWriter } from './write-store.ts'

export const run: Run = ({ positionals: [from = '', to = ''] }, session) =>
  withWriter(session, writer => {
    unwrap(writer.renameSavedSearch(from, to))
    return 'done'
  })
