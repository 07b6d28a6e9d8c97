import { Failure } from '#base/failure.ts'
import { type Attachment, parseMessage } from '#mail/mime/index.ts'

/** The attachments of a message, or those with the given part numbers; an unknown number ends the command. */
export function chooseAttachments(raw: Uint8Array, id: string, parts: readonly string[]): Attachment[] {
  const { attachments } = parseMessage(raw, { textFromHtml: false })
  if (parts.length === 0) return attachments.filter(({ inline }) => !inline)
  return parts.map(wanted => {
    const found = attachments.find(({ part }) => part === wanted)
    if (found !== undefined) return found
    throw new Failure('not_found', 'part_unknown', `message ${id} has no attachment ${wanted}`, {
      next: `postern attachments list ${id}`,
    })
  })
}
