import { type Attachment, attachmentFileName, parseMessage } from '#mail/mime/index.ts'
import type { Run } from '../../command.ts'
import { findMessage, rawOf } from './find-message.ts'
import { idsFrom } from './ids.ts'
import { formatOf, showListing } from './listing.ts'
import { withReader } from './open-store.ts'
import { byteSize } from './words.ts'

interface Row {
  readonly messageId: string
  readonly attachment: Attachment
}

export const run: Run = ({ positionals, options }, session) =>
  withReader(session, reader => {
    const rows = idsFrom(positionals, session).flatMap(id => {
      const found = findMessage(reader, id)
      return parseMessage(rawOf(reader, found), { textFromHtml: false })
        .attachments.filter(({ inline }) => options.flag('all') || !inline)
        .map(attachment => ({ messageId: found.listed.id, attachment }))
    })
    showListing<Row>(
      {
        rows,
        id: ({ messageId }) => messageId,
        json: rowJson,
        columns: [
          { title: 'message', text: ({ messageId }) => messageId, isId: true },
          { title: 'part', text: ({ attachment }) => attachment.part },
          { title: 'size', text: ({ attachment }) => byteSize(attachment.size), align: 'right' },
          { title: 'type', text: ({ attachment }) => attachment.contentType },
          { title: 'name', text: ({ attachment }) => attachmentFileName(attachment), grows: true },
        ],
      },
      formatOf(options, session.output, false),
      session.output,
    )
    return 'done'
  })

function rowJson({ messageId, attachment }: Row) {
  const { part, filename, contentType, disposition, contentId, inline, size } = attachment
  return {
    id: messageId,
    part,
    filename,
    save_as: attachmentFileName(attachment),
    content_type: contentType,
    disposition,
    content_id: contentId,
    inline,
    size,
  }
}
