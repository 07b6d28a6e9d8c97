import { Failure } from '#base/failure.ts'
import { printableLine } from '#base/printable.ts'
import { revoke } from '#librarian/revoke.ts'
import { Sources } from '#librarian/sources.ts'
import type { Run } from '../../command.ts'
import { withReader, withWriter } from '../memory/open-log.ts'
import { storeFailure } from '../memory/refusal.ts'

/** Without `--yes` it says what it would take back, and exits 0. */
export const run: Run = async ({ options }, session) => {
  const source = options.value('source')
  if (source === undefined) {
    throw new Failure('usage', 'source_missing', 'say what to take back with --source', {
      next: 'postern memory why RECORD',
    })
  }
  const reason = options.value('reason') ?? 'revoked by the person'
  const { output } = session
  const told = (drafts: readonly string[], done: boolean) => {
    if (output.json) output.data({ source, drafts, revoked: done })
    else output.write(`${done ? 'revoked' : 'would be revoked'}: ${drafts.length} drafts of ${printableLine(source)}\n`)
  }
  const nothing = () =>
    new Failure('not_found', 'source_unknown', `nothing in memory came from ${printableLine(source)}`, {
      next: 'postern memory why RECORD',
    })
  if (!options.flag('yes')) {
    return withReader(options, session, ({ pipeline }) => {
      const drafts = new Sources(pipeline).named(source).filter(({ revoked }) => revoked === undefined)
      if (drafts.length === 0) throw nothing()
      told(
        drafts.map(({ draft }) => draft),
        false,
      )
      output.talk('next: the same with --yes')
      return 'done' as const
    })
  }
  return withWriter(options, session, (store, path) => {
    const done = revoke(store, { source, reason, now: session.clock.now() })
    if (!done.ok) throw storeFailure(done.error, path)
    if (done.value === undefined) throw nothing()
    told(done.value.drafts, true)
    return 'done' as const
  })
}
