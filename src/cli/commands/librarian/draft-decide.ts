import { existsSync } from 'node:fs'
import { Failure } from '#base/failure.ts'
import { accept } from '#librarian/accept.ts'
import type { DraftState } from '#librarian/drafts/state.ts'
import type { Invocation, Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { createLog, logPathOf, withWriter } from '../memory/open-log.ts'
import { storeFailure } from '../memory/refusal.ts'
import { draftFailure, openQueue } from './queue.ts'

/** `accept`, `reject` or `requeue`, by the word that chose the command. */
export const run: Run = async (invocation, session) => {
  const { positionals, path } = invocation
  for (const id of positionals) {
    if (!/^[0-9a-f]{32}$/.test(id)) {
      throw draftFailure({ code: 'draft_unknown', message: `there is no draft ${id.slice(0, 40)}` })
    }
  }
  if (path.at(-1) === 'accept') return acceptAll(invocation, session)
  const to = path.at(-1) === 'reject' ? 'rejected' : 'pending'
  for (const id of positionals) move(id, to, invocation, session)
  return 'done'
}

function move(id: string, to: DraftState, { options }: Invocation, session: Session): void {
  const queue = openQueue(options, session, false)
  const state = queue.stateOf(id)
  if (state === undefined) throw draftFailure({ code: 'draft_unknown', message: `there is no draft ${id}` })
  if (state !== to) {
    const moved = queue.move(id, state, to)
    if (!moved.ok) throw draftFailure(moved.error)
    if (to === 'pending') queue.note(id, { attempts: 0, claimedAt: 0, pid: 0 })
  }
  if (session.output.json) session.output.data({ id, state: to })
  else session.output.write(`${id} is ${to}\n`)
}

async function acceptAll({ positionals, options }: Invocation, session: Session) {
  if (!existsSync(logPathOf(options, session))) await createLog(options, session)
  const queue = openQueue(options, session, false)
  return withWriter(options, session, (store, path) => {
    for (const id of positionals) {
      const accepted = accept({ queue, store }, { id, now: session.clock.now() })
      if (!accepted.ok) {
        const { error } = accepted
        throw error.code === 'commit_refused' ? storeFailure(error.cause, path) : draftFailure(error)
      }
      const { facts, refused } = accepted.value
      if (session.output.json) session.output.data({ id, state: 'accepted', facts, refused })
      else session.output.write(`${id} is accepted: ${facts} ${facts === 1 ? 'memory' : 'memories'}\n`)
      if (refused.length > 0) session.output.complain(`not taken in: ${[...new Set(refused)].join(', ')}`)
    }
    if (positionals.length === 0) throw new Failure('usage', 'id_missing', 'name a draft')
    return 'done' as const
  })
}
