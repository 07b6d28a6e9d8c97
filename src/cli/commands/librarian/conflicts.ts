import { printable } from '#base/printable.ts'
import { judge } from '#librarian/processors/bounded.ts'
import { candidatesFor } from '#librarian/processors/candidates.ts'
import { copyOf } from '#librarian/run.ts'
import { surfaceOf } from '#librarian/surface.ts'
import type { Run } from '../../command.ts'
import { withReader } from '../memory/open-log.ts'
import { openQueue } from './queue.ts'

/** What drafts say that memory says otherwise: a person decides which holds. */
export const run: Run = async ({ options }, session) => {
  const queue = openQueue(options, session, false)
  const ids = queue.ids('conflict')
  if (ids.length === 0) {
    if (session.output.json) session.output.data({ schema_version: 1, items: [] })
    else session.output.talk('no draft contradicts memory')
    return 'done'
  }
  return withReader(options, session, reader => {
    const scratch = copyOf(reader.pipeline)
    const found = ids.flatMap(id => {
      const read = queue.read(id, 'conflict')
      if (!read.ok) return []
      const { surface, text, provenance } = read.value
      const judged = candidatesFor(read.value, queue).forms.map(form =>
        judge(form, surfaceOf(surface), scratch, session.clock.now()),
      )
      const pairs = judged.flatMap(each =>
        each.outcome === 'conflict' ? [{ proposed: each.text, known: each.with }] : [],
      )
      return [{ id, surface, provenance, conflicts: pairs, excerpt: text.slice(0, 200) }]
    })
    if (session.output.json) {
      session.output.data({ schema_version: 1, items: found })
      return 'done'
    }
    for (const { id, surface, conflicts } of found) {
      session.output.write(`${id} (${surface})\n`)
      for (const { proposed, known } of conflicts) {
        session.output.write(`  says      ${printable(proposed)}\n  memory    ${printable(known)}\n`)
      }
    }
    session.output.talk('next: postern memory draft accept ID, or postern memory draft reject ID')
    return 'done'
  })
}
