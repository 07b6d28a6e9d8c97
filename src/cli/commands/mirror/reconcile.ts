import { err, ok } from '#base/result.ts'
import { lookAtBoth } from '#harness/mirror/mirror.ts'
import { reconcile } from '#harness/mirror/reconcile.ts'
import { DraftQueue } from '#librarian/drafts/queue.ts'
import type { Run } from '../../command.ts'
import { draftsDirectoryOf } from '../librarian/queue.ts'
import { mirrorFailure, mirrorOptions, relationWords } from './options.ts'

/** Without `--yes` it says how things stand, and exits 0. */
export const run: Run = async ({ options }, session) => {
  const asked = mirrorOptions(options, session)
  const { output } = session
  if (!options.flag('yes')) {
    const both = await lookAtBoth(asked)
    if (!both.ok) throw mirrorFailure(both.error)
    const { relation } = both.value
    if (output.json) output.data({ relation, reconciled: false })
    else output.write(`${relationWords[relation][0]}\n`)
    if (relation === 'diverged')
      output.talk('next: the same with --yes; the log that is here is kept beside the new one')
    return 'done'
  }
  const done = await reconcile(asked, () => {
    const opened = DraftQueue.open(draftsDirectoryOf(asked.log), { create: true })
    return opened.ok ? ok(opened.value) : err({ code: 'log_unreadable', message: opened.error.message })
  })
  if (!done.ok) throw mirrorFailure(done.error)
  const { episodes, drafts, kept } = done.value
  if (output.json) output.data({ reconciled: episodes > 0, episodes, drafts, kept: kept ?? null })
  else if (episodes === 0) output.write('there is nothing to reconcile\n')
  else output.write(`${episodes} commits were here alone; ${drafts.length} drafts wait; the old log is ${kept}\n`)
  if (drafts.length > 0) output.talk('next: postern librarian run')
  return 'done'
}
