import type { Run } from '../../command.ts'
import { findMessage, rawOf } from './find-message.ts'
import { withReader } from './open-store.ts'
import { writeSource } from './source-output.ts'

export const run: Run = ({ positionals: [id = ''] }, session) =>
  withReader(session, reader => {
    writeSource(session.output, rawOf(reader, findMessage(reader, id)))
    return 'done'
  })
