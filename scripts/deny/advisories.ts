import { type Diagnostic, error } from '../gate/diagnostic.ts'
import type { Policy } from './policy.ts'

const dayMs = 24 * 60 * 60 * 1000

/** The ignores themselves, without asking anyone: none may have run out, none may run for too long. */
export function checkIgnores({ advisories }: Policy, now: number): Diagnostic[] {
  return advisories.ignore.flatMap(({ id, expires }) => {
    const leftMs = endOf(expires) - now
    if (leftMs < 0) {
      const next = 'update past it, or look at it again and say until when it may stay'
      return [error('advisory-ignore-expired', `${id} was ignored until ${expires}`, { file: 'deny.json', next })]
    }
    if (leftMs <= (advisories.ignoreDaysMax + 1) * dayMs) return []
    const limit = `${id} is ignored until ${expires}; the policy allows ${advisories.ignoreDaysMax} days`
    return [error('advisory-ignore-too-long', limit, { file: 'deny.json' })]
  })
}

/** The ignores that are in force at this moment, by advisory. */
export function ignoresInForce({ advisories }: Policy, now: number): Policy['advisories']['ignore'] {
  return advisories.ignore.filter(({ expires }) => endOf(expires) >= now)
}

/** An exception lasts through its last day, whatever the time zone of the machine. */
function endOf(day: string): number {
  return Date.parse(`${day}T23:59:59.999Z`)
}
