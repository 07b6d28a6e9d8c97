import { attachmentBytes } from '#mail/mime/index.ts'
import type { Run } from '../../command.ts'
import { chooseAttachments } from './find-attachment.ts'
import { findMessage, rawOf } from './find-message.ts'
import { withReader } from './open-store.ts'
import { writeSource } from './source-output.ts'

export const run: Run = ({ positionals: [id = '', part = ''] }, session) =>
  withReader(session, reader => {
    const raw = rawOf(reader, findMessage(reader, id))
    for (const attachment of chooseAttachments(raw, id, [part]))
      writeSource(session.output, attachmentBytes(raw, attachment))
    return 'done'
  })
