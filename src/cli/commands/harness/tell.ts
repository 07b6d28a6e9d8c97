import { printableLine } from '#base/printable.ts'
import type { Finished } from '#harness/finish.ts'
import type { Program } from '#harness/program.ts'
import type { Session } from '../../session.ts'
import type { Plan } from './plan.ts'

const skippedShownMax = 20

/** What became of a session, on stderr: stdout belonged to the agent. */
export function tell(finished: Finished, { output }: Session): void {
  const { id } = finished
  if ('failed' in finished) {
    output.complain(`postern: the notes of session ${id} are not taken in yet: ${printableLine(finished.failed)}`)
    output.complain('  try: postern run --recover')
    return
  }
  const { proposed, known, secrets, skipped } = finished.captured
  for (const { path, reason } of skipped.slice(0, skippedShownMax)) {
    output.complain(`postern: not taken in: ${printableLine(path)} (${reason})`)
  }
  if (skipped.length > skippedShownMax) output.complain(`postern: and ${skipped.length - skippedShownMax} more`)
  if (secrets > 0) output.complain(`postern: ${counted(secrets, 'secret was', 'secrets were')} taken out of the drafts`)
  if (proposed + known === 0) return
  output.talk(`postern: session ${id}: ${counted(proposed, 'draft', 'drafts')} proposed, ${known} known before`)
  if (proposed > 0) output.talk('  next: postern librarian run')
}

/** What would be started. */
export function tellPlan(
  { log, memory, project, chars, after }: Plan,
  { file, args }: Program,
  { output }: Session,
): void {
  if (output.json) {
    output.data({ program: file, arguments: args, log, memory, project, capsule_chars: chars, after_session: after })
    return
  }
  const lines = [
    ['program', file],
    ...args.map(word => ['argument', JSON.stringify(word)]),
    ['memory log', log],
    ...memory.map(path => ['memory of its own', path]),
    ['capsule', `${chars} characters at most`],
    ['after it', after],
  ]
  for (const [name = '', value = ''] of lines) output.write(`${name.padEnd(18)}${printableLine(value)}\n`)
}

/** `1 draft`, `2 drafts`. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
