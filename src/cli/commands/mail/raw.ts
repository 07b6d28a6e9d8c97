import type { Run } from '../../command.ts'
import { findMessage, rawOf } from './find-message.ts'
import { withReader } from './open-store.ts'

export const run: Run = ({ positionals: [id = ''] }, session) =>
  withReader(session, reader => {
    session.output.write(rawOf(reader, findMessage(reader, id)))
    return 'done'
  })
