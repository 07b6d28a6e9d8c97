import { instant } from '#base/instant.ts'
import { printable } from '#base/printable.ts'
import type { Run } from '../../command.ts'
import { draftFailure, openQueue } from './queue.ts'

export const run: Run = async ({ positionals: [id = ''], options }, session) => {
  const queue = openQueue(options, session, false)
  const state = /^[0-9a-f]{32}$/.test(id) ? queue.stateOf(id) : undefined
  if (state === undefined)
    throw draftFailure({ code: 'draft_unknown', message: `there is no draft ${id.slice(0, 40)}` })
  const read = queue.read(id, state)
  if (!read.ok) throw draftFailure(read.error)
  const draft = read.value
  const { attempts, lastError } = queue.work(id)
  const { output } = session
  if (output.json) {
    const { submittedAt, ...rest } = draft
    output.data({ ...rest, submitted_at: instant(submittedAt), state, attempts, last_error: lastError ?? null })
    return 'done'
  }
  const rows: readonly (readonly [string, string | null])[] = [
    ['Id', draft.id],
    ['State', state],
    ['Surface', draft.surface],
    ['Submitted', instant(draft.submittedAt)],
    ['Agent', draft.agent],
    ['Project', draft.project],
    ['From', draft.provenance],
    ['Message', draft.mail === null ? null : `${draft.mail.message} <${draft.mail.messageId}> of ${draft.mail.from}`],
    ['Authentication', draft.mail?.authentication ?? null],
    ['Last error', lastError === undefined ? null : `${lastError.stage}: ${lastError.code} (${attempts})`],
  ]
  for (const [name, value] of rows) if (value !== null) output.write(`${name}: ${printable(value)}\n`)
  output.write(`\n${printable(draft.text)}\n`)
  return 'done'
}
