import { Failure } from '#base/failure.ts'
import { nearest } from '#base/nearest.ts'
import { printableLine } from '#base/printable.ts'
import type { Diagnostic, PlanOptions, SearchError, Sort } from '#mail/search/index.ts'
import type { MailReader } from '#mail/store/index.ts'
import type { Options } from '../../command.ts'
import type { Session } from '../../session.ts'
import { storeFailure } from './open-store.ts'

export function planOptions(options: Options, session: Session): PlanOptions {
  const accounts = options.values('account')
  return { ...momentOf(session), ...(accounts.length === 0 ? {} : { accounts }) }
}

export function momentOf({ clock }: Session): PlanOptions {
  // To find out the zone takes several milliseconds, and few queries need it.
  return { now: clock.now(), timeZone: () => Temporal.Now.timeZoneId() }
}

/** An account that does not exist has no mail, and a slip in its name would look like an empty mailbox. */
export function checkAccounts(accounts: readonly string[], reader: MailReader): void {
  if (accounts.length === 0) return
  const known = reader.accounts().map(({ name }) => name)
  const unknown = accounts.find(account => !known.includes(account))
  if (unknown === undefined) return
  const meant = nearest(unknown, known)
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`
  throw new Failure('not_found', 'account_unknown', `there is no mail of an account "${unknown}"${hint}`, {
    next: 'postern labels',
  })
}

export function sortOf(value: string | undefined): Sort | undefined {
  return value === 'newest' || value === 'oldest' || value === 'relevance' ? value : undefined
}

/** A whole number of an option, within what makes sense. */
export function numberOption(options: Options, name: string, fallback: number, max: number): number {
  const given = options.value(name)
  if (given === undefined) return fallback
  const number = Number(given)
  if (Number.isInteger(number) && number >= 1 && number <= max) return number
  throw new Failure('usage', 'invalid_number', `--${name} must be a whole number from 1 to ${max}, not "${given}"`)
}

/** What the search wants the person to know although it ran. */
export function tellWarnings(warnings: readonly Diagnostic[], { output }: Session): void {
  for (const { message, suggestion } of warnings) {
    output.talk(
      `note: ${printableLine(suggestion === undefined ? message : `${message}; did you mean ${suggestion}?`)}`,
    )
  }
}

/** A query that cannot be understood is shown with the place. */
export function searchFailure(error: SearchError, query: string): Failure {
  if (error.code !== 'query_invalid') return storeFailure(error)
  const [first] = error.diagnostics.filter(({ severity }) => severity === 'error')
  const where =
    first === undefined ? '' : `\n  ${query}\n  ${' '.repeat(first.position)}${'^'.repeat(Math.max(1, first.length))}`
  const meant = first?.suggestion === undefined ? '' : `\n  did you mean ${first.suggestion}?`
  return new Failure('usage', 'query_invalid', `${error.message}${where}${meant}`, {
    next: 'postern help search',
    data: { diagnostics: error.diagnostics },
  })
}
