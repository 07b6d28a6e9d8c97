import { Failure } from '#base/failure.ts'
import { parseWhen } from '#base/when.ts'
import type { Change } from '#daemon/requests/index.ts'
import type { Invocation } from '../../command.ts'
import type { Session } from '../../session.ts'
import { longDate } from '../mail/words.ts'

export interface Asked {
  readonly changes: readonly Change[]
  /** What stands before the ids was part of the command: a label's name. */
  readonly ids: readonly string[]
  /** `archived 12`. */
  readonly past: string
  /** `archive 12 messages?` */
  readonly question: string
  /** Asks even about one message. */
  readonly isGrave?: true
}

/** What a command of this group wants done, from its name and words. */
export function changesOf({ path, positionals, options }: Invocation, session: Session): Asked {
  const [command = ''] = path
  const [first = '', ...rest] = positionals
  switch (command) {
    case 'archive':
      return { changes: [{ action: 'archive' }], ids: positionals, past: 'archived', question: 'archive' }
    case 'trash':
      return {
        changes: [{ action: 'trash' }],
        ids: positionals,
        past: 'moved to trash',
        question: 'trash',
        isGrave: true,
      }
    case 'spam':
      return {
        changes: [{ action: 'spam' }],
        ids: positionals,
        past: 'moved to spam',
        question: 'call spam',
        isGrave: true,
      }
    case 'star':
    case 'unstar': {
      const starred = command === 'star'
      return { changes: [{ action: 'star', starred }], ids: positionals, past: `${command}red`, question: command }
    }
    case 'mark': {
      const read = first === 'read'
      return { changes: [{ action: 'mark', read }], ids: rest, past: `marked ${first}`, question: `mark ${first}` }
    }
    case 'label':
      return { changes: [{ action: 'label', label: first }], ids: rest, past: 'labelled', question: `label "${first}"` }
    case 'unlabel':
      return {
        changes: [{ action: 'unlabel', label: first }],
        ids: rest,
        past: 'unlabelled',
        question: `unlabel "${first}"`,
      }
    case 'move':
      return { changes: [{ action: 'move', folder: first }], ids: rest, past: 'moved', question: `move to "${first}"` }
    case 'snooze':
      return snooze(positionals, options.value('until'), session)
    case 'unsnooze':
      return { changes: [{ action: 'unsnooze' }], ids: positionals, past: 'called back', question: 'call back' }
    case 'mute':
    case 'unmute':
      return {
        changes: [{ action: command }],
        ids: positionals,
        past: `${command}d`,
        question: `${command} the threads of`,
      }
    default:
      throw new Error(`no change is called ${command}`)
  }
}

function snooze(ids: readonly string[], until: string | undefined, { clock, output }: Session): Asked {
  if (until === undefined) {
    throw new Failure('usage', 'time_missing', 'until when?', { next: "postern snooze ID --until 'tomorrow 9:00'" })
  }
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  const at = parseWhen(until, { now: clock.now(), timeZone })
  if (!at.ok) throw new Failure('usage', 'time_invalid', at.error)
  const date = longDate(at.value)
  output.talk(`until ${date}`)
  const change: Change = { action: 'snooze', until: new Date(at.value).toISOString() }
  return { changes: [change], ids, past: `snoozed until ${date}:`, question: `snooze until ${date}:` }
}
