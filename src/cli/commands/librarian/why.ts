import { Failure } from '#base/failure.ts'
import { printable, printableLine } from '#base/printable.ts'
import { lookupOf } from '#librarian/processors/bounded.ts'
import { Sources } from '#librarian/sources.ts'
import type { MemoryRecord } from '#memory/canonical/record.ts'
import type { Pipeline } from '#memory/compile/pipeline.ts'
import { renderMemory } from '#memory/read/render.ts'
import type { Run } from '../../command.ts'
import { withReader } from '../memory/open-log.ts'
import { sourceJson, sourceLine } from './source-text.ts'

const parentsDepthMax = 8

/** A record with where it came from; of a conclusion also what it rests on. */
export const run: Run = ({ positionals: [name = ''], options }, session) =>
  withReader(options, session, ({ pipeline }) => {
    const record = recordNamed(pipeline, name)
    const sources = new Sources(pipeline)
    const symbols = lookupOf(pipeline)
    const lines: {
      readonly depth: number
      readonly name: string
      readonly form: string
      readonly record: MemoryRecord
    }[] = []
    const tell = (each: MemoryRecord, depth: number) => {
      const form = renderMemory(each, symbols)
      lines.push({ depth, name: symbols(each.memory)?.name ?? '', form: form.ok ? form.value : '', record: each })
      if (each.type !== 'inf' || depth >= parentsDepthMax) return
      for (const parent of each.parents) {
        const row = pipeline.state.memories.rowOf.get(parent)
        if (row >= 0) tell(pipeline.state.memories.record(row), depth + 1)
      }
    }
    tell(record, 0)
    const { output } = session
    if (output.json) {
      output.data({
        schema_version: 1,
        items: lines.map(({ depth, name: memory, form, record: each }) => ({
          depth,
          memory: `@${memory}`,
          form,
          source: sourceJson(sources.ofRecord(each)),
        })),
      })
      return 'done'
    }
    for (const { depth, name: memory, form, record: each } of lines) {
      const indent = '  '.repeat(depth)
      output.write(`${indent}@${memory}  ${printable(form)}\n`)
      output.write(`${indent}  ${printableLine(sourceLine(sources.ofRecord(each)))}\n`)
    }
    return 'done'
  })

function recordNamed(pipeline: Pipeline, word: string): MemoryRecord {
  const name = word.replace(/^@/, '')
  const id = pipeline.state.symbols.idOf(/^\d+$/.test(name) ? `__mem_${name}` : name)
  const row = id === undefined ? -1 : pipeline.state.memories.rowOf.get(id)
  if (row >= 0) return pipeline.state.memories.record(row)
  throw new Failure('not_found', 'memory_unknown', `there is no memory ${printableLine(word.slice(0, 80))}`, {
    next: 'postern memory recall TEXT',
  })
}
