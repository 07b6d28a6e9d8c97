import { Failure } from '#base/failure.ts'
import { printable } from '#base/printable.ts'
import { EpisodeRecord, episodeIds } from '#librarian/quorum/record.ts'
import { episodeSchema, resultSchema } from '#librarian/quorum/schemas.ts'
import type { QuorumError } from '#librarian/quorum/spec.ts'
import type { Run } from '../../command.ts'
import { logPathOf } from '../memory/open-log.ts'
import { quorumDirectoryOf, tellResult } from './quorum-run.ts'

export const run: Run = async ({ positionals: [wanted], options }, session) => {
  const root = quorumDirectoryOf(logPathOf(options, session))
  const ids = episodeIds(root)
  if (wanted !== undefined) {
    const [id, ...more] = ids.filter(each => each.startsWith(wanted))
    if (id === undefined || more.length > 0) {
      throw new Failure(
        'not_found',
        'quorum_unknown',
        `there is ${id === undefined ? 'no' : 'more than one'} quorum ${wanted}`,
        {
          next: 'postern memory quorum show',
        },
      )
    }
    const result = sound(new EpisodeRecord(root, id).read('result', resultSchema))
    if (result === undefined) {
      throw new Failure('try_later', 'quorum_incomplete', `quorum ${id} has not ended`, {
        next: 'postern memory quorum run --resume SPEC',
      })
    }
    tellResult(result, session)
    return 'done'
  }
  const items = ids.flatMap(id => {
    const record = new EpisodeRecord(root, id)
    const episode = sound(record.read('episode', episodeSchema))
    if (episode === undefined) return []
    const result = sound(record.read('result', resultSchema))
    const { requested_at: requestedAt, question } = episode
    return [
      { id, requested_at: requestedAt, question, decision: result?.decision ?? null, level: result?.level ?? null },
    ]
  })
  if (session.output.json) session.output.data({ schema_version: 1, items })
  else {
    for (const { id, requested_at: at, question, decision } of items) {
      session.output.write(
        `${id}  ${at}  ${decision ?? 'not ended'}  ${printable(question.slice(0, 80)).replaceAll('\n', ' ')}\n`,
      )
    }
  }
  return 'done'
}

function sound<T>(
  read: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: QuorumError },
): T {
  if (read.ok) return read.value
  throw new Failure('integrity', read.error.code, read.error.message)
}
