import { Failure } from '#base/failure.ts'
import { instant } from '#base/instant.ts'
import { printable, printableLine } from '#base/printable.ts'
import { recall } from '#librarian/recall/recall.ts'
import type { Run } from '../../command.ts'
import { withReader } from '../memory/open-log.ts'
import { openQueue } from './queue.ts'
import { sourceJson, sourceLine } from './source-text.ts'

const limitMax = 200

/** What memory and the waiting drafts know of a question, the best first, each with where it came from. */
export const run: Run = ({ positionals, options }, session) =>
  withReader(options, session, ({ pipeline }) => {
    const limit = Number(options.value('limit') ?? 10)
    if (!Number.isInteger(limit) || limit < 1 || limit > limitMax) {
      throw new Failure('usage', 'limit_invalid', `--limit takes a number from 1 to ${limitMax}`)
    }
    const queue = openQueue(options, session, false)
    const hits = recall({ pipeline, queue }, { question: positionals.join(' '), limit })
    const { output } = session
    if (output.json) {
      output.data({
        schema_version: 1,
        items: hits.map(({ id, text, at, score, confirmed, waiting, records, source }) => ({
          id,
          text,
          at: at === undefined ? null : instant(at),
          score,
          confirmed,
          waiting,
          records: records.map(name => `@${name}`),
          source: sourceJson(source),
        })),
      })
      return 'done'
    }
    for (const { id, text, at, confirmed, waiting, source } of hits) {
      const state = waiting ? 'waits for the librarian' : confirmed ? 'memory' : 'unconfirmed'
      output.write(`${at === undefined ? '' : `${instant(at).slice(0, 10)}  `}${state}  ${id}\n`)
      for (const line of text.split('\n')) output.write(`  | ${printable(line)}\n`)
      output.write(`  ${printableLine(waiting ? `draft ${id}` : sourceLine(source))}\n`)
    }
    if (hits.length === 0) output.talk('nothing is known')
    return 'done'
  })
