import { err, ok, type Result } from '#base/result.ts'
import type { Appended, Appending } from '../provider.ts'
import { type ProviderError, providerError } from '../provider-error.ts'
import { flagNames, isKeyword } from './fetch.ts'
import { formatInternalDate } from './internal-date.ts'
import { mailboxArgument, type Wire } from './wire.ts'

export async function append(wire: Wire, message: Appending): Promise<Result<Appended, ProviderError>> {
  const { mailbox, raw, flags, keywords = [], receivedAt } = message
  if (!keywords.every(isKeyword)) return err(providerError('unsupported', 'IMAP has no such keyword'))
  if (raw.length === 0) return err(providerError('unsupported', 'an empty message cannot be filed'))
  const names = [...flags.map(flag => flagNames[flag]), ...keywords]
  const date = receivedAt === undefined ? '' : ` "${formatInternalDate(receivedAt)}"`
  const done = await wire.run([`APPEND ${mailboxArgument(mailbox)} (${names.join(' ')})${date} `, { literal: raw }])
  if (!done.ok) return done
  const found = /\[APPENDUID (\d{1,10}) (\d{1,10})\]/i.exec(done.value.text)
  if (found === null) return ok({})
  return ok({ place: { mailbox, uidvalidity: Number(found[1]), uid: Number(found[2]) } })
}
