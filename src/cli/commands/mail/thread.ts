import { Failure } from '#base/failure.ts'
import { messageJson } from '#mail/letter/json.ts'
import type { MailReader, ThreadMessage } from '#mail/store/index.ts'
import type { Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { findMessage, rawOf } from './find-message.ts'
import { idsFrom } from './ids.ts'
import { letterText, readLetter, type View } from './letter.ts'
import { withReader } from './open-store.ts'
import { viewOf } from './show.ts'

export const run: Run = ({ positionals, options }, session) =>
  withReader(session, reader => {
    const view = viewOf(options.value('view'))
    const { output } = session
    for (const messages of threadsOf(reader, idsFrom(positionals, session))) {
      if (output.json) output.data(threadJson(reader, messages, view))
      else showThread(reader, messages, view, session)
    }
    return 'done'
  })

/** Each thread once, however many of its messages were named. */
function threadsOf(reader: MailReader, ids: readonly string[]): ThreadMessage[][] {
  const threads = new Map<string, ThreadMessage[]>()
  for (const id of ids) {
    const messages = reader.thread(id)
    const [first] = messages ?? []
    if (messages === undefined || first === undefined) {
      throw new Failure('not_found', 'thread_unknown', `there is no thread ${id.slice(0, 40)}`, {
        next: 'postern search QUERY',
      })
    }
    threads.set(first.threadId, messages)
  }
  return [...threads.values()]
}

function showThread(reader: MailReader, messages: readonly ThreadMessage[], view: View, { output }: Session): void {
  messages.forEach((message, index) => {
    if (index > 0) output.write(`\n${'─'.repeat(40)}\n\n`)
    output.write(`Id: ${message.id}\n`)
    output.write(letterText(readLetter(rawOf(reader, findMessage(reader, message.id)), view), view, output))
  })
}

function threadJson(reader: MailReader, messages: readonly ThreadMessage[], view: View) {
  return {
    thread_id: messages[0]?.threadId,
    messages: messages.map(message => {
      const { body, linesFolded } = readLetter(rawOf(reader, findMessage(reader, message.id)), view)
      return { ...messageJson(message), depth: message.depth, view, body, lines_folded: linesFolded }
    }),
  }
}
