import { randomUUID } from 'node:crypto'
import { Failure } from '#base/failure.ts'
import type { Run } from '../../command.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { exitOf, tellDecided } from './tell.ts'

export const run: Run = ({ positionals: [which] }, session) =>
  withDaemon(session, async client => {
    const decision = which === undefined ? {} : { decision_id: decisionNumber(which) }
    const decided = granted(await client.request('decision.undo', { ...decision, client_key: randomUUID() }))
    tellDecided(decided, 'restored', session.output)
    return exitOf(decided)
  })

export function decisionNumber(text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Failure('usage', 'decision_invalid', `"${text.slice(0, 40)}" is no number of a decision`, {
    next: 'postern outbox decisions',
  })
}
