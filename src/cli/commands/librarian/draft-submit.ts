import { isSurfaceName } from '#librarian/surface.ts'
import type { Run } from '../../command.ts'
import { textFrom } from '../memory/input.ts'
import { draftFailure, openQueue } from './queue.ts'

export const run: Run = async ({ positionals: [word], options }, session) => {
  const given = options.value('surface')?.replaceAll('-', '_') ?? 'cli'
  const text = textFrom(word, session)
  const submitted = openQueue(options, session, true).submit(
    {
      surface: isSurfaceName(given) ? given : 'directory',
      agent: options.value('agent') ?? null,
      project: options.value('project') ?? null,
      operator: null,
      provenance: word === undefined || word === '-' || /^\s*[(;]/.test(word) ? 'cli:' : `file:${word}`,
      mail: null,
      tags: options.values('tag'),
      text,
    },
    session.clock.now(),
  )
  if (!submitted.ok) throw draftFailure(submitted.error)
  const { draft, state, isNew } = submitted.value
  if (session.output.json) session.output.data({ id: draft.id, state, new: isNew })
  else session.output.write(`${draft.id} ${isNew ? 'waits for the librarian' : `was proposed before: ${state}`}\n`)
  return 'done'
}
