import type { Exit } from '#base/failure.ts'
import { printableLine } from '#base/printable.ts'
import type { ResultOf } from '#daemon/requests/index.ts'
import type { Output } from '../../session.ts'

export type Decided = ResultOf<'mail.change'>

const refusedShown = 5

/** What became of a decision, and how to take it back. */
export function tellDecided(decided: Decided, past: string, output: Output): void {
  if (output.json) {
    output.data(decided)
    return
  }
  const { changed, unchanged, refused_total: refusedTotal, refused, pending, decision_id: decision } = decided
  const facts = [
    ...(unchanged > 0 ? [`${unchanged} were so already`] : []),
    ...(refusedTotal > 0 ? [`${refusedTotal} could not be changed`] : []),
    ...(pending > 0 ? [`${pending} to be delivered`] : []),
  ]
  output.write(`${past} ${changed}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}\n`)
  for (const { id, message } of refused.slice(0, refusedShown)) output.complain(`  ${id}  ${printableLine(message)}`)
  if (refusedTotal > refusedShown) output.complain(`  … all of them: postern outbox show ${decision}`)
  if (changed > 0) output.talk(`to take it back: postern undo ${decision}`)
}

/** Some could not be changed: a script must see that. */
export function exitOf({ refused_total: refusedTotal }: Decided): Exit {
  return refusedTotal > 0 ? 'failed' : 'done'
}
