import { randomBytes } from 'node:crypto'
import { Failure } from '#base/failure.ts'
import { noteBytesMax, writeNote } from '#harness/checkpoint.ts'
import type { Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { sessionOf } from './session-here.ts'

/** A note in the session's directory. It becomes a draft when the session ends, and memory only by the librarian. */
export const run: Run = async ({ positionals, options }, session) => {
  const directory = sessionOf(session)
  if (directory === undefined) {
    throw new Failure('not_found', 'session_missing', 'this is no session of postern run', {
      next: 'postern run AGENT, or without a session postern memory draft submit -',
    })
  }
  const text = positionals.length === 0 || positionals.join(' ') === '-' ? typed(session) : positionals.join(' ')
  const written = writeNote(
    directory,
    { title: options.value('title'), text },
    { now: session.clock.now(), random: randomBytes },
  )
  if (!written.ok) {
    const { code, message } = written.error
    throw new Failure(code === 'session_missing' ? 'not_found' : 'usage', code, message, {
      next: 'postern checkpoint --help',
    })
  }
  if (session.output.json) session.output.data({ note: written.value })
  else session.output.write(`${written.value}\n`)
  return 'done'
}

function typed({ input }: Session): string {
  if (input.isTerminal) {
    throw new Failure('usage', 'note_empty', 'the note says nothing', { next: 'postern checkpoint "what to keep"' })
  }
  return new TextDecoder().decode(input.readAll(noteBytesMax))
}
