import { messageJson } from '#mail/letter/json.ts'
import type { MailReader } from '#mail/store/index.ts'
import type { Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { findMessage, rawOf } from './find-message.ts'
import { idsFrom } from './ids.ts'
import { letterText, readLetter, type View } from './letter.ts'
import { withReader } from './open-store.ts'

export const run: Run = ({ positionals, options }, session) =>
  withReader(session, reader => {
    const view = viewOf(options.value('view'))
    idsFrom(positionals, session).forEach((id, index) => {
      if (index > 0 && !session.output.json) session.output.write(`\n${'─'.repeat(40)}\n\n`)
      showMessage(reader, id, view, session)
    })
    return 'done'
  })

function showMessage(reader: MailReader, id: string, view: View, { output }: Session): void {
  const found = findMessage(reader, id)
  const letter = readLetter(rawOf(reader, found), view)
  if (!output.json) {
    output.write(letterText(letter, view, output))
    return
  }
  const { message, body, hiddenCharacters, linesFolded } = letter
  output.data({
    ...messageJson(found.listed),
    ...(view === 'headers' ? { headers: message.headers } : { view, body }),
    lines_folded: linesFolded,
    hidden_characters: hiddenCharacters,
    attachments: message.attachments.map(({ part, filename, contentType, size, inline }) => ({
      part,
      filename,
      content_type: contentType,
      size,
      inline,
    })),
  })
}

export function viewOf(value: string | undefined): View {
  return value === 'text' || value === 'markdown' || value === 'html' || value === 'headers' ? value : 'reader'
}
