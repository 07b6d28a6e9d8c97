import { instant } from '#base/instant.ts'
import { printable, printableLine } from '#base/printable.ts'
import { lookupOf } from '#librarian/processors/bounded.ts'
import { Sources } from '#librarian/sources.ts'
import { renderMemory } from '#memory/read/render.ts'
import type { Run } from '../../command.ts'
import { withReader } from '../memory/open-log.ts'
import { sourceJson, sourceLine } from './source-text.ts'

/** Everything that was ever said of a subject, oldest commit first, with what ended it and where it came from. */
export const run: Run = ({ positionals: [subject = '', predicate], options }, session) =>
  withReader(options, session, ({ pipeline }) => {
    const { symbols: table, memories } = pipeline.state
    const wanted = table.idOf(subject.replace(/^@/, ''))
    const about = predicate === undefined ? undefined : table.idOf(predicate.replace(/^@/, ''))
    const symbols = lookupOf(pipeline)
    const sources = new Sources(pipeline)
    const { output } = session
    const rows = []
    for (let row = 0; wanted !== undefined && row < memories.length; row++) {
      if (memories.first.get(row) !== wanted) continue
      if (predicate !== undefined && memories.second.get(row) !== about) continue
      const record = memories.record(row)
      const form = renderMemory(record, symbols)
      const until = pipeline.state.edges.endOf(row, pipeline.watermark ?? 0)
      rows.push({ record, form: form.ok ? form.value : '', until, source: sources.ofRecord(record) })
    }
    if (output.json) {
      output.data({
        schema_version: 1,
        items: rows.map(({ record, form, until, source }) => ({
          memory: `@${symbols(record.memory)?.name ?? ''}`,
          form,
          until: until === undefined ? null : instant(Number(until)),
          source: sourceJson(source),
        })),
      })
      return 'done'
    }
    for (const { record, form, until, source } of rows) {
      output.write(`@${symbols(record.memory)?.name ?? ''}  ${printable(form)}\n`)
      if (until !== undefined) output.write(`  until ${instant(Number(until))}\n`)
      output.write(`  ${printableLine(sourceLine(source))}\n`)
    }
    if (rows.length === 0) output.talk('nothing is known')
    return 'done'
  })
